"""Hostile jobs: either both parts together do what the job did, or it is refused in one sentence with its line."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from hostile import HEAD, MAIN, MOVED, READ, job, rewritten

from migrate.ir import Engine

TWICE = 'out2 = df.withColumn("c", loud("a"))\nout2.write.parquet(args.output + "/y")\n'

# Each row: a body, what must stand in the Spark part, and what in the Ray part.
CUT = [
    pytest.param(READ + MOVED, ['hand_over(df, "df")'], ['os.path.join(HANDOFF, "df")'], id="plain"),
    pytest.param(READ + MOVED + TWICE, ['hand_over(df, "df")'], ['"c", loud(batch["a"])'], id="handed over once"),
    pytest.param(
        READ + MOVED + 'df = spark.read.json(args.input).sample(0.4)\nout2 = df.withColumn("c", loud("a"))\n'
        "out2.write.parquet(args.output)\n",
        ['hand_over(df, "df")', 'hand_over(df, "df_2")'],
        ['df = ray.data.read_parquet(os.path.join(HANDOFF, "df_2"))'],
        id="another dataset under the same name",
    ),
    pytest.param(
        "df = spark.read.parquet(args.input)\nif args.output:\n    df = df.sample(0.3)\n" + MOVED,
        ["if args.output:", 'hand_over(df, "df")'],
        ['df = ray.data.read_parquet(os.path.join(HANDOFF, "df"))'],
        id="changed under a condition",
    ),
    pytest.param(
        "with open(args.input):\n    df = spark.read.parquet(args.input).sample(0.3)\n" + MOVED,
        ["with open(args.input):", 'hand_over(df, "df")'],
        ['df = ray.data.read_parquet(os.path.join(HANDOFF, "df"))'],
        id="made inside with",
    ),
    pytest.param(
        "try:\n" + "".join(f"    {line}\n" for line in (READ + MOVED).splitlines()) + "finally:\n    print(1)\n",
        ["try:", 'hand_over(df, "df")', "finally:\n        pass"],
        ["try:", "finally:\n        print(1)"],
        id="try around both",
    ),
    pytest.param(
        "df, other = spark.read.parquet(args.input).randomSplit([0.5, 0.5])\n" + MOVED,
        ['hand_over(df, "df")'],
        ['df = ray.data.read_parquet(os.path.join(HANDOFF, "df"))'],
        id="one of a tuple",
    ),
    pytest.param(
        "df = spark.read.parquet(args.input); df = df.sample(0.3)\n" + MOVED,
        ["df = df.sample(0.3)\n", 'hand_over(df, "df")'],
        ['df = ray.data.read_parquet(os.path.join(HANDOFF, "df"))'],
        id="semicolon",
    ),
    pytest.param(
        "df = spark.read.parquet(args.input)\nif args.output: df = df.sample(0.3); print(1)\n" + MOVED,
        ['hand_over(df, "df")'],
        ['df = ray.data.read_parquet(os.path.join(HANDOFF, "df"))'],
        id="a block on one line",
    ),
    pytest.param(
        READ + 'out = (\n    df.withColumn("b", loud("a"))\n    # why\n).persist()\nout.write.parquet(args.output)\n',
        ['hand_over(df, "df")'],
        ["    # why\n    ).materialize()"],
        id="parentheses and a comment in front of the dot",
    ),
    pytest.param(
        'out = spark.read.parquet(args.input).where("rlike(a, b)").withColumn("b", loud("a"))\n'
        "out.write.parquet(args.output)\n",
        ['hand_over(spark.read.parquet(args.input).where("rlike(a, b)"), "out")'],
        ['out = ray.data.read_parquet(os.path.join(HANDOFF, "out")).map_batches('],
        id="one chain for both engines",
    ),
    pytest.param(
        "import shutil\nshutil.rmtree(args.output)\n" + READ + MOVED,
        ["shutil.rmtree(args.output)"],
        [],
        id="what was deleted at the start is not deleted again",
    ),
    pytest.param(
        "metrics = {}\n"
        + READ
        + 'metrics["n"] = df.corr("a", "b")\n'
        + MOVED
        + 'with open(args.output, "w") as file:\n    file.write(str(metrics))\n',
        ["file.write(str(metrics))"],
        [],
        id="a file of Spark's numbers is Spark's",
    ),
    pytest.param(
        'sc = spark.sparkContext\nsc.setLogLevel("WARN")\n' + READ + MOVED + "spark.catalog.clearCache()\n",
        ['sc.setLogLevel("WARN")', "spark.catalog.clearCache()"],
        [],
        id="what asks the session is Spark's, wherever it stands",
    ),
    pytest.param(
        READ + 'out = df.withColumn("b", loud("a"))\nout.persist()\nout.write.parquet(args.output)\nout.unpersist()\n',
        ["hand_over"],
        ["    out = out.materialize()\n    out.write_datasink("],
        id="persist as a statement",
    ),
    pytest.param(
        READ + "args.output = os.path.abspath(args.output)\n" + MOVED,
        ["hand_over"],
        ["args.output = os.path.abspath(args.output)"],
        id="a setting between the stages holds for both",
    ),
]


@pytest.mark.parametrize(("body", "on_spark", "on_ray"), CUT)
def test_what_can_be_cut(body: str, on_spark: list[str], on_ray: list[str], tmp_path: Path) -> None:
    result = rewritten(job(body), tmp_path)
    assert result.run == ("job_spark.py", "job_ray.py")
    spark, ray = result.files["job_spark.py"], result.files["job_ray.py"]
    for text in (spark, ray):
        ast.parse(text)
    assert [piece for piece in on_spark if piece not in spark] == [], spark
    assert [piece for piece in on_ray if piece not in ray] == [], ray
    assert "loud" not in spark and "pyspark" not in ray and "shutil.rmtree" not in ray and "metrics" not in ray


def test_a_dataset_that_is_used_twice_is_written_and_read_once(tmp_path: Path) -> None:
    result = rewritten(job(READ + MOVED + TWICE), tmp_path)
    assert result.files["job_spark.py"].count("hand_over(df, ") == 1
    assert result.files["job_ray.py"].count("ray.data.read_parquet(") == 1


IN_THE_WAY = [
    pytest.param(
        "for day in 'ab':\n    df = spark.read.parquet(day).sample(0.3)\n"
        '    df.withColumn("b", loud("a")).write.parquet(day + "x")\n',
        "line 24 makes a dataset in a loop",
        id="hand-off in a loop",
    ),
    pytest.param(READ + MOVED + "print(out.schema)\n", "line 26 uses out, a Ray dataset", id="an attribute of Spark's"),
    pytest.param(
        READ + MOVED + 'spark.read.parquet(os.path.join(args.output, "x")).sample(0.5).show()\n',
        "line 26 reads on Spark what line 25 writes",
        id="Spark reads what Ray writes",
    ),
    pytest.param(
        "class Box:\n    pass\nbox = Box()\nbox.df = spark.read.parquet(args.input).sample(0.2)\n"
        'box.df.withColumn("b", loud("a")).write.parquet(args.output)\n',
        "line 27 needs box",
        id="a dataset in an attribute",
    ),
    pytest.param(
        "if args.input:\n    df = spark.read.parquet(args.input).sample(0.2)\nelse:\n"
        '    df = spark.read.parquet("x").sample(0.2).withColumn("b", loud("a"))\n'
        "df.write.parquet(args.output)\n",
        "line 23: one branch",
        id="one name from both engines",
    ),
    pytest.param(
        READ + 'out = df.withColumn("b", loud("a"))\nnames = [out.count(), df.corr("a", "b")]\nprint(names)\n',
        "line 25: Spark's and Ray's part of this statement cannot be told apart",
        id="one statement of both engines",
    ),
    pytest.param(
        READ + 'sizes = []\nsizes.append(df.withColumn("b", loud("a")).count())\n'
        'df.sample(0.5).write.parquet(f"x{sizes[0]}")\n',
        "line 26 needs sizes, which line 25 computes on the other engine",
        id="Spark needs a number of Ray's",
    ),
    pytest.param(
        READ + 'sizes = []\nsizes.append(df.withColumn("b", loud("a")).count())\nhalf = sizes[0] / 2\n'
        'df.sample(0.5).write.parquet(f"x{half}")\n',
        "line 27 needs half, which line 26 computes on the other engine",
        id="Spark needs what was made of a number of Ray's",
    ),
    pytest.param(
        READ + MOVED + 'os.makedirs(os.path.join(args.output, "y"))\n'
        'df.sample(0.5).write.parquet(os.path.join(args.output, "y", "z"))\n',
        "line 26 comes after work of Ray's and before work of Spark's",
        id="a folder that Spark's next stage writes into",
    ),
]
ALONE = 'one = spark.read.parquet("one").sample(0.1)\none.withColumn("c", loud("a")).write.parquet("alone")\n'


@pytest.mark.parametrize(("body", "sentence"), IN_THE_WAY)
def test_what_cannot_be_cut_stays_on_spark_and_says_why(body: str, sentence: str, tmp_path: Path) -> None:
    result = rewritten(job(body), tmp_path)
    assert result.files == {} and not result.complete
    assert all(stage.engine is Engine.SPARK for stage in result.job.stages)
    assert all(stage.blocked_by for stage in result.job.stages if stage.heavy and stage.inputs)
    assert any(f"stays on Spark: {sentence}" in finding.message for finding in result.findings)


@pytest.mark.parametrize(("body", "sentence"), IN_THE_WAY)
def test_what_cannot_be_cut_holds_back_nothing_else(body: str, sentence: str, tmp_path: Path) -> None:
    result = rewritten(job(body + ALONE), tmp_path)
    assert result.run == ("job_spark.py", "job_ray.py") and not result.complete
    spark, ray = result.files["job_spark.py"], result.files["job_ray.py"]
    assert re.search(rf"# MIGRATE\(SR\d+\): .* stays on Spark.*: {re.escape(sentence)}", spark), spark
    assert 'hand_over(one, "one")' in spark and '"alone"' not in spark and spark.count("hand_over(") == 2
    assert '"alone"' in ray and ray.count("loud(") == 1
    for line in body.splitlines():
        assert line.strip() in spark


WHOLE = [
    pytest.param(
        READ + "if df.count() == 0:\n    return\n" + MOVED,
        "line 24 may end the job early",
        id="an early exit Ray would not see",
    ),
    pytest.param(
        READ + "pa = 3\n" + MOVED + "print(pa)\n",
        "line 24 uses the name pa",
        id="a name that the emitted code needs",
    ),
    pytest.param(
        READ + MOVED + "HANDOFF = 4\nprint(HANDOFF)\n", "line 26 uses the name HANDOFF", id="HANDOFF is taken"
    ),
    pytest.param(
        "from .near import thing\n" + READ + MOVED + "print(thing)\n",
        "line 23 imports relatively",
        id="relative import",
    ),
]


@pytest.mark.parametrize(("body", "sentence"), WHOLE)
def test_what_concerns_the_whole_file_keeps_all_of_it(body: str, sentence: str, tmp_path: Path) -> None:
    result = rewritten(job(body + ALONE), tmp_path)
    assert result.files == {} and not result.complete
    assert any(f"stays on Spark: {sentence}" in finding.message for finding in result.findings)


LEFT = [
    pytest.param("async def main():", "def main():", "async", id="async"),
    pytest.param("class Job:\n  def main(self):", "def main():", "method", id="method"),
]


@pytest.mark.parametrize(("new", "old", "word"), LEFT)
def test_stages_where_the_rewriter_does_not_follow_stay(new: str, old: str, word: str, tmp_path: Path) -> None:
    text = job(READ + MOVED).replace(old, new).replace("    main()\n", "    print(1)\n")
    result = rewritten(text, tmp_path)
    assert result.files == {} and not result.complete
    assert all(stage.engine is Engine.SPARK for stage in result.job.stages)
    assert any(word in finding.message for finding in result.findings)


RETURNS = """

