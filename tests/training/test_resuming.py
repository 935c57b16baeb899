"""Training that saves and goes on from there: after a worker's death the emitted job does not begin again."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch
from processes import process

from migrate.rewrite import rewrite

HERE = Path(__file__).resolve().parent

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]


def _run(python: str, script: Path, folder: Path, *, dies: bool = False) -> dict[str, torch.Tensor]:
    """The weights that a run ends with, which finds its folder empty."""
    folder.mkdir()
    if dies:
        (folder / "training").touch()
    done = process(python, script, folder / "weights.pt", folder)
    assert done.returncode == 0, done.stderr
    assert not (folder / "training").exists(), "no worker was killed"
    weights: dict[str, torch.Tensor] = torch.load(folder / "weights.pt")
    return weights


def _epochs(folder: Path, rank: int) -> list[int]:
    return [int(line) for line in (folder / f"epochs-{rank}").read_text().split()]


def test_an_elastic_run_goes_on_from_its_last_commit(spark_python: Path, tmp_path: Path) -> None:
    made = rewrite(HERE / "elastic_state.py", tmp_path / "emitted", everything=True)
    made.write()
    assert made.complete
    spark = _run(str(spark_python), HERE / "elastic_state.py", tmp_path / "spark")
    ray = _run(sys.executable, made.folder / made.run[0], tmp_path / "ray", dies=True)
    for name, tensor in spark.items():
        torch.testing.assert_close(ray[name], tensor, rtol=0, atol=0)
    # Killed in front of step 10, right behind a commit, which may not have been registered by then.
    for rank in (0, 1):
        steps = [int(line) for line in (tmp_path / "ray" / f"steps-{rank}").read_text().split()]
        assert steps in ([*range(18)], [*range(10), *range(8, 18)])


def test_what_was_saved_is_found_again_though_its_machine_is_gone(spark_python: Path, tmp_path: Path) -> None:
    made = rewrite(HERE / "resuming.py", tmp_path / "emitted", everything=True)
    made.write()
    assert made.complete
    script = made.folder / made.run[0]
    spark = _run(str(spark_python), HERE / "resuming.py", tmp_path / "spark")
    killed = _run(sys.executable, script, tmp_path / "killed", dies=True)
    again = _run(sys.executable, script, tmp_path / "again")
    for weights in (killed, again):
        for name, tensor in spark.items():
            torch.testing.assert_close(weights[name], tensor, rtol=0, atol=0)
    for rank in (0, 1):
        # Killed in epoch 3, it goes on there; the checkpoint of epoch 2 may not have been registered by then.
        assert _epochs(tmp_path / "killed", rank) in ([0, 1, 2, 3, 4], [0, 1, 2, 2, 3, 4])
        assert _epochs(tmp_path / "again", rank) == [0, 1, 2, 3, 4], "a run of its own begins at the start"
