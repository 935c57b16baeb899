"""Where two sides part: their stages written out by the tracer in real processes, and compared."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from migrate.cli import run
from migrate.parity.trace.stages import assignments

if TYPE_CHECKING:
    from tests.parity.conftest import Bench

# What the sides do with their rows, in steps that have a name; the second argument says which one does it wrongly.
JOB = """
import os, sys
import pandas as pd


def read(wrong):
    rows = pd.DataFrame({"name": ["a", "b", "c"], "size": [1, 2, 3]})
    if wrong == "rows":
        rows = rows[:2]
    return rows


def main(out, wrong):
    raw = read(wrong)
    raw.info()
    doubled = raw.assign(
        size=raw["size"] * (3 if wrong == "doubled" else 2),
    )
    number = 5
    for _ in range(2):
        typed = doubled.astype({"size": "float64" if wrong == "typed" else "int64"})
    final = typed.astype({"size": "int64"})
    final = final.assign(size=final["size"] + (wrong == "again"))
    if wrong == "crash" and "stages" in os.listdir(os.path.dirname(out)):
        sys.exit(3)
    os.makedirs(os.path.join(out, "table"))
    last = final.head(2) if wrong in ("last", "typed", "crash") else final
    last.to_parquet(os.path.join(out, "table", "part-0.parquet"))
    assert sys.gettrace() is None or "stages" in os.listdir(os.path.dirname(out))


main(sys.argv[1], sys.argv[2])
"""
STAGES = (
    ("read", "rows"),
    ("main", "raw"),
    ("main", "doubled"),
    ("main", "number"),
    ("main", "typed"),
    ("main", "final"),
    ("main", "no"),
)


def write(folder: Path, wrong: str, stages: Sequence[tuple[str, str]] = STAGES) -> None:
    (folder / "job.py").write_text(JOB)
    sides = "".join(
        f"[{side}]\ncommand = {json.dumps(['{python}', 'job.py', '{out}', fault])}\n"
        for side, fault in (("spark", "-"), ("ray", wrong))
    )
    named = "".join(f'[[stage]]\nfunction = "{function}"\nvariable = "{name}"\n' for function, name in stages)
    output = '[[output]]\npath = "table"\nformat = "parquet"\nkeys = ["name"]\n'
    (folder / "parity.toml").write_text(f'schema_version = 1\nname = "stages"\n{sides}{output}{named}')


@pytest.mark.parametrize(
    ("wrong", "first", "said"),
    [
        pytest.param("rows", "raw in main", "The sides part at raw in main", id="where a variable is assigned again"),
        pytest.param("doubled", "doubled in main", "the stage before, raw in main, agrees", id="in the middle"),
        pytest.param("typed", "typed in main", "no stage differs in its values", id="in types alone"),
        pytest.param(
            "last",
            None,
            "All 6 stages agree; the sides part behind the last, final in main, assignment 2",
            id="behind all",
        ),
    ],
)
def test_the_first_stage_that_differs(bench: Bench, checkout: Path, wrong: str, first: str | None, said: str) -> None:
    write(bench.folder, wrong)
    assert bench.run("--bisect") == 1
    document = bench.document
    jsonschema.validate(document, json.loads((checkout / "migrate" / "schemas" / "parity.schema.json").read_text()))
    parting = document["parting"]
    assert parting["first"] == first
    assert said in parting["sentence"]
    reasons = {stage["title"]: stage["reason"] for stage in parting["stages"] if stage["verdict"] is None}
    twice = {"rows in read": "assigned 1 times on Spark, 2 times on Ray"} if wrong == "rows" else {}
    assert reasons == twice | {
        "number in main": "not written on Spark: it is a builtins.int, which is not written out",
        "no in main": "assigned 0 times on Spark, 0 times on Ray",
    }
    purposes = [(side["engine"], side["purpose"]) for side in document["sides"]]
    assert purposes == [(engine, purpose) for purpose in ("parity", "stages") for engine in ("spark", "ray")]
    assert document["speed"]["spark"]["runs"] == 1
    if first is not None:
        stage = next(stage for stage in parting["stages"] if stage["title"] == first)
        assert stage["comparison"]["samples"] or first == "typed in main"


def test_equal_sides_do_not_part(bench: Bench) -> None:
    write(bench.folder, "-")
    assert bench.run("--bisect") == 0
    assert bench.document["parting"] is None
    assert len(bench.document["sides"]) == 2


@pytest.mark.parametrize(
    ("wrong", "stages", "said"),
    [
        pytest.param("last", (), "names no stage", id="no stage named"),
        pytest.param("last", (("main", "number"),), "No stage was written on both sides", id="none written"),
        pytest.param("crash", STAGES, "exited with code 3", id="the second run fails"),
    ],
)
def test_what_cannot_be_said(bench: Bench, wrong: str, stages: Sequence[tuple[str, str]], said: str) -> None:
    write(bench.folder, wrong, stages)
    assert bench.run("--bisect") == 1, "the verdict stays that of the comparison"
    assert said in bench.document["parting"]["sentence"]
    assert bench.survivors() == []


def test_assignments_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "job.py"
    file.write_text(
        "a = b = 1\n"
        "class C:\n    x = 2\n    def m(self):\n        y = (\n            3\n        )\n        self.z = 4\n"
        "def f():\n    if a:\n        y = 5\n    y = 6\n"
    )
    assert assignments(file) == {
        ("", "a"): [(1, 1)],
        ("", "b"): [(1, 1)],
        ("C", "x"): [(3, 3)],
        ("C.m", "y"): [(5, 7)],
        ("f", "y"): [(11, 11), (12, 12)],
    }


SPARK_JOB = """
import os, sys
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
numbers = spark.range(1000, numPartitions=2)
twice = numbers.select("id", (F.col("id") * 2).alias("twice"))
twice.write.parquet(os.path.join(sys.argv[1], "table"))
"""
RAY_JOB = """
import os, sys
import pyarrow.compute as pc
import ray

ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
numbers = ray.data.range(1000)
twice = numbers.map_batches(
    lambda batch: batch.append_column("twice", pc.multiply(batch["id"], 3)), batch_format="pyarrow"
)
twice.write_parquet(os.path.join(sys.argv[1], "table"))
"""


@pytest.mark.engines
@pytest.mark.slow
def test_with_both_engines(tmp_path: Path, spark_python: Path) -> None:
    pytest.importorskip("ray")
    (tmp_path / "job.py").write_text(SPARK_JOB)
    (tmp_path / "job_ray.py").write_text(RAY_JOB)
    (tmp_path / "parity.toml").write_text(
        'schema_version = 1\nname = "engines"\n'
        f'[spark]\ncommand = ["{{python}}", "job.py", "{{out}}"]\npython = "{spark_python}"\n'
        f'[ray]\ncommand = ["{{python}}", "job_ray.py", "{{out}}"]\npython = "{sys.executable}"\n'
        '[[output]]\npath = "table"\nformat = "parquet"\nkeys = ["id"]\n'
        '[[stage]]\nvariable = "numbers"\n[[stage]]\nvariable = "twice"\n'
    )
    assert run(["parity", str(tmp_path), "--run-dir", str(tmp_path / "run"), "--bisect"]) == 1
    document: dict[str, Any] = json.loads((tmp_path / "run" / "result.json").read_text())
    assert document["parting"]["first"] == "twice"
    assert [stage["verdict"] for stage in document["parting"]["stages"]] == ["equal", "different"]
    assert document["parting"]["stages"][1]["comparison"]["samples"][0]["key"]
