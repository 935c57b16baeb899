"""Files as they are found: encodings, notebooks, older Python, broken ends, deep nesting, and noise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from migrate.inventory import analyze
from migrate.ir import HeavyKind
from migrate.report import FileStatus, Report

JOB = (
    "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\n"
    "{}spark.range(3).rdd.map(lambda r: r).count()\n"
)


def _analyzed(folder: Path) -> Report:
    return analyze((folder,), 1)


def _heavy_lines(report: Report) -> list[int]:
    return [stage.span.line for job in report.jobs for stage in job.stages if stage.heavy]


FILES = {
    "plain": (JOB.format("").encode(), 3),
    "byte order mark": (b"\xef\xbb\xbf" + JOB.format("").encode(), 3),
    "UTF-16": (JOB.format("").encode("utf-16"), 3),
    "Latin-1 that says so": (b"# -*- coding: latin-1 -*-\n# caf\xe9\n" + JOB.format("").encode(), 5),
    "Latin-1 that does not": (b"# caf\xe9\n" + JOB.format("").encode(), 4),
    "CRLF": (JOB.format("").replace("\n", "\r\n").encode(), 3),
    "tabs and blanks mixed": (JOB.format("if 1:\n        x = 1\n\ty = 2\n").encode(), 6),
    "form feed": (JOB.format("\x0c\n").encode(), 4),
    "print statements": (JOB.format("print 'a', 1\nprint 'b' % \\\n  1\n").encode(), 6),
    "Python 2's lambdas": (
        JOB.format("f = lambda (a, (b, c)), d: a\nprint map(lambda (a, b): a, [(1, 2)])\n").encode(),
        5,
    ),
    "Python 2's except": (JOB.format("try:\n    pass\nexcept ValueError, e:\n    print e\n").encode(), 7),
    "a string that never ends": ((JOB.format("") + '"""\nsample output:\n').encode(), 3),
    "a bracket that never ends": ((JOB.format("") + "x = (1,\n").encode(), 3),
    "one statement that is not Python": (JOB.format("SELECT * FROM t;\n").encode(), 4),
    "an indented cell": (JOB.format("# COMMAND\n x = 1\n if x:\n     y = 2\n# COMMAND\n").encode(), 8),
    "a statement over lines that is not Python": (
        JOB.format("@staticmethod\ndef f():\n    pass\nx = f(\n    a as b,\n    c)(\nif f:\n    y = 2\n").encode(),
        11,
    ),
    "an empty block": (JOB.format("for i in range(3):\n    # nothing\n").encode(), 5),
}


@pytest.mark.parametrize("name", FILES)
def test_what_can_be_read_is_read(name: str, tmp_path: Path) -> None:
    data, line = FILES[name]
    (tmp_path / "job.py").write_bytes(data)
    assert _heavy_lines(_analyzed(tmp_path)) == [line]