def work(spark):
    df = spark.read.parquet("a").sample(0.2)
    rows = df.count()
    out = df.withColumn("b", loud("a"))
    out.write.parquet("x")
    return rows


spark = SparkSession.builder.getOrCreate()
{use}
"""


@pytest.mark.parametrize(
    ("use", "refused"),
    [
        pytest.param("work(spark)", False, id="not used"),
        pytest.param("rows = work(spark)\nprint(rows)", True, id="used"),
    ],
)
def test_what_a_function_returns_in_one_part_only(use: str, refused: bool, tmp_path: Path) -> None:
    text = HEAD + RETURNS.format(use=use)
    result = rewritten(text, tmp_path)
    if refused:
        assert result.files == {} and not result.complete
        assert any("line 26 uses what work returns" in finding.message for finding in result.findings)
    else:
        files = result.files
        assert "work(spark)" in files["job_spark.py"]
        assert "\nwork()\n" in files["job_ray.py"]


def test_a_udf_that_nothing_uses_goes_with_its_decorator(tmp_path: Path) -> None:
    idle = '@F.udf("int", useArrow=True)\ndef idle(x):\n    return 1\n\n\nloud = '
    result = rewritten(job(READ + MOVED).replace("loud = ", idle), tmp_path)
    assert "idle" not in result.files["job_ray.py"]


def test_a_stage_that_needs_a_number_of_sparks_stays_there(tmp_path: Path) -> None:
    result = rewritten(job(READ + 'n = df.corr("a", "b")\n' + MOVED.replace('"x"', "str(n)")), tmp_path)
    assert result.files == {} and not result.complete
    assert any("a value or an RDD that stays on Spark" in finding.message for finding in result.findings)


HELPERS = """

