"""SQL text: what it does, reads and calls, and what happens where it is no SQL."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from migrate.frontend import read_job
from migrate.frontend.sql import fields_of, functions_called, names_of, read_query
from migrate.ir import Job, Kind

KINDS = {
    "SELECT * FROM a": Kind.READ,
    "SELECT b FROM a": Kind.PROJECT,
    "SELECT * FROM a WHERE b > 1": Kind.FILTER,
    "SELECT explode(b) FROM a": Kind.EXPLODE,
    "SELECT b FROM a ORDER BY b": Kind.SORT,
    "SELECT b FROM a UNION ALL SELECT b FROM c": Kind.UNION,
    "SELECT b, count(*) FROM a GROUP BY b": Kind.AGGREGATE,
    "SELECT max(b) FROM a": Kind.AGGREGATE,
    "SELECT row_number() OVER (ORDER BY b) FROM a": Kind.WINDOW,
    "SELECT a.b FROM a JOIN c ON a.b = c.b": Kind.JOIN,
    "INSERT INTO t SELECT * FROM a JOIN c USING (b)": Kind.WRITE,
    "CREATE TABLE t AS SELECT * FROM a": Kind.WRITE,
    "CREATE OR REPLACE TEMP VIEW v AS SELECT b FROM a": Kind.PROJECT,
    "DROP TABLE IF EXISTS t": Kind.ACTION,
    "SELECT * FROM {}.a WHERE day = '{}'": Kind.FILTER,
    "SELECT * FROM ${db}.a": Kind.READ,
}


@pytest.mark.parametrize("text", KINDS)
def test_the_dearest_thing_in_a_text_is_its_kind(text: str) -> None:
    query = read_query(text)
    assert query is not None
    assert query.kind is KINDS[text]


OPERATIONS = {
    "SELECT * FROM a": 0,
    "USE a": 0,
    "CREATE SCHEMA IF NOT EXISTS a": 0,
    "INSERT INTO t SELECT * FROM a": 1,
    "SELECT b, count(*) FROM a WHERE b > 1 GROUP BY b ORDER BY b": 4,
    "SELECT b FROM (SELECT a.b FROM a JOIN c USING (b) JOIN d USING (b))": 4,
    "SELECT b FROM a; SELECT c FROM a": 2,
}


@pytest.mark.parametrize("text", OPERATIONS)
def test_a_text_counts_for_the_operations_in_it(text: str) -> None:
    query = read_query(text)
    assert query is not None
    assert query.operations == OPERATIONS[text]


def test_a_common_table_expression_is_no_table() -> None:
    query = read_query("WITH q AS (SELECT * FROM Db.A) SELECT q.x, y AS z FROM q JOIN b ON q.x = b.x")
    assert query is not None
    assert query.tables == {"db.a", "b"}
    assert query.columns == ("x", "z")


@pytest.mark.parametrize("text", ["", "select from where", "hello world, this is prose", "SELECT (((", "(" * 5000])
def test_what_is_no_sql_is_not_read(text: str) -> None:
    assert read_query(text) is None


def test_a_name_in_a_string_or_a_column_is_no_call() -> None:
    assert functions_called("SELECT squared, 'squared(1)' FROM a WHERE upper(b) = 'X'") >= {"upper"}
    assert "squared" not in functions_called("SELECT squared, 'squared(1)' FROM a WHERE upper(b) = 'X'")
    assert functions_called("Squared(a) + 1 AS b") == {"squared"}


def test_text_that_cannot_be_parsed_may_call_any_word_in_it() -> None:
    assert "squared" in functions_called("SELEC squared(a) FRM (")


def test_names_and_fields() -> None:
    assert names_of("a, b.c, d + 1 AS e") == ("a", "c", "e")
    assert names_of("a, d + 1") is None
    assert fields_of("id long, tags array<struct<a: int>>") == ("id", "tags")
    assert fields_of("struct<id: bigint>") == ("id",)
    assert fields_of("no schema") in (None, ("no",))
    assert fields_of("hello") is None


HEAD = "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\n"


def _job(tmp_path: Path, text: str) -> Job:
    (tmp_path / "job.py").write_text(HEAD + text, encoding="utf-8")
    return read_job(tmp_path / "job.py")[0]


def test_a_registered_function_is_used_where_sql_calls_it(tmp_path: Path) -> None:
    job = _job(
        tmp_path,
        "spark.udf.register('squared', lambda x: x * x)\n"
        "spark.udf.register('cubed', lambda x: x ** 3)\n"
        "spark.sql('SELECT squared(id) AS cubed FROM range(3)').show()\n",
    )
    assert [(stage.span.line, stage.used_at) for stage in job.stages if stage.heavy] == [(3, (5,))]
    assert [(finding.code, finding.line) for finding in job.findings] == [("SR416", 4)]


def test_a_view_made_in_sql_carries_its_rows_on(tmp_path: Path) -> None:
    job = _job(
        tmp_path,
        "spark.table('t').filter('a > 1').createOrReplaceTempView('big')\n"
        "spark.sql('CREATE TEMP VIEW bigger AS SELECT * FROM big WHERE a > 2')\n"
        "spark.sql('SELECT bigger, count(*) FROM other GROUP BY bigger').show()\n"
        "spark.sql('SELECT * FROM bigger').show()\n",
    )
    by_line = {stage.span.line: stage for stage in job.stages if stage.symbol == "SparkSession.sql"}
    filtered = next(stage for stage in job.stages if stage.symbol == "DataFrame.filter")
    assert by_line[4].inputs == (filtered.id,)
    assert by_line[5].inputs == ()
    assert by_line[5].kind is Kind.AGGREGATE
    assert by_line[6].inputs == (by_line[4].id,)


def test_a_cell_of_sql_is_a_stage_of_its_notebook(tmp_path: Path) -> None:
    cells = [
        "# Databricks notebook source",
        "squared = spark.udf.register('squared', lambda x: x * x)",
        "# COMMAND ----------",
        "# MAGIC %sql",
        "# MAGIC CREATE TEMP VIEW v AS",
        "# MAGIC SELECT squared(a) FROM t JOIN u USING (x)",
        "# COMMAND ----------",
        "spark.table('v').write.saveAsTable('out')",
    ]
    (tmp_path / "job.py").write_text("\n".join(cells) + "\n", encoding="utf-8")
    job, _ = read_job(tmp_path / "job.py")
    maker, query, table, _ = job.stages
    assert maker.used_at == (4,)
    assert (query.symbol, query.span.line, query.kind) == ("SparkSession.sql", 4, Kind.JOIN)
    assert table.inputs == (query.id,)


def test_sql_for_another_database_is_no_stage(tmp_path: Path) -> None:
    cells = [{"cell_type": "code", "source": text} for text in ("import sqlite3\n", "%%sql\nSELECT a FROM t JOIN u\n")]
    (tmp_path / "job.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert read_job(tmp_path / "job.ipynb")[0].stages == ()
