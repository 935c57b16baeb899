"""The head of the cluster dies while a job trains: the job ends with one error, and started again it ends well."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from own_cluster import Head
from processes import environment

from migrate.rewrite import rewrite

HERE = Path(__file__).resolve().parent
PATIENCE = 180
"""Seconds in which a job without a head has to end; Ray waits a minute for one to come back."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture
def head() -> Iterator[Head]:
    made = Head(cpus=4)
    try:
        made.start()
        yield made
    finally:
        made.remove()


def _start(script: Path, folder: Path, head: Head) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(script), str(folder / "weights.pt"), str(folder)],
        cwd=script.parent,
        env=environment(sys.executable) | head.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _wait_for_epochs(folder: Path, number: int) -> None:
    for _ in range(1200):
        done = folder / "epochs-0"
        if done.exists() and len(done.read_text().split()) >= number:
            return
        time.sleep(0.2)
    raise AssertionError("the job does not come to train")


def test_a_job_whose_head_dies(head: Head, tmp_path: Path) -> None:
    made = rewrite(HERE / "resuming.py", tmp_path / "emitted", everything=True)
    made.write()
    script = made.folder / made.run[0]
    quiet, killed = tmp_path / "quiet", tmp_path / "killed"
    quiet.mkdir()
    killed.mkdir()
    _, said = (job := _start(script, quiet, head)).communicate(timeout=300)
    assert job.returncode == 0, said

    (killed / "wait").touch()
    job = _start(script, killed, head)
    _wait_for_epochs(killed, 3)
    head.kill()
    _, errors = job.communicate(timeout=PATIENCE)
    assert job.returncode == 1
    assert errors.count("Failed to connect to GCS within 60 seconds. GCS may have been killed.") == 1, errors
    assert errors.rstrip().endswith("The program will terminate."), errors
    assert not (killed / "weights.pt").exists()

    (killed / "wait").unlink()
    head.start()
    _, said = (job := _start(script, killed, head)).communicate(timeout=300)
    assert job.returncode == 0, said
    left, undisturbed = torch.load(killed / "weights.pt"), torch.load(quiet / "weights.pt")
    for name, tensor in undisturbed.items():
        torch.testing.assert_close(left[name], tensor, rtol=0, atol=0)