def test_what_was_repaired_is_said(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_bytes(FILES["print statements"][0])
    (job,) = _analyzed(tmp_path).jobs
    assert {(finding.code, finding.line) for finding in job.findings} == {("SR913", 3), ("SR913", 4)}


def _notebook(*cells: str | tuple[str, str]) -> str:
    made = [
        {"cell_type": c[0], "source": c[1]} if isinstance(c, tuple) else {"cell_type": "code", "source": c}
        for c in cells
    ]
    return json.dumps({"cells": made, "nbformat": 4, "metadata": {"language_info": {"name": "python"}}})


def test_a_notebook_counts_lines_over_its_code_cells_and_says_the_cell(tmp_path: Path) -> None:
    text = _notebook(
        ("markdown", "# title"), "!pip install x\n%matplotlib inline\nx = 1", "%%sql\nselect 1", JOB.format("")
    )
    (tmp_path / "job.ipynb").write_text(text)
    (job,) = _analyzed(tmp_path).jobs
    (stage,) = [stage for stage in job.stages if stage.heavy]
    assert (stage.span.line, stage.span.cell, stage.span.cell_line) == (8, 3, 3)


CELLS = {
    "shell": "!ls -l | head",
    "pip": "%pip install x",
    "pip in a Databricks cell": "%sh pip install x",
    "utilities of the platform": "dbutils.fs.rm('x', True)\nwidget = dbutils.widgets.get('y')",
    "shell over lines": "!gcloud run \\\n  --flag \\\n  --other",
    "magic": "%matplotlib inline",
    "assigned magic": "files = !ls",
    "help": "spark?",
    "cell of SQL": "%%sql\nselect * from t",
    "Databricks cell of SQL": "%sql\nselect * from t",
    "Scala": "%%scala\nval x = 1",
    "shell cell": "%%bash\nfor i in 1 2; do echo $i; done",
    "not Python": "this is not python at all (",
    "timed": "%time x = 1",
    "timed cell": "%%time\nx = 1",
    "Python 2": "print 'a'",
    "a line that goes on": "x = 1\\",
}


def test_a_timed_statement_goes_on_in_the_next_line(tmp_path: Path) -> None:
    cell = "%time counted = spark.range(3).rdd.map(\\\n    lambda r: r).count()"
    (tmp_path / "job.ipynb").write_text(_notebook(cell))
    assert _heavy_lines(_analyzed(tmp_path)) == [1]


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_of_another_language_costs_only_itself(name: str, tmp_path: Path) -> None:
    (tmp_path / "job.ipynb").write_text(_notebook(CELLS[name], JOB.format("")))
    (job,) = _analyzed(tmp_path).jobs
    (stage,) = [stage for stage in job.stages if stage.heavy]
    assert (stage.span.cell, stage.span.cell_line) == (1, 3)


def test_a_databricks_notebook_keeps_the_lines_of_its_file_and_includes_what_it_runs(tmp_path: Path) -> None:
    head = "# Databricks notebook source\n# MAGIC %run ./shared\n\n# COMMAND ----------\n"
    sql = "# MAGIC %sql\n# MAGIC select inc(id) from t\n"
    (tmp_path / "job.py").write_text(
        head + sql + "spark.udf.register('inc', lambda x: x)\nclean(spark.table('t')).count()\n"
    )
    (tmp_path / "shared.py").write_text(
        "# Databricks notebook source\ndef clean(df):\n    return df.distinct()  # spark\n"
    )
    report = _analyzed(tmp_path)
    (job,) = report.jobs
    symbols = [(stage.symbol, stage.span.path, stage.span.line) for stage in job.stages]
    assert ("UDFRegistration.register", "job.py", 7) in symbols
    assert ("DataFrame.distinct", "shared.py", 3) in symbols


SKIPPED = {
    "nulls.py": (b"import pyspark\0\0", "cannot be"),
    "broken.ipynb": (b'{"spark": [', "cannot be read"),
    "julia.ipynb": (b'{"cells": [], "metadata": {"language_info": {"name": "julia"}}, "x": "spark"}', "of julia"),
    "indented.py": (
        b"# spark\n" + b"".join(b" " * i + b"if x:\n" for i in range(1000)) + b" " * 1000 + b"pass\n",
        "cannot be parsed",
    ),
    "Job.scala": (b"object Job", "Scala source: listed, not analysed"),
    "Job.java": (b"class Job {}", "Java source: listed, not analysed"),
    "report.sql": (b"select 1", "SQL source: listed, not analysed"),
}


@pytest.mark.parametrize("name", SKIPPED)
def test_what_cannot_be_read_is_a_row_with_its_reason(name: str, tmp_path: Path) -> None:
    data, reason = SKIPPED[name]
    (tmp_path / name).write_bytes(data)
    (row,) = _analyzed(tmp_path).files
    assert row.status in (FileStatus.SKIPPED, FileStatus.NO_SPARK)
    assert row.status is FileStatus.NO_SPARK or reason in (row.reason or "")


NOTEBOOK = "# Databricks notebook source\n"


@pytest.mark.parametrize("run", ["../Setup", "/Repos/someone/project/Setup", '"../00 set-up" $reset="no"'])
def test_run_follows_a_path_as_databricks_does(run: str, tmp_path: Path) -> None:
    (tmp_path / "jobs").mkdir()
    setup = NOTEBOOK + "from pyspark.sql.functions import udf\nimport mlflow  # spark\n"
    for name in ("Setup.py", "00 set-up.py"):
        (tmp_path / name).write_text(setup)
    # A notebook of the same name that runs the other one must not be taken for it.
    (tmp_path / "jobs" / "Setup.py").write_text(NOTEBOOK + "# MAGIC %run ../Setup\n")
    code = "f = udf(len)\ng = mlflow.pyfunc.spark_udf(spark, 'm')\nspark.table('t').select(f('a'), g('b')).show()\n"
    (tmp_path / "jobs" / "job.py").write_text(NOTEBOOK + f"# MAGIC %run {run}\n\n# COMMAND ----------\n" + code)
    (job,) = _analyzed(tmp_path).jobs
    assert [(stage.heavy, stage.span.line) for stage in job.stages if stage.heavy] == [
        (HeavyKind.PYTHON_UDF, 5),
        (HeavyKind.PANDAS_UDF, 6),
    ]


def test_a_notebook_that_runs_itself_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text(NOTEBOOK + "# MAGIC %run ./job\n\nunknown(spark.range(3)).show()\n")
    assert [job.path for job in _analyzed(tmp_path).jobs] == ["job.py"]
