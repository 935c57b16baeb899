"""No file makes the analyzer fail: cut, damaged, re-encoded, nested and malformed sources each become a row."""

from __future__ import annotations

import contextlib
import io
import json
import random
import tokenize
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrate.frontend.parsing import UNREADABLE
from migrate.frontend.project import load
from migrate.inventory import OUR_FAULT, analyze
from migrate.report import FORMATS, FileStatus, Report, render

JOB = """\
import sys
from pyspark.sql import SparkSession, functions as F
from pyspark.sql.types import *

spark = SparkSession.builder.appName(f"job {sys.argv[0]!r}").getOrCreate()


@F.udf(returnType="string")
def shout(text: "str") -> 'str':
    return text.upper() if text else None


class Job:
    def __init__(self, df, *rest, key=lambda row: (row[0], row[1:]), **options):
        self.df = df

    async def run(self):
        async with self as inner, open("x") as file:
            yield [part async for part in inner if part]


def main():
    df = spark.read.json("in").where(F.col("a") > 0x1F)
    try:
        df = df.withColumn("b", shout("a")).groupBy("b").agg(F.max("a").alias("top"))
    except (ValueError, KeyError) as error:
        raise SystemExit(1) from error
    while (n := df.count()) > 3:
        df = df.limit(n - 1)
    match n:
        case {"a": [1, *_]}:
            pass
    spark.sql(\"\"\"select shout(a) from t\"\"\").rdd.map(lambda r: r).saveAsTextFile("out")


if __name__ == "__main__":
    main()
"""


def analyzed(folder: Path) -> Report:
    """The report on a folder, in which no file failed for a mistake of ours."""
    report = analyze((folder,), 1)
    assert [row for row in report.files if (row.reason or "").startswith(OUR_FAULT)] == []
    return report


def _kinds_of_token() -> dict[str, int]:
    """For each kind of token and each operator of the job, the offset in the middle of its first occurrence."""
    starts = [0]
    for line in JOB.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    found: dict[str, int] = {}
    for token in tokenize.generate_tokens(io.StringIO(JOB).readline):
        name = token.string if token.type == tokenize.OP else tokenize.tok_name[token.type]
        if token.type == tokenize.NAME and token.string in {
            "def",
            "class",
            "async",
            "match",
            "lambda",
            "try",
            "import",
        }:
            name = token.string
        middle = (token.start[1] + token.end[1]) // 2 if token.start[0] == token.end[0] else token.end[1]
        found.setdefault(name, starts[token.start[0] - 1] + max(middle, token.start[1] + 1))
    return found


CUTS = _kinds_of_token()


