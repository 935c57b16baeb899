"""Datasets followed through variables, functions, classes, sibling modules, branches and loops."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from migrate.frontend import read_job
from migrate.inventory import analyze
from migrate.ir import Job
from migrate.report import FileStatus

HEAD = "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\n"

FLOWS = {
    "assignment and reassignment": ("df = spark.table('a')\ndf = df.distinct()\ndf.count()", {"count": {"distinct"}}),
    "a parameter and a return": (
        "def clean(frame):\n    return frame.distinct()\nclean(spark.table('a')).count()",
        {"distinct": {"table"}, "count": {"distinct"}},
    ),
    "an attribute of an object": (
        "class Job:\n    def __init__(self, s):\n        self.df = s.table('a')\n"
        "    def run(self):\n        self.df.count()\nJob(spark).run()",
        {"count": {"table"}},
    ),
    "a method of a base class": (
        "class Base:\n    def load(self):\n        return spark.table('a')\nclass Job(Base):\n"
        "    pass\nJob().load().count()",
        {"count": {"table"}},
    ),
    "both ways of a branch": (
        "import sys\nif sys.argv:\n    df = spark.table('a')\nelse:\n    df = spark.sql('select 1')\ndf.count()",
        {"count": {"table", "sql"}},
    ),
    "a branch that leaves": (
        "def read(flag):\n    if flag:\n        return spark.table('a')\n"
        "    return spark.sql('select 1')\nread(1).count()",
        {"count": {"table", "sql"}},
    ),
    "what a loop leaves for its next round": (
        "df = spark.table('a')\nfor i in range(3):\n    df = df.distinct()\ndf.count()",
        {"count": {"table", "distinct"}},
    ),
    "a list of frames folded": (
        "from functools import reduce\nparts = [spark.table('a'), spark.sql('select 1')]\n"
        "reduce(lambda x, y: x.union(y), parts).count()",
        {"union": {"table", "sql"}},
    ),
    "a frame in a dict": ("frames = {'a': spark.table('a')}\nframes['a'].count()", {"count": {"table"}}),
    "unpacked splits": (
        "train, test = spark.table('a').randomSplit([0.5, 0.5])\ntest.count()",
        {"count": {"randomSplit"}},
    ),
    "a temporary view": (
        "spark.table('a').createOrReplaceTempView('v')\nspark.sql('select * from v').count()",
        {"sql": {"table"}},
    ),
    "another view's name": (
        "spark.table('a').createOrReplaceTempView('v')\nspark.sql('select * from w').count()",
        {"sql": set()},
    ),
    "a transform": (
        "def add(f):\n    return f.distinct()\nspark.table('a').transform(add).count()",
        {"count": {"distinct"}},
    ),
    "a join of two": ("spark.table('a').join(spark.sql('select 1'), 'id')", {"join": {"table", "sql"}}),
}


def _job(tmp_path: Path, code: str, **siblings: str) -> Job:
    for name, text in siblings.items():
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(text))
    path = tmp_path / "job.py"
    path.write_text(HEAD + code + "\n", encoding="utf-8")
    return read_job(path)[0]


@pytest.mark.parametrize("name", FLOWS)
def test_inputs(name: str, tmp_path: Path) -> None:
    code, expected = FLOWS[name]
    job = _job(tmp_path, code)
    for symbol, sources in expected.items():
        stage = next(stage for stage in job.stages if stage.symbol.endswith(f".{symbol}"))
        inputs = {job.stage(i).symbol.rpartition(".")[2] for i in stage.inputs} - {symbol}
        assert inputs == sources


def test_a_sibling_module_is_followed_and_its_stages_stand_in_it(tmp_path: Path) -> None:
    sibling = (
        "from pyspark.sql.functions import udf\n@udf('int')\ndef double(x):\n    return 2 * x\n"
        "def read(s):\n    return s.table('a')\n"
    )
    job = _job(
        tmp_path,
        "import steps\nfrom steps import double as d\nsteps.read(spark).select(d('id')).count()",
        steps=sibling,
    )
    places = {stage.symbol.rpartition(".")[2]: (stage.span.path, stage.span.line) for stage in job.stages}
    assert places["table"] == ("steps.py", 6)
    assert places["udf"] == ("steps.py", 2)
    assert places["select"] == ("job.py", 5)


def test_a_stage_in_a_function_knows_the_statement_that_called_it(tmp_path: Path) -> None:
    job = _job(tmp_path, "def read():\n    return spark.table('a')\n\ndf = read()\ndf.count()")
    read = next(stage for stage in job.stages if stage.symbol == "SparkSession.table")
    assert (read.scope, read.statement.line, read.facts["call"]) == ("read", 4, "6")


def test_a_function_that_nothing_calls_is_read_and_said_to_be_unreached(tmp_path: Path) -> None:
    job = _job(tmp_path, "def later(rdd):\n    return rdd.map(lambda x: x)\nspark.table('a').count()")
    reached = {stage.symbol: stage.facts.get("reached", "yes") for stage in job.stages}
    assert reached["RDD.map"] == "no" and reached["DataFrame.count"] == "yes"


HANDED_OVER = {
    "to a pool of threads": (
        "from concurrent.futures import ThreadPoolExecutor\ndef refresh(name):\n    spark.table(name).count()\n"
        "with ThreadPoolExecutor() as pool:\n    list(pool.map(refresh, ['a', 'b']))"
    ),
    "to the platform by a decorator": "import dlt\n@dlt.table\ndef clean():\n    return spark.table('a').count()",
    "by a decorator with arguments": (
        "from pyspark import pipelines as dp\n@dp.materialized_view(comment='x')\ndef clean():\n"
        "    return spark.table('a').count()"
    ),
}


@pytest.mark.parametrize("name", HANDED_OVER)
def test_a_function_that_others_call_is_reached(name: str, tmp_path: Path) -> None:
    job = _job(tmp_path, HANDED_OVER[name])
    assert [stage.facts.get("reached", "yes") for stage in job.stages] == ["yes", "yes"]


STARTS = {
    "a main block whose work is elsewhere": (
        "from lib import run\nif __name__ == '__main__':\n    run(SparkSession.builder.getOrCreate())",
        True,
    ),
    "a session that is handed on": ("import lib\nlib.run(SparkSession.builder.getOrCreate())", True),
    "a module that shares its session": ("spark = SparkSession.builder.getOrCreate()\ndef read():\n    pass", False),
    "a module that shows its session": ("spark = SparkSession.builder.getOrCreate()\nprint(spark)", False),
    "a main block without a session": ("import lib\nif __name__ == '__main__':\n    lib.run()", False),
    "a module's own tests": (
        "def _test():\n    import doctest\n    doctest.testmod(globs={'s': SparkSession.builder.getOrCreate()})\n"
        "if __name__ == '__main__':\n    _test()",
        False,
    ),
}


@pytest.mark.parametrize("name", STARTS)
def test_a_session_for_work_that_is_not_in_sight_makes_a_job(name: str, tmp_path: Path) -> None:
    code, expected = STARTS[name]
    path = tmp_path / "job.py"
    path.write_text(f"from pyspark.sql import SparkSession\n{code}\n")
    (row,) = analyze((path,), 1).files
    assert (row.status is FileStatus.JOB) is expected


def test_what_a_module_tests_itself_with_is_not_reached(tmp_path: Path) -> None:
    job = _job(
        tmp_path,
        "def _test():\n    import doctest\n    spark.table('a').count()\nif __name__ == '__main__':\n    _test()",
    )
    assert {stage.facts.get("reached") for stage in job.stages} == {"no"}


def test_a_dataset_that_leaves_sight_is_counted(tmp_path: Path) -> None:
    job = _job(tmp_path, "import elsewhere\nprint(spark.table('a'))\nelsewhere.publish(spark.table('a'))")
    assert job.unresolved == 1
    assert [stage.symbol for stage in job.stages if stage.kind.value == "opaque"] == ["elsewhere.publish"]


CHAINS = {
    "from the end of the variable": ("df.write.mode('append').parquet('p')", ".write.mode('append').parquet('p')"),
    "a call without a dataset is whole": (
        "x = spark.read.option('a', 'b').csv('p')",
        "spark.read.option('a', 'b').csv('p')",
    ),
    "over lines": ("(df\n  .rdd\n  .mapPartitions(list))", "\n  .rdd\n  .mapPartitions(list)"),
    "characters, not bytes": ("é = 'é'; df.write.parquet('é')", ".write.parquet('é')"),
}


@pytest.mark.parametrize("name", CHAINS)
def test_the_chain_is_the_text_that_a_rewrite_replaces(name: str, tmp_path: Path) -> None:
    code, expected = CHAINS[name]
    path = tmp_path / "job.py"
    path.write_text(HEAD + "df = spark.range(3)\n" + code + "\n", encoding="utf-8")
    job, project = read_job(path)
    module = project.module("job.py")
    assert module is not None
    chain = job.stages[-1].chain
    start = module.starts[chain.line - 1] + chain.column
    assert module.text[start : module.starts[chain.end_line - 1] + chain.end_column] == expected


NAMES = {
    "an alias": ("import pyspark.sql.functions as F\nF.udf", "pyspark.sql.functions.udf"),
    "a name from a module": ("from horovod import torch as hvd\nhvd.rank", "horovod.torch.rank"),
    "an import in a function": ("def f():\n    import numpy as np\n    np.sqrt", "numpy.sqrt"),
    "a definition": ("def g():\n    pass\ng", "job.g"),
    "a parameter hides the import": ("import numpy as np\ndef f(np):\n    np.sqrt", None),
    "a rebound name": ("import numpy as np\nnp = 3\nnp.sqrt", None),
}


@pytest.mark.parametrize("name", NAMES)
def test_resolve(name: str, tmp_path: Path) -> None:
    import ast

    code, expected = NAMES[name]
    path = tmp_path / "job.py"
    path.write_text(code + "\n")
    _, project = read_job(path)
    module = project.module("job.py")
    assert module is not None
    last = [node for node in ast.walk(module.tree) if isinstance(node, ast.Expr)][-1]
    assert module.resolve(last.value) == expected


def test_names_that_modules_pass_around_in_a_circle_end(tmp_path: Path) -> None:
    (tmp_path / "ours.py").write_text("from ours.parts import frame as parts\nfrom theirs import *\nspark = 1\n")
    (tmp_path / "theirs.py").write_text("from ours import *\nimport ours.parts as frame\n")
    code = "import ours\nours.parts.frame.parts.frame.parts.frame.parts.frame(spark.range(3))\ntotal = spark.range(1)\n"
    (tmp_path / "job.py").write_text(code + "total += spark.range(2)\n")
    job, _ = read_job(tmp_path / "job.py")
    assert sum(stage.symbol == "SparkSession.range" for stage in job.stages) == 3
