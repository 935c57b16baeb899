"""Workers that are killed on the way: the emitted job starts them again and ends with the weights of a quiet run."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import torch
from processes import process

from migrate.rewrite import rewrite

HERE = Path(__file__).resolve().parent
ONCE = '.config("spark.stage.maxConsecutiveAttempts", "1")'

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def _emitted(folder: Path, conf: str = "") -> Path:
    job = folder / "job.py"
    text = (HERE / "killed_workers.py").read_text(encoding="utf-8")
    job.write_text(text.replace(".getOrCreate()", f"{conf}.getOrCreate()"), encoding="utf-8")
    made = rewrite(job, everything=True)
    made.write()
    assert made.complete
    return made.folder / made.run[0]


def test_the_weights_are_those_of_a_quiet_run_on_spark(spark_python: Path, tmp_path: Path) -> None:
    script, orders = _emitted(tmp_path), tmp_path / "orders"
    orders.mkdir()
    done = process(str(spark_python), HERE / "killed_workers.py", tmp_path / "spark.pt", orders)
    assert done.returncode == 0, done.stderr
    for worker in ("preprocessing", "training"):
        (orders / worker).touch()
    done = process(sys.executable, script, tmp_path / "ray.pt", orders)
    assert done.returncode == 0, done.stderr
    assert list(orders.iterdir()) == [], "both workers were killed"
    spark, ray = torch.load(tmp_path / "spark.pt"), torch.load(tmp_path / "ray.pt")
    for name, tensor in spark.items():
        torch.testing.assert_close(ray[name], tensor, rtol=0, atol=0)


def test_told_not_to_try_again_it_fails_and_says_why(tmp_path: Path) -> None:
    script, orders = _emitted(tmp_path, ONCE), tmp_path / "orders"
    orders.mkdir()
    (orders / "training").touch()
    done = process(sys.executable, script, tmp_path / "ray.pt", orders)
    assert done.returncode == 1 and not (tmp_path / "ray.pt").exists()
    assert re.search(r"^ray\.train\.\S*WorkerGroupError: Training failed", done.stderr, re.MULTILINE), done.stderr
    assert "The actor died unexpectedly" in done.stderr, done.stderr
