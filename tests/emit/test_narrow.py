"""Which columns a read asks for: those that the stages behind it take, and all where that cannot be told."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from job_of import on_ray

from migrate.mapping import Case

LONGER = 'F.udf(lambda text: text and text * 2, "string")'


@pytest.mark.parametrize(
    ("job", "columns"),
    [
        pytest.param('out = rows.withColumn("n", F.col("i")).select("n", "id")', ["i", "id"], id="made and selected"),
        pytest.param('out = rows.withColumn("i", F.col("i") + 1).select("i")', ["i"], id="replaced by itself"),
        pytest.param('out = rows.filter(F.col("x") > 1).select(F.col("id").alias("n"))', ["x", "id"], id="a filter"),
        pytest.param(f'out = rows.select({LONGER}("s").alias("t"))', ["s"], id="a table made anew"),
        pytest.param(
            f'out = rows.select({LONGER}("s").alias("s")).filter(F.col("s") > "b")', ["s"], id="behind it all"
        ),
        pytest.param(
            'one = rows.withColumn("n", F.col("i")).select("n")\n'
            'other = rows.withColumn("m", F.col("x")).select("m", "id")\n'
            "one.show()\nother.show()",
            ["i", "x", "id"],
            id="for two",
        ),
        pytest.param('out = rows.withColumn("n", rows.i).select("n")', ["i"], id="by attribute"),
        pytest.param(
            'out = rows.limit(3).withColumn("n", F.col("i")).select("n")', ["i"], id="behind what keeps columns"
        ),
        pytest.param(
            "from pyspark.ml.functions import predict_batch_udf\n"
            'model = predict_batch_udf(lambda: lambda x: x * 2.0, return_type="double", batch_size=5)\n'
            'out = rows.withColumn("y", model("x")).select("y", "id")',
            ["x", "id"],
            id="a model's",
        ),
        pytest.param('out = rows.select("id", "i")', None, id="selected at once: Ray's own optimizer does it"),
        pytest.param(
            'one = rows.withColumn("n", F.col("i")).select("n")\nother = rows.limit(2).select("x", "id")\n'
            "one.show()\nother.show()",
            None,
            id="selected at once by one of two",
        ),
        pytest.param('out = rows.withColumn("n", F.col("i"))', None, id="all are kept"),
        pytest.param(
            'out = rows.withColumn("n", F.col("i")).drop("s").select("n")', None, id="behind what is not known"
        ),
        pytest.param('out = rows.withColumn("n", F.col("i")).select("n")\nrows.show()', None, id="all for another"),
        pytest.param(
            'out = rows.withColumn("n", F.col("i")).select("n")\nnames = rows.columns', None, id="looked at by the job"
        ),
        pytest.param(
            'if os.sep == "/":\n    rows = spark.read.parquet(path)\n'
            'out = rows.withColumn("n", F.col("i")).select("n")',
            None,
            id="another dataset under the same name",
        ),
        pytest.param('out = rows.dropDuplicates().withColumn("n", F.col("i")).select("n")', None, id="whole rows"),
        pytest.param('out = rows.withColumn("n", F.lit(1)).select("n")', None, id="none: the rows still count"),
    ],
)
def test_the_columns_of_a_read(tmp_path: Path, job: str, columns: list[str] | None) -> None:
    text = on_ray(Case("", f"rows = spark.read.parquet(table)\n{job}", ""), tmp_path)
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    reads = [node for node in calls if isinstance(node.func, ast.Name) and node.func.id == "read_parquet"]
    assert reads
    asked = [ast.literal_eval(keyword.value) for read in reads for keyword in read.keywords if keyword.arg == "columns"]
    assert asked == ([] if columns is None else [columns])
