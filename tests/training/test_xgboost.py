"""The same trees come out: real xgboost.spark and the emitted job, one worker that reads the same rows in one order."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from processes import SECONDS, process

from migrate.oracle import Options, Verdict, compare
from migrate.rewrite import rewrite

HERE = Path(__file__).resolve().parent
PREDICTED = ("number", "either", "kind", "several")
ROWS = 4000

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2 * SECONDS)]


def table() -> pa.Table:
    """Numbers of two digits, some of them NULL, and three labels that depend on them."""
    random = np.random.default_rng(3)
    a, b, c = np.round(random.normal(size=(3, ROWS)), 2)
    missing = random.random(ROWS) < 0.1
    amount = np.sin(a) + b * np.where(missing, 0.5, c)
    labels = {"either": (amount > 0).astype(np.int32), "kind": np.digitize(amount, [-0.5, 0.5])}
    return pa.table({"row": np.arange(ROWS), "a": a, "b": b, "c": pa.array(c, mask=missing), "amount": amount} | labels)


@pytest.fixture(scope="module")
def predicted(spark_python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with what the job predicts on Spark and on Ray."""
    for python, modules in ((str(spark_python), "xgboost.spark, sklearn"), (sys.executable, "xgboost, scipy")):
        if subprocess.run([python, "-c", f"import {modules}"], capture_output=True, check=False).returncode:
            pytest.skip(f"{python} lacks one of {modules}; `pip install xgboost-cpu scikit-learn` there brings them")
    folder = tmp_path_factory.mktemp("xgboost")
    pq.write_table(table(), folder / "rows.parquet")
    job = Path(shutil.copy(HERE / "xgboost_jobs.py", folder))
    rewritten = rewrite(job, everything=True)
    rewritten.write()
    assert rewritten.complete and rewritten.run == ("xgboost_jobs_ray.py",)
    sides = {"spark": (str(spark_python), job), "ray": (sys.executable, rewritten.folder / rewritten.run[0])}
    for side, (python, script) in sides.items():
        done = process(python, script, folder / "rows.parquet", folder / side, folder=folder)
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return folder


@pytest.mark.parametrize("name", PREDICTED)
def test_predictions_are_the_same(predicted: Path, name: str) -> None:
    found = compare(predicted / "spark" / name, predicted / "ray" / name, Options(keys=("row",)), format="parquet")
    assert found.verdict is Verdict.EQUAL, found
    assert found.rows_left == ROWS
