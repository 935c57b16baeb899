"""Parity with a real Spark and a real Ray: the phases of both, and what is left when an engine is killed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import pytest

from migrate.cli import run

pytestmark = [
    pytest.mark.engines,
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed here; `make env` brings it"),
]
SPARK_JOB = """
import os, sys, time
from pyspark.sql import SparkSession, functions as F


def train(rows):
    time.sleep(1)
    yield sum(1 for _ in rows)


def main(out, wait):
    spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    frame = spark.range(1000, numPartitions=2).select("id", (F.col("id") * 2).alias("twice"))
    frame.write.parquet(os.path.join(out, "table"))
    print(frame.rdd.barrier().mapPartitions(train).collect())
    if wait:
        frame.rdd.map(lambda row: time.sleep(600)).count()


main(sys.argv[1], len(sys.argv) > 2)
"""
RAY_JOB = """
import os, sys, time
import pyarrow.compute as pc
import ray


@ray.remote(max_retries=0)
def wait():
    time.sleep(600)


def double(batch):
    return batch.append_column("twice", pc.multiply(batch["id"], 2))


def main(out, patient):
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    ray.data.range(1000).map_batches(double, batch_format="pyarrow").write_parquet(os.path.join(out, "table"))
    if patient:
        ray.get(wait.remote())


main(sys.argv[1], len(sys.argv) > 2)
"""


def write(folder: Path, spark_python: Path, *, wait: str | None = None) -> None:
    (folder / "job.py").write_text(SPARK_JOB)
    (folder / "job_ray.py").write_text(RAY_JOB)
    commands = {
        side: json.dumps(["{python}", name, "{out}", *(["wait"] if wait == side else [])])
        for side, name in (("spark", "job.py"), ("ray", "job_ray.py"))
    }
    (folder / "parity.toml").write_text(
        'schema_version = 1\nname = "engines"\n'
        f'[spark]\ncommand = {commands["spark"]}\npython = "{spark_python}"\n'
        "[[spark.phase]]\nname = 'preprocessing'\nlines = [[14, 14]]\n"
        f'[ray]\ncommand = {commands["ray"]}\npython = "{sys.executable}"\n'
        '[[output]]\npath = "table"\nformat = "parquet"\nkeys = ["id"]\n'
    )


def members(run_dir: Path, word: str = "") -> list[psutil.Process]:
    """The processes of the run that have ``word`` on their command line: all inherit the folder for hand-offs."""
    found = []
    for process in psutil.process_iter():
        try:
            ours = process.environ().get("HANDOFF_DIR", "").startswith(str(run_dir))
            if ours and word in " ".join(process.cmdline()):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def test_phases_of_both_engines(tmp_path: Path, spark_python: Path) -> None:
    write(tmp_path, spark_python)
    assert run(["parity", str(tmp_path), "--run-dir", str(tmp_path / "run")]) == 0
    document: dict[str, Any] = json.loads((tmp_path / "run" / "result.json").read_text())
    spark, ray = document["sides"]
    assert spark["phases"]["start-up"] > 1 and ray["phases"]["start-up"] > 1
    assert spark["phases"]["training"] > 1, "the barrier stage slept for a second"
    assert spark["phases"]["preprocessing"] > 0.1 and ray["phases"]["preprocessing"] > 0.1
    for side in (spark, ray):
        assert sum(side["phases"].values()) == pytest.approx(side["seconds"], abs=0.01)
        assert [step["trace_failures"] for step in side["steps"]] == [[]]
    named = {segment["what"] for side in (spark, ray) for segment in side["steps"][0]["segments"]}
    assert {"DataFrameWriter.parquet at job.py:14", "RDD.collect at job.py:15"} <= named
    assert "Dataset.write_parquet at job_ray.py:18" in named
    assert members(tmp_path / "run") == []


@pytest.mark.parametrize(
    ("side", "victim", "said"),
    [
        pytest.param("ray", "job_ray.py", "was killed by SIGKILL, in ray.get at job_ray.py:20", id="the Ray driver"),
        pytest.param("ray", "ray::wait", "in step `ray` after", id="a Ray worker"),
        pytest.param("ray", "raylet", "The Ray side (seed 0) failed in step `ray`", id="the raylet"),
        pytest.param("spark", "org.apache.spark", "The Spark side (seed 0) failed in step `spark`", id="the JVM"),
    ],
)
def test_an_engine_that_is_killed(tmp_path: Path, spark_python: Path, side: str, victim: str, said: str) -> None:
    write(tmp_path, spark_python, wait=side)
    run_dir = tmp_path / "run"
    command = [sys.executable, "-m", "migrate", "parity", str(tmp_path), "--run-dir", str(run_dir)]
    runner = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    killer = threading.Thread(target=_kill_when_waiting, args=(run_dir, side, victim))
    killer.start()
    _, err = runner.communicate(timeout=300)
    killer.join()
    assert runner.returncode == 2
    assert said in " ".join(err.split())
    assert members(run_dir) == []
    if side == "ray":
        assert list(run_dir.glob("runs/*/ray_logs/*/*")), "Ray's own logs are evidence"


def _kill_when_waiting(run_dir: Path, side: str, victim: str) -> None:
    """Kill one process of the side once its job has come to the call that never ends."""
    call = "RDD.count" if side == "spark" else "ray.get"
    end = time.monotonic() + 240
    while time.monotonic() < end:
        traces = "".join(path.read_text() for path in run_dir.glob(f"runs/*/{side}.trace.jsonl"))
        if call in traces:
            time.sleep(2)
            for process in members(run_dir, victim):
                process.send_signal(signal.SIGKILL)
            return
        time.sleep(0.3)
