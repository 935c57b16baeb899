"""The columns of a dataset, one statement at a time; what cannot be told stays unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.frontend import read_job
from migrate.passes.columns import columns_of

HEAD = """\
from pyspark.sql import SparkSession, functions as F
from pyspark.sql.types import StructType, StructField, StringType
spark = SparkSession.builder.getOrCreate()
df = spark.createDataFrame([], "id long, Name string, size int")
other = spark.createDataFrame([], ["id", "city"])
"""

ROWS = {
    'df.select("id", F.col("size"), df.Name, df["size"].alias("s"))': ("id", "size", "Name", "s"),
    'df.select("*", F.lit(1).alias("one"))': ("id", "Name", "size", "one"),
    'df.select(["id", "size"])': ("id", "size"),
    'df.select(F.col("size") + 1)': None,
    "df.select(*names)": None,
    'df.selectExpr("*", "size * 2 AS twice")': ("id", "Name", "size", "twice"),
    'df.withColumn("name", F.upper("Name"))': ("id", "name", "size"),
    'df.withColumns({"a": F.lit(1), "SIZE": F.lit(2)})': ("id", "Name", "SIZE", "a"),
    "df.withColumn(name, F.lit(1))": None,
    'df.withColumnRenamed("NAME", "label")': ("id", "label", "size"),
    'df.drop("name", "size")': ("id",),
    'df.filter("size > 1").distinct().limit(3).repartition(4)': ("id", "Name", "size"),
    'df.toDF("a", "b", "c")': ("a", "b", "c"),
    'df.join(other, "id")': ("id", "Name", "size", "city"),
    'df.join(other, ["id"], "left_semi")': None,
    "df.join(other, df.id == other.id)": None,
    'df.groupBy("Name").agg(F.max("size").alias("largest"), F.sum("id"))': ("Name", "largest", "sum(id)"),
    'df.groupBy("Name").count()': ("Name", "count"),
    'df.groupBy("Name").pivot("size").agg(F.max("id").alias("m"))': None,
    "df.union(other.toDF('a', 'b'))": ("id", "Name", "size"),
    'df.mapInPandas(f, "a int, b string")': ("a", "b"),
    'df.mapInPandas(f, StructType([StructField("a", StringType())]))': ("a",),
    "df.mapInPandas(f, schema)": None,
    'spark.read.schema("a int").parquet("x")': ("a",),
    'spark.read.parquet("x")': None,
    'spark.read.format("binaryFile").load("x")': ("path", "modificationTime", "length", "content"),
    'spark.read.text("x")': ("value",),
    'spark.sql("SELECT a, b AS c FROM t")': ("a", "c"),
    'spark.sql("SELECT * FROM t")': None,
    "spark.range(3)": ("id",),
}


@pytest.mark.parametrize("expression", ROWS)
def test_columns_after(expression: str, tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text(f"{HEAD}out = {expression}\nout.write.parquet('y')\n", encoding="utf-8")
    job, _ = read_job(tmp_path / "job.py")
    written = next(stage for stage in job.stages if stage.symbol == "DataFrameWriter.parquet")
    (source,) = written.inputs
    assert columns_of(job)[source] == ROWS[expression]


def test_a_frame_that_a_loop_changes_is_not_known(tmp_path: Path) -> None:
    text = f'{HEAD}for name in names:\n    df = df.withColumn("a", F.lit(1))\ndf.write.parquet("y")\n'
    (tmp_path / "job.py").write_text(text, encoding="utf-8")
    job, _ = read_job(tmp_path / "job.py")
    changed = next(stage for stage in job.stages if stage.symbol == "DataFrame.withColumn")
    assert columns_of(job)[changed.id] is None


def test_branches_that_disagree_are_not_known(tmp_path: Path) -> None:
    text = (
        f'{HEAD}if wide:\n    out = df\nelse:\n    out = other\nlast = out.filter("id > 1")\nlast.write.parquet("y")\n'
    )
    (tmp_path / "job.py").write_text(text, encoding="utf-8")
    job, _ = read_job(tmp_path / "job.py")
    last = next(stage for stage in job.stages if stage.symbol == "DataFrame.filter")
    assert columns_of(job)[last.id] is None