@pytest.mark.parametrize("token", CUTS)
def test_a_file_that_ends_inside_or_behind_any_kind_of_token(token: str, tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text(JOB[: CUTS[token]])
    assert len(analyzed(tmp_path).files) == 1


def test_the_uncut_job_is_one(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text(JOB)
    assert [row.status for row in analyzed(tmp_path).files] == [FileStatus.JOB]


ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "utf-32-be", "cp037", "cp1252", "utf-7", "utf-8-sig", "shift-jis")


@pytest.mark.parametrize(
    "claimed", ("utf-8", "latin-1", "utf-16", "utf-7", "undefined", "rot13", "punycode", "no-such")
)
@pytest.mark.parametrize("actual", ENCODINGS)
def test_swapped_encodings(actual: str, claimed: str, tmp_path: Path) -> None:
    (tmp_path / "job.py").write_bytes(f"# coding: {claimed}\n".encode() + JOB.encode(actual))
    (tmp_path / "whole.py").write_bytes(f"# coding: {claimed}\n{JOB}".encode(actual))
    assert len(analyzed(tmp_path).files) == 2


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_damaged_bytes_load_or_raise_what_the_reader_says(data: st.DataObject) -> None:
    source = bytearray(JOB.encode())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(source)))
        source[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=12))
    for name in ("job.py", "job.ipynb"):
        try:
            load(name, bytes(source))
        except UNREADABLE:
            continue


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False))
def test_shuffled_lines_and_tokens_are_analyzed(tmp_path: Path, chance: random.Random) -> None:
    """What still parses after a shuffle means nothing: the interpreter meets names, types and calls in any order."""
    lines = JOB.splitlines(keepends=True)
    first = chance.randrange(len(lines))
    some = lines[first : first + chance.randrange(12)]
    chance.shuffle(some)
    lines[first : first + len(some)] = some
    names = ["df", "spark", "shout", "F", "Job", "main", "n", "key", "self", "sys"]
    old, new = chance.sample(names, 2)
    (tmp_path / "job.py").write_text("".join(lines).replace(f"{old}.", f"{new}.").replace(f"({old}", f"({new}"))
    assert len(analyzed(tmp_path).files) == 1


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["", "code", "x = 1\n", "%%sql\na", "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "cells",
                    "cell_type",
                    "source",
                    "input",
                    "metadata",
                    "language_info",
                    "kernelspec",
                    "name",
                    "worksheets",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_any_json_is_a_notebook_or_is_said_to_be_none(document: object) -> None:
    with contextlib.suppress(UNREADABLE):
        load("job.ipynb", json.dumps(document).encode())


def _notebook(*cells: object, **more: object) -> bytes:
    return json.dumps({"cells": cells, "nbformat": 4, "about": "spark", **more}).encode()


CODE = {"cell_type": "code", "source": JOB}
NOTEBOOKS = {
    "no cells": (b'{"about": "spark"}', 0),
    "cells that are none": (_notebook(1, None, "x", [], CODE), 1),
    "cells without a source": (_notebook({"cell_type": "code"}, CODE), 1),
    "a source of numbers": (_notebook({"cell_type": "code", "source": [1, None, 2.5]}, CODE), 1),
    "a source that is null": (_notebook({"cell_type": "code", "source": None}, CODE), 1),
    "cells in an object": (b'{"cells": {"a": 1}, "about": "spark"}', 0),
    "metadata that is a list": (_notebook(CODE, metadata=[1]), 1),
    "sheets of the third version": (
        json.dumps({"worksheets": [{"cells": [{"cell_type": "code", "input": JOB}]}]}).encode(),
        1,
    ),
    "half a character": (_notebook({"cell_type": "code", "source": "x = '\ud800'\n" + JOB}), 1),
    "an output of megabytes": (_notebook({**CODE, "outputs": [{"text": ["x" * 80] * 100_000}]}), 1),
    "a line break inside a literal": (_notebook({"cell_type": "code", "source": "x = 'a\u2028b\x0c'\n" + JOB}), 1),
}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_odd_notebooks(name: str, tmp_path: Path) -> None:
    data, jobs = NOTEBOOKS[name]
    (tmp_path / "job.ipynb").write_bytes(data)
    assert len(analyzed(tmp_path).jobs) == jobs


def test_a_notebook_cut_anywhere_is_a_row(tmp_path: Path) -> None:
    whole = _notebook({"cell_type": "markdown", "source": "spark"}, CODE)
    for index, end in enumerate(range(8, len(whole), 97)):
        (tmp_path / f"cut{index}.ipynb").write_bytes(whole[:end])
    reasons = {row.reason for row in analyzed(tmp_path).files if row.status is FileStatus.SKIPPED}
    assert reasons and all(reason and reason.startswith("cannot be read") for reason in reasons)


DEEP = {
    "parentheses": "x = " + "(" * 1000 + "1" + ")" * 1000,
    "lists": "x = " + "[" * 1000 + "]" * 1000,
    "dicts": "x = " + "{1: " * 1000 + "1" + "}" * 1000,
    "calls in calls": "x = " + "f(" * 1000 + "1" + ")" * 1000,
    "lambdas": "f = " + "lambda x: " * 1000 + "x",
    "attributes": "x = spark" + ".a" * 1000,
    "a chain of stages": "x = spark.range(3)" + ".where('id > 1')" * 1000,
    "a chain of Python": "spark.range(3).rdd" + ".map(lambda r: r)" * 1000 + ".count()",
    "a sum": "x = " + " + ".join(["spark"] * 1000),
    "subscripts": "x = spark" + "[0]" * 1000,
    "signs": "x = " + "-" * 1000 + "1",
    "choices": "x = " + "1 if spark else " * 1000 + "2",
    "elifs": "if spark:\n    pass\n" + "elif spark:\n    spark.range(3)\n" * 1000,
    "blocks": "".join(" " * n + "if spark:\n" for n in range(1000)) + " " * 1000 + "pass",
    "functions": "".join(" " * n + "def f():\n" for n in range(90)) + " " * 90 + "spark.range(3)",
    "loops": "".join(" " * n + "for a in b:\n" for n in range(90)) + " " * 90 + "df = spark.range(3)",
    "decorators": "@spark.f\n" * 1000 + "def f(): pass",
    "an annotation": "def f(x: '" + "-" * 10_000 + "1'): pass",
    "SQL": "spark.sql('select " + "(" * 1000 + "1" + ")" * 1000 + "')",
    "functions that call each other": "".join(f"def f{n}(df):\n    return f{n + 1}(df)\n" for n in range(1000))
    + "f0(spark)",
}


@pytest.mark.parametrize("name", DEEP)
def test_a_thousand_deep(name: str, tmp_path: Path) -> None:
    (tmp_path / "deep.py").write_text(f"from pyspark.sql import SparkSession\nspark = SparkSession()\n{DEEP[name]}\n")
    assert len(analyzed(tmp_path).files) == 1


@pytest.mark.parametrize("form", FORMATS)
def test_half_a_character_in_a_literal_reaches_every_format(form: str, tmp_path: Path) -> None:
    body = JOB + 'spark.read.parquet("\\ud800").withColumn("\\udfff", shout("a")).select("\\udfff").write.csv("o")\n'
    (tmp_path / "job.py").write_text(body)
    report = analyzed(tmp_path)
    render(report, form, {"job.py": body}).encode("utf-8")


@pytest.mark.timeout(60)
def test_stars_of_modules_that_are_not_there_end(tmp_path: Path) -> None:
    (tmp_path / "pack").mkdir()
    stars = "".join(f"from .part{n} import *\nfrom .part{n} import name{n}\n" for n in range(12))
    (tmp_path / "pack" / "__init__.py").write_text(f"{stars}unknown.name0.name1(name2)\n# pyspark\n")
    (tmp_path / "pack" / "part3.py").write_text("from . import *\nfrom pack.part4 import *\n")
    (tmp_path / "pack" / "part4.py").write_text("from .part3 import *\ndef made(spark):\n    return spark.range(3)\n")
    (tmp_path / "job.py").write_text(f"from pack import *\n{JOB}\nmade(spark).count()\n")
    stages = [stage for job in analyzed(tmp_path).jobs for stage in job.stages]
    assert ("SparkSession.range", "pack/part4.py") in [(stage.symbol, stage.span.path) for stage in stages]
