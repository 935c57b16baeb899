"""Known differences between engines, in data as Spark and Ray really write it: each is told, with its page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from engines import Engines

from migrate.oracle import Options, Verdict, compare

ROWS = 1_003

SPARK = f"""
import sys
from pyspark.ml.feature import StringIndexer
from pyspark.sql import SparkSession, functions as F

spark = SparkSession.builder.getOrCreate()
out = sys.argv[1]
rows = spark.range({ROWS}).coalesce(1)
numbers = rows.withColumn("n", F.when(F.col("id") % 7 != 0, F.col("id") + F.lit(1 << 53)))
numbers.write.parquet(out + "/spark/batches")
values = rows.withColumn("x", F.sin("id"))
values.write.parquet(out + "/in/values")
mean, deviation = values.agg(F.avg("x"), F.stddev("x")).first()
values.withColumn("x", (F.col("x") - mean) / deviation).write.parquet(out + "/spark/deviation")
chance = F.col("id") % 6
colors = rows.withColumn("color", F.when(chance < 3, "red").when(chance < 5, "green").otherwise("blue"))
colors.write.parquet(out + "/in/colors")
indexed = StringIndexer(inputCol="color", outputCol="label").fit(colors).transform(colors)
indexed.select("id", "color", F.col("label").cast("bigint")).write.parquet(out + "/spark/labels")
rows.withColumn("at", F.lit("9999-12-31 00:00:00").cast("timestamp")).write.parquet(out + "/spark/instants")
sparse = rows.withColumn("x", F.when(F.col("id") % 5 != 0, F.col("id") * 3 % 1009))
sparse.write.parquet(out + "/in/sparse")
sparse.orderBy("x", "id").coalesce(1).write.parquet(out + "/spark/sorted")
sparse.write.json(out + "/spark/json")
rows.write.parquet(out + "/spark/shards")
"""

RAY = """
import sys
import ray
from ray.data.preprocessors import OrdinalEncoder, StandardScaler

out = sys.argv[1]
read = ray.data.read_parquet
read(out + "/spark/batches").map_batches(lambda batch: batch).write_parquet(out + "/ray/batches")
values = read(out + "/in/values")
StandardScaler(columns=["x"]).fit_transform(values).write_parquet(out + "/ray/deviation")
colors = read(out + "/in/colors")
encoded = OrdinalEncoder(columns=["color"], output_columns=["label"]).fit_transform(colors)
encoded.write_parquet(out + "/ray/labels")
read(out + "/spark/instants").write_parquet(out + "/ray/instants")
sparse = read(out + "/in/sparse")
sparse.sort(["x", "id"]).write_parquet(out + "/ray/sorted")
sparse.write_json(out + "/ray/json")
first, *others = read(out + "/spark/shards").split(4, equal=True)
first.union(*others).write_parquet(out + "/ray/shards")
"""


@pytest.fixture(scope="module")
def written(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which both engines have written what is meant to be the same."""
    folder = tmp_path_factory.mktemp("known")
    for name, source, engine in (("spark", SPARK, engines.spark), ("ray", RAY, engines.ray)):
        script = folder / f"{name}_job.py"
        script.write_text(source)
        engine.run(script, folder, (str(folder),), seconds=400)
    return folder


@pytest.mark.engines
@pytest.mark.parametrize(
    ("name", "options", "says", "page"),
    [
        pytest.param("batches", Options(), "`n`: 144 values NULL on one side and NaN on the other", "SR403", id="NaN"),
        pytest.param("batches", Options(), "the same once rounded to a double", "SR403", id="2^53"),
        pytest.param("deviation", Options(keys=("id",)), f"for n = {ROWS:,}", "SR604", id="deviation"),
        pytest.param("labels", Options(), "another number for the same label", "SR613", id="labels"),
        pytest.param("instants", Options(), "a multiple of 2^64 nanoseconds away", "SR201", id="INT96"),
        pytest.param("sorted", Options(ordered=True), "NULLs come first on the Spark side", "SR307", id="NULLs first"),
        pytest.param("json", Options(), "null on one side and absent on the other", "SR223", id="JSON"),
        pytest.param("shards", Options(), "are the last of the Spark side", "SR727", id="even shards"),
    ],
)
def test_it_is_told_with_its_page(name: str, options: Options, says: str, page: str, written: Path) -> None:
    named = replace(options, names=("Spark", "Ray"))
    found = compare(written / "spark" / name, written / "ray" / name, named)
    assert found.verdict is Verdict.DIFFERENT
    assert any(says in note and f"migrate explain {page}" in note for note in found.notes), found.notes
