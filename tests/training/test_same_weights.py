"""The same network comes out: real Horovod on Spark and the emitted job on Ray Train, two workers each."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from processes import SECONDS, process

from migrate.rewrite import rewrite

torch = pytest.importorskip("torch")
pytest.importorskip("ray")

HERE = Path(__file__).resolve().parent
HOROVOD = (
    "plain",
    "adam_with_broadcast_state",
    "state_before_the_wrapping",
    "summed",
    "several_passes",
    "predivided",
    "compressed",
    "clipped",
    "batch_norm",
    "unused_parameters",
    "warmed_up",
    "scheduled",
    "sampled",
    "clipped_over_passes",
    "several_rates",
    "two_networks",
    "stopped_early",
    "operations",
    "uneven_shards",
)
LAUNCHERS = (
    "distributed",
    "saved",
    "script",
    "script_on_executors",
    "with_horovod",
    "alone_with_horovod",
    "in_barrier",
)
Results = list[dict[str, dict[str, Any]]]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2 * SECONDS)]


def run(python: str, script: Path, out: Path) -> Results:
    """What each rank of a job gave, which is run from its own folder."""
    done = process(python, script, out, folder=out.parent)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    results: Results = torch.load(out)
    return results


def run_both(job: Path, spark_python: Path) -> tuple[Results, Results]:
    """What the ranks gave on Spark and on Ray."""
    rewritten = rewrite(job, everything=True)
    rewritten.write()
    assert rewritten.complete and rewritten.run == (f"{job.stem}_ray.py",)
    spark = run(str(spark_python), job, job.parent / "spark.pt")
    return spark, run(sys.executable, rewritten.folder / rewritten.run[0], job.parent / "ray.pt")


@pytest.fixture(scope="module")
def combinations(spark_python: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Results, Results]:
    """The job that trains with Horovod in many ways."""
    folder = tmp_path_factory.mktemp("combinations")
    return run_both(Path(shutil.copy(HERE / "horovod_combinations.py", folder)), spark_python)


@pytest.fixture(scope="module")
def launchers(spark_python: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Results, Results]:
    """The job that starts training in other ways; Databricks' `sparkdl`, which is closed, has a stand-in on Spark."""
    folder = tmp_path_factory.mktemp("launchers")
    shutil.copy(HERE / "launched_script.py", folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(HERE / "stand_ins"), prepend=os.pathsep)
        return run_both(Path(shutil.copy(HERE / "other_launchers.py", folder)), spark_python)


def test_every_case_ran_on_every_rank(combinations: tuple[Results, Results]) -> None:
    for side in combinations:
        assert [tuple(rank) for rank in side] == [HOROVOD, HOROVOD]


@pytest.mark.parametrize("case", HOROVOD)
def test_combinations(combinations: tuple[Results, Results], case: str) -> None:
    assert_nothing_differs(combinations, case)


@pytest.mark.parametrize("case", LAUNCHERS)
def test_launchers(launchers: tuple[Results, Results], case: str) -> None:
    assert_nothing_differs(launchers, case)


@pytest.mark.parametrize("case", [case for case in HOROVOD if case != "operations"])
def test_all_ranks_end_with_one_network(combinations: tuple[Results, Results], case: str) -> None:
    """What says that gradients really were reduced: a rank alone would have come to a network of its own."""
    first, second = combinations[1]
    moving = [name for name in first[case] if "running" not in name]
    assert all(torch.equal(first[case][name], second[case][name]) for name in moving)


def assert_nothing_differs(sides: tuple[Results, Results], case: str) -> None:
    """Every tensor of a case is the same on every rank, to the last bit."""
    for spark, ray in zip(*sides, strict=True):
        assert spark[case].keys() == ray[case].keys()
        for name, tensor in spark[case].items():
            torch.testing.assert_close(ray[case][name], tensor, rtol=0, atol=0)
