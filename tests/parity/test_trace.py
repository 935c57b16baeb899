"""The tracer in real processes over stand-in engines: what it notes, what it leaves alone, that no job is harmed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from migrate.parity import trace

# Packages with the names and shapes that the tracer looks for, and no engine behind them.
STAND_INS = {
    "pyspark/__init__.py": "",
    "pyspark/rdd.py": """
class RDD:
    _jrdd = None
    def __init__(self, barrier=False):
        self.barrier = barrier
    def _is_barrier(self):
        if self.barrier is None:
            raise RuntimeError("the JVM is gone")
        return self.barrier
    def collect(self):
        return self.count() and [1]
    def count(self):
        return 1
""",
    "pyspark/sql/__init__.py": "from pyspark.sql.session import SparkSession",
    "pyspark/sql/session.py": """
from pyspark.sql.dataframe import DataFrame
class SparkSession:
    class Builder:
        def getOrCreate(self):
            return SparkSession()
    builder = Builder()
    def range(self, n):
        return DataFrame(n)
""",
    "pyspark/sql/dataframe.py": """
class Conversion:
    def toPandas(self):
        return self.collect()
class DataFrame(Conversion):
    def __init__(self, n):
        self.n = n
    def collect(self):
        if self.n < 0:
            raise ValueError("negative")
        return list(range(self.n))
    def select(self):
        return self
    def toLocalIterator(self):
        return iter(range(self.n))
""",
    "ray/__init__.py": "from ray._private.worker import get, init",
    "ray/_private/__init__.py": "",
    "ray/_private/worker.py": """
def init():
    return get("ready")
def get(ref):
    return ref
