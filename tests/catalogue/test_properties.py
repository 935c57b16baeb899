"""Tables that hypothesis makes, through relational and feature mappings on both engines: no undeclared difference."""

from __future__ import annotations

from pathlib import Path

import generated
import pyarrow.parquet as pq
import pytest
from engines import Engines

from migrate.oracle import Options, Verdict, compare
from migrate.rewrite import rewrite

pytestmark = [pytest.mark.engines, pytest.mark.timeout(600)]

START = """\
import os

from pyspark.ml.feature import Binarizer, Bucketizer, StringIndexer
from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F

spark = SparkSession.builder.getOrCreate()
out = os.path.abspath("out")
df = spark.read.parquet(os.path.abspath("table"))
"""
MAPPINGS = {
    "arithmetic": """df.select(
    "id", (F.col("i") + F.col("big")).alias("a"), (F.col("i") * 3 - F.col("x")).alias("b"),
    (F.col("x") / F.col("i")).alias("c"), (F.col("i") % 7).alias("d"), (-F.col("big")).alias("e"),
    F.abs("i").alias("f"), F.floor("y").alias("g"), F.ceil("x").alias("h"), F.greatest("x", "y").alias("j"),
    F.least("i", "big").alias("k"), F.sqrt("x").alias("l"))""",
    "conditions": """df.select(
    "id", (F.col("x") > F.col("y")).alias("a"), (F.col("i") == F.col("x")).alias("b"),
    F.col("k").eqNullSafe(F.col("s")).alias("c"), ((F.col("i") > 0) & F.col("flag")).alias("d"),
    ((F.col("x") <= 1.5) | ~F.col("flag")).alias("e"), F.col("i").isin(0, 1, -1).alias("f"),
    F.when(F.col("x") > 0, F.col("s")).when(F.col("flag"), "yes").otherwise(F.col("k")).alias("g"),
    F.coalesce("s", "k").alias("h"), F.col("big").between(-5, 5).alias("j"), F.isnan("y").alias("k"))""",
    "casts": """df.select(
    "id", F.col("x").cast("int").alias("a"), F.col("y").cast("bigint").alias("b"), F.col("big").cast("int").alias("c"),
    F.col("big").cast("double").alias("d"), F.col("s").cast("int").alias("e"), F.col("s").cast("double").alias("f"),
    F.col("x").cast("float").alias("g"), F.col("flag").cast("int").alias("h"), F.col("i").cast("string").alias("j"),
    F.col("day").cast("string").alias("k"), F.col("at").cast("string").alias("l"), F.col("s").cast("date").alias("m"),
    F.col("price").cast("int").alias("n"), F.col("i").cast("boolean").alias("o"))""",
    "texts": """df.select(
    "id", F.upper("s").alias("a"), F.length("s").alias("b"), F.substring("s", 2, 3).alias("c"),
    F.concat_ws("-", "k", "s").alias("d"), F.trim("s").alias("e"), F.split("s", ",").alias("f"),
    F.instr("s", "a").alias("g"), F.lpad("s", 4, "*").alias("h"), F.regexp_replace("s", "[0-9]+", "#").alias("j"),
    F.col("s").like("%a_").alias("k"), F.initcap("s").alias("l"), F.reverse("s").alias("m"))""",
    "dates": """df.select(
    "id", F.year("day").alias("a"), F.weekofyear("day").alias("b"), F.dayofweek("day").alias("c"),
    F.date_add("day", 31).alias("d"), F.add_months("day", -1).alias("e"), F.last_day("day").alias("f"),
    F.hour("at").alias("g"), F.to_date("at").alias("h"), F.trunc("day", "month").alias("j"),
    F.datediff("day", F.to_date("at")).alias("k"), F.date_trunc("hour", "at").alias("l"))""",
    "filters": """df.filter("NOT (x > y) OR i IS NULL AND s <> k").select("id", "x", "y").union(
    df.filter((F.col("x") >= F.col("big")) & ~F.col("flag")).select("id", "y", "x"))""",
    "groups": """df.groupBy("t", "k").agg(
    F.count("*").alias("n"), F.sum("i").alias("a"), F.sum("big").alias("b"), F.max(F.col("x") + 0.0).alias("c"),
    F.min(F.col("y") + 0.0).alias("d"), F.sum("price").alias("e"), F.countDistinct("x").alias("f"),
    F.max("s").alias("g"), F.min("at").alias("h"), F.avg("i").alias("j"), F.max("flag").alias("m"),
    F.collect_set("s").alias("l")).withColumn("l", F.sort_array("l"))""",
    "groups_by_numbers": """df.groupBy("x", "flag").count().union(df.groupBy("y", "flag").count())""",
    "pivots": """df.groupBy("t").pivot("k", ["a", "é", "z"]).agg(F.sum("i"), F.max("day").alias("last"))""",
    "wholes": """df.filter("t = 5").agg(
    F.count("*").alias("n"), F.sum("big").alias("a"), F.max(F.col("x") + 0.0).alias("b"), F.min("s").alias("c"),
    F.countDistinct("y").alias("d"), F.avg("i").alias("e"), F.max("price").alias("f"), F.min("flag").alias("g"))""",
    "distinct": """df.select("t", "k", "flag", (F.col("x") + 0.0).alias("x")).distinct()""",
    "inner_joins": """df.select("id", "t", "i", "s").join(
    df.filter("flag OR i > 2").select("t", F.col("big").alias("j"), F.col("id").alias("n")),
    [F.col("i") == F.col("j")]).select("id", "i", "j", "n", "s")""",
    "full_joins": """df.select("id", "t", "x", "s").join(
    df.filter("NOT flag").select("t", "x", F.col("id").alias("n"), F.col("y").alias("z")), ["t", "x"], "full")""",
    "null_safe_joins": """df.select("id", "t", "k").join(few, df.k.eqNullSafe(few.l) & (df.t == few.u), "left")""",
    "anti_joins": """df.select("id", "t", "y").join(
    few, (F.col("y") == F.col("z")) & (F.col("t") == F.col("u")), "anti")""",
    "ranks": """df.withColumn("n", F.row_number().over(ordered))
.withColumn("before", F.lag("s", 1, "none").over(ordered))
.withColumn("r", F.rank().over(ties)).withColumn("d", F.dense_rank().over(ties))
.select("id", "n", "before", "r", "d")""",
    "frames": """df.withColumns({
    "a": F.sum("big").over(ties), "b": F.count("s").over(ties), "c": F.max("day").over(ties),
    "d": F.avg("i").over(ties), "e": F.min("s").over(Window.partitionBy("t")),
    "f": F.sum("i").over(Window.partitionBy("t").orderBy("id").rowsBetween(-2, 1)),
    "g": F.sum("x").over(Window.partitionBy("t").orderBy("id").rowsBetween(-1, Window.currentRow)),
    "h": F.last("s").over(Window.partitionBy("t").orderBy("id").rowsBetween(1, 2))})
.drop("s", "k", "day", "at")""",
    "missing": """df.drop("price").na.fill(1.7).na.fill("?", ["s"])
.na.replace({"a": "b", "b": "a"}, subset=["k"]).na.drop()""",
    "features": """StringIndexer(inputCol="s", outputCol="label", handleInvalid="keep").fit(df).transform(
    Bucketizer(splits=[float("-inf"), -1.0, 0.0, 0.5, float("inf")], inputCol="x", outputCol="b", handleInvalid="keep")
    .transform(Binarizer(threshold=0.5, inputCol="x", outputCol="c").transform(df.select("id", "s", "x"))))""",
}
SPECIFICATIONS = """\
few = df.filter("i < 5").select(F.col("k").alias("l"), F.col("t").alias("u"), F.col("y").alias("z"))
ordered = Window.partitionBy("t", "k").orderBy(F.desc("x"), "id")
ties = Window.partitionBy("t").orderBy(F.col("y").asc_nulls_last(), "flag")
"""