def one(spark, path):
    df = spark.read.parquet(path).sample(0.2)
    out = df.withColumn("b", loud("a"))
    out.write.parquet(path + "x")


def build(spark, path):
    return spark.read.parquet(path).sample(0.2)


spark = SparkSession.builder.getOrCreate()
"""


@pytest.mark.parametrize(("calls", "refused"), [pytest.param(1, False, id="once"), pytest.param(2, True, id="twice")])
def test_a_helper_that_hands_over(calls: int, refused: bool, tmp_path: Path) -> None:
    text = HEAD + HELPERS
    if refused:
        result = rewritten(text + 'one(spark, "a")\none(spark, "b")\n', tmp_path)
        assert result.files == {} and not result.complete
        assert any("one, called more than once" in finding.message for finding in result.findings)
    else:
        own = 'out = build(spark, "a").withColumn("b", loud("a"))\nout.write.parquet("x")\n'
        result = rewritten(text.replace('one(spark, "a")\n', "") + own, tmp_path)
        assert 'hand_over(build(spark, "a"), "out")' in result.files["job_spark.py"]


@pytest.mark.parametrize(
    ("change", "check"),
    [
        pytest.param(
            lambda text: text.replace("\n", "\r\n"), lambda raw: raw.count("\n") == raw.count("\r\n"), id="CRLF"
        ),
        pytest.param(lambda text: text.replace("    ", "\t"), lambda raw: "\treturn text.upper()" in raw, id="tabs"),
        pytest.param(
            lambda text: text.replace("return text.upper()", 'return text + "größe 日本 \u2028"'),
            lambda raw: 'return text + "größe 日本 \u2028"' in raw,
            id="non-ASCII",
        ),
        pytest.param(
            lambda text: "#!/usr/bin/env python\n# -*- coding: ascii -*-\n" + text,
            lambda raw: raw.startswith("#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n"),
            id="shebang and coding line",
        ),
    ],
)
def test_the_form_of_the_file_stays(change: object, check: object, tmp_path: Path) -> None:
    assert callable(change) and callable(check)
    result = rewritten(change(job(READ + MOVED)), tmp_path)
    for name in result.run:
        raw = result.files[name]
        ast.parse(raw)
        assert check(raw) or name.endswith("_spark.py"), raw


def test_a_sibling_that_imports_spark_is_reported(tmp_path: Path) -> None:
    (tmp_path / "near.py").write_text("import pyspark\n\n\ndef shout(text):\n    return text\n", encoding="utf-8")
    text = job(READ + MOVED).replace("def shout(text):\n    return text.upper()\n\n\n", "")
    text = text.replace("loud = F.udf(shout, ", "loud = F.udf(near.shout, ").replace(
        "import sys\n", "import sys\n\nimport near as near\n"
    )
    result = rewritten(text, tmp_path)
    assert not result.complete
    assert [finding.line for finding in result.findings if "near.py imports pyspark" in finding.message] == [1]
    assert 'MODULES = [os.path.join(JOB, "near.py")]' in result.files["job_ray.py"]


def test_the_template_itself_is_a_job() -> None:
    ast.parse(MAIN.format(body="    pass"))


def test_what_only_spark_could_do_is_never_left_out(tmp_path: Path) -> None:
    """A statement that reads nothing but what Spark made is no stage, and would go without a trace."""
    text = job("df = spark.read.parquet(args.input)\n" + MOVED + "odd = Odd(k=2)\nodd.start()\n")
    result = rewritten(text.replace("import sys\n", "import sys\n\nfrom pyspark.odd import Odd\n"), tmp_path)
    assert result.files == {} and not result.complete
    assert any("does something of Spark's that is not understood" in finding.message for finding in result.findings)


@pytest.mark.parametrize("dataset", ["out", 'df.withColumn("b", loud("a"))'])
def test_what_is_asked_of_a_dataset(dataset: str, tmp_path: Path) -> None:
    start = "df = spark.read.parquet(args.input)\n" + MOVED
    asked = rewritten(job(f"{start}print({dataset}.columns)\n"), tmp_path)
    assert ".columns()" in asked.files["job_ray.py"]
    held = rewritten(job(f"{start}print({dataset}.schema)\n"), tmp_path)
    assert not held.complete
    assert any("a Ray dataset after the move, in another way" in finding.message for finding in held.findings)
    assert f"print({dataset}.schema)" not in held.files.get("job_ray.py", "")


def test_a_name_that_is_taken_for_something_else_later(tmp_path: Path) -> None:
    text = job("df = spark.read.parquet(args.input)\n" + MOVED + "for out in [1, 2]:\n    print(out.real)\n")
    assert "print(out.real)" in rewritten(text, tmp_path).files["job_ray.py"]


COUNTED = """\
sales = spark.read.parquet("sales").sample(0.5)
sales.rdd.foreach(count)
print(acc.value)
"""


def _counting(body: str) -> str:
    """A job with an accumulator."""
    made = "spark = SparkSession.builder.getOrCreate()\nacc = spark.sparkContext.accumulator(0)\n"
    return f"{HEAD}\n\ndef count(x):\n    acc.add(1)\n    return x\n\n\n{made}{body}"


def test_an_accumulator_is_made_where_it_is_added_to(tmp_path: Path) -> None:
    files = rewritten(_counting(COUNTED), tmp_path).files
    assert "acc" not in files["job_spark.py"]
    assert "acc = Accumulator(0)\n" in files["job_ray.py"] and "print(acc.value)\n" in files["job_ray.py"]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        pytest.param(
            "spark.range(3).select(F.udf(count)('id')).show()\n", "functions as often as the engine pleases", id="udf"
        ),
        pytest.param("print(spark.sparkContext.parallelize([1]).map(count).histogram(2))\n", "stays", id="unmapped"),
        pytest.param(
            "rdd = spark.sparkContext.parallelize([1]).map(count)\nprint(rdd.union(rdd).first())\n",
            "RDD.first on line 25 calls functions as often as the engine pleases",
            id="computed ahead",
        ),
    ],
)
def test_what_cannot_count_as_spark_does_keeps_the_accumulator_there(body: str, sentence: str, tmp_path: Path) -> None:
    result = rewritten(_counting(body), tmp_path)
    assert result.files == {} and not result.complete
    assert any(sentence in finding.message for finding in result.findings), result.findings