""",
}


@dataclass
class Traced:
    """A traced process: what it printed and what was noted about it."""

    out: str
    err: str
    code: int
    records: list[dict[str, Any]]

    @property
    def calls(self) -> list[tuple[str, str]]:
        return [(record["role"], record["name"]) for record in self.records if record["type"] == "begin"]


@dataclass
class Workplace:
    """A folder with the stand-in engines, where a job can be run as a step is."""

    folder: Path

    def run(self, job: str, *, target: str = "trace.jsonl", **variables: str) -> Traced:
        (self.folder / "job.py").write_text(job)
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([str(trace.FOLDER), str(self.folder / "engines")]),
            trace.FILE: str(self.folder / target),
            trace.RUNNER: str(os.getpid()),
            **variables,
        }
        done = subprocess.run(
            [sys.executable, "job.py"], cwd=self.folder, env=environment, capture_output=True, text=True, timeout=60
        )
        file = self.folder / target
        lines = file.read_text().splitlines() if file.is_file() else []
        return Traced(done.stdout, done.stderr, done.returncode, [json.loads(line) for line in lines])


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    for name, text in STAND_INS.items():
        file = tmp_path / "engines" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return Workplace(tmp_path)


def test_calls_are_noted_with_their_lines(workplace: Workplace) -> None:
    traced = workplace.run(
        "from pyspark.sql import SparkSession\n"
        "def main():\n"
        "    frame = SparkSession.builder.getOrCreate().range(3)\n"
        "    frame.select().toPandas()\n"
        "main()\n"
    )
    assert (traced.code, traced.err) == (0, "")
    assert traced.calls == [("ready", "SparkSession.Builder.getOrCreate"), ("action", "DataFrame.toPandas")]
    action = next(record for record in traced.records if record.get("name") == "DataFrame.toPandas")
    assert [(Path(file).name, line, main) for file, line, main in action["stack"]] == [
        ("job.py", 4, True),
        ("job.py", 5, True),
    ]
    assert [record["type"] for record in traced.records] == ["process", "begin", "end", "begin", "end", "closed"]


@pytest.mark.parametrize(
    ("line", "calls"),
    [
        pytest.param("RDD().collect()", [("action", "RDD.collect")], id="what an action calls is its own business"),
        pytest.param("RDD(barrier=True).collect()", [("train", "RDD.collect")], id="a barrier is training"),
        pytest.param("DataFrame(1).select()", [], id="what is lazy is no span"),
        pytest.param(
            "for _ in DataFrame(2).toLocalIterator(): DataFrame(1).collect()",
            [
                ("iterate", "DataFrame.toLocalIterator"),
                ("action", "DataFrame.collect"),
                ("action", "DataFrame.collect"),
            ],
            id="the body of an iteration is the user's",
        ),
        pytest.param("ray.init()", [("ready", "ray.init")], id="Ray's start"),
        pytest.param("ray.get(1)", [("action", "ray.get")], id="a function of a module"),
    ],
)
def test_what_is_a_span(workplace: Workplace, line: str, calls: list[tuple[str, str]]) -> None:
    traced = workplace.run(
        f"import ray\nfrom pyspark.rdd import RDD\nfrom pyspark.sql.dataframe import DataFrame\n{line}\n"
    )
    assert (traced.code, traced.err) == (0, "")
    assert traced.calls == calls


def test_an_exception_passes_through(workplace: Workplace) -> None:
    traced = workplace.run("from pyspark.sql.dataframe import DataFrame\nDataFrame(-1).collect()\n")
    assert traced.code == 1
    assert traced.err.endswith("ValueError: negative\n")
    assert [record["type"] for record in traced.records] == ["process", "begin", "end", "closed"]


@pytest.mark.parametrize(
    ("target", "line", "said"),
    [
        pytest.param("no/such/folder/trace", "RDD().collect()", "this step is not traced", id="nowhere to write"),
        pytest.param("trace.jsonl", "RDD(barrier=None).collect()", "", id="an engine that fails the tracer"),
    ],
)
def test_a_failing_tracer_harms_no_job(workplace: Workplace, target: str, line: str, said: str) -> None:
    traced = workplace.run(f"from pyspark.rdd import RDD\nprint({line})\n", target=target)
    assert (traced.code, traced.out) == (0, "[1]\n")
    assert said in traced.err
    errors = [record["message"] for record in traced.records if record["type"] == "error"]
    assert errors == ([] if said else ["RuntimeError('the JVM is gone')"])


def test_what_the_job_starts_knows_nothing_of_it(workplace: Workplace) -> None:
    traced = workplace.run(
        "import os, subprocess, sys\n"
        "from pyspark.rdd import RDD\n"
        "code = 'import os; from pyspark.rdd import RDD; RDD().count(); print(os.environ.get(\"MIGRATE_TRACE\"))'\n"
        "subprocess.run([sys.executable, '-c', code], check=True)\n"
        "if os.fork() == 0:\n"
        "    RDD().count()\n"
        "    os._exit(0)\n"
        "os.wait()\n"
        "print([path for path in sys.path if 'trace' in path], os.environ['PYTHONPATH'])\n"
    )
    assert traced.out.splitlines() == ["None", f"[] {workplace.folder / 'engines'}"]
    assert traced.calls == []


def test_a_worker_is_not_traced(workplace: Workplace) -> None:
    traced = workplace.run("from pyspark.rdd import RDD\nRDD().count()\n", **{trace.RUNNER: "1"})
    assert (traced.code, traced.err, traced.records) == (0, "", [])


def test_the_users_own_sitecustomize_still_runs(workplace: Workplace) -> None:
    (workplace.folder / "engines" / "sitecustomize.py").write_text("import builtins\nbuiltins.mine = 'set'\n")
    traced = workplace.run("import sitecustomize\nprint(mine, sitecustomize.__file__)\n")
    assert traced.out == f"set {workplace.folder / 'engines' / 'sitecustomize.py'}\n"
    assert traced.records[0]["type"] == "process"


def test_functions_and_modules_stay_what_they_are(workplace: Workplace) -> None:
    traced = workplace.run(
        "import inspect, pickle, ray, ray._private.worker as worker\n"
        "from pyspark.sql.dataframe import DataFrame\n"
        "print(pickle.loads(pickle.dumps(ray.get)) is ray.get, ray.get is worker.get, ray.get.__name__)\n"
        "print(type(worker.__loader__).__name__, type(worker.__spec__.loader).__name__)\n"
        "print(inspect.signature(DataFrame.toPandas), DataFrame.collect.__qualname__)\n"
    )
    assert traced.err == ""
    assert traced.out.splitlines() == [
        "True True get",
        "SourceFileLoader SourceFileLoader",
        "(self) DataFrame.collect",
    ]


def test_the_process_start_is_before_its_calls(workplace: Workplace) -> None:
    traced = workplace.run("import ray\nray.init()\n")
    process, begin, end, _ = traced.records
    assert 0 < begin["at"] - process["at"] < 60
    assert begin["at"] <= end["at"]