@pytest.fixture(scope="module")
def sides(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder of each engine, where one job has written what every mapping makes of the tables."""
    folder = tmp_path_factory.mktemp("properties")
    rows = generated.tables(40)
    (folder / "table").mkdir()
    for number, start in enumerate(range(0, len(rows), 64)):
        pq.write_table(rows.slice(start, 64), folder / "table" / f"part-{number}.parquet")
    job = folder / "job.py"
    writes = [f'made = ({text})\nmade.write.parquet(os.path.join(out, "{name}"))\n' for name, text in MAPPINGS.items()]
    job.write_text("\n".join([START, SPECIFICATIONS, *writes]), encoding="utf-8")
    made = rewrite(job, everything=True)
    assert made.run == ("job_ray.py",), made.report
    made.write()
    found = {}
    for name, kernel, script in (("spark", engines.spark, job), ("ray", engines.ray, made.folder / "job_ray.py")):
        found[name] = folder / name
        found[name].mkdir()
        (found[name] / "table").symlink_to(folder / "table")
        kernel.run(script, found[name], seconds=240)
    return found


@pytest.mark.parametrize("mapping", MAPPINGS)
def test_both_engines_make_the_same_of_any_table(mapping: str, sides: dict[str, Path]) -> None:
    options = Options(names=("Spark", "Ray"))
    found = compare(*(side / "out" / mapping for side in sides.values()), options, format="parquet")
    assert found.verdict is Verdict.EQUAL, "\n".join([*map(str, found.columns), *map(str, found.samples)])
