"""The same network comes out: real Horovod on Spark and the emitted job on Ray Train, two workers each."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from migrate.rewrite import rewrite

torch = pytest.importorskip("torch")
pytest.importorskip("ray")

HERE = Path(__file__).resolve().parent
SECONDS = 900

CASES = (
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
    "operations",
    "uneven_shards",
)
Results = list[dict[str, dict[str, Any]]]

pytestmark = pytest.mark.slow


def run(python: str, script: Path, out: Path) -> Results:
    """What each rank of a job gave; the job runs in an activated environment, as `horovod.spark` needs it."""
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(python).parent), os.environ["PATH"]]),
        "PYSPARK_PYTHON": python,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "RAY_USAGE_STATS_ENABLED": "0",
    }
    done = subprocess.run(
        [python, str(script), str(out)],
        cwd=script.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    results: Results = torch.load(out)
    return results


@pytest.fixture(scope="module")
def both(spark_python: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Results, Results]:
    """What the ranks gave on Spark and on Ray."""
    folder = tmp_path_factory.mktemp("training")
    job = folder / "horovod_combinations.py"
    shutil.copy(HERE / job.name, job)
    rewritten = rewrite(job)
    rewritten.write()
    assert rewritten.complete and rewritten.run == ("horovod_combinations_ray.py",)
    spark = run(str(spark_python), job, folder / "spark.pt")
    return spark, run(sys.executable, rewritten.folder / rewritten.run[0], folder / "ray.pt")


def test_every_case_ran_on_every_rank(both: tuple[Results, Results]) -> None:
    for side in both:
        assert [tuple(rank) for rank in side] == [CASES, CASES]


@pytest.mark.parametrize("case", CASES)
def test_the_difference_is_nothing(both: tuple[Results, Results], case: str) -> None:
    for spark, ray in zip(*both, strict=True):
        assert spark[case].keys() == ray[case].keys()
        for name, tensor in spark[case].items():
            torch.testing.assert_close(ray[case][name], tensor, rtol=0, atol=0)


@pytest.mark.parametrize("case", [case for case in CASES if case != "operations"])
def test_all_ranks_end_with_one_network(both: tuple[Results, Results], case: str) -> None:
    """What says that gradients really were reduced: a rank alone would have come to a network of its own."""
    first, second = both[1]
    moving = [name for name in first[case] if "running" not in name]
    assert all(torch.equal(first[case][name], second[case][name]) for name in moving)
