"""A script that fails on one rank ends the emitted job with what the script said, and the other rank's process too."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path

import pytest
from processes import SECONDS, process

from migrate.rewrite import rewrite

pytest.importorskip("ray")

HERE = Path(__file__).resolve().parent
JOB = """\
from pyspark.ml.torch.distributor import TorchDistributor

TorchDistributor(num_processes=2, local_mode=True, use_gpu=False).run("failing_script.py", "waiting")
print("not reached")
"""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(SECONDS)]


def test_a_script_that_fails_says_so_and_leaves_nothing_running(tmp_path: Path) -> None:
    job = tmp_path / "job.py"
    job.write_text(JOB)
    shutil.copy(HERE / "failing_script.py", tmp_path)
    rewritten = rewrite(job, everything=True)
    rewritten.write()
    done = process(sys.executable, rewritten.folder / rewritten.run[0], folder=tmp_path)
    assert done.returncode != 0
    assert "failing_script.py ended with 1" in done.stderr
    assert "ValueError: rank 1 has lost its way" in done.stderr
    assert "not reached" not in done.stdout
    waiting = int((tmp_path / "waiting").read_text())
    patience = time.monotonic() + 30
    while runs(waiting) and time.monotonic() < patience:
        time.sleep(1)
    assert not runs(waiting)


def runs(process_id: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True
