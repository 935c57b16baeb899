"""What stays on Spark for good, by what is called."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile import job, rewritten

from migrate.catalogue import mappings
from migrate.translate.kept import format_kept_because, kept_because


@pytest.mark.parametrize(
    ("symbol", "word"),
    [
        ("ALS.fit", "factors"),
        ("ALSModel.recommendForAllUsers", "factors"),
        ("pyspark.mllib.recommendation.ALS.train", "factors"),
        ("LDA.fit", "topics"),
        ("FPGrowth.fit", "patterns"),
        ("Estimator.findFrequentSequentialPatterns", "patterns"),
        ("Estimator.assignClusters", "graph"),
        ("PowerIterationClustering.train", "graph"),
        ("RandomForestRegressor.fit", "trees"),
        ("GBTClassificationModel.evaluate", "trees"),
        ("KMeans.fit", "draws"),
        ("MultilayerPerceptronClassifier.fit", "draws"),
        ("FMRegressor.fit", "draws"),
        ("pyspark.mllib.linalg.distributed.RowMatrix", "linear algebra"),
        ("RowMatrix.computeSVD", "linear algebra"),
        ("pyspark.mllib.random.RandomRDDs.normalRDD", "numbers"),
        ("StreamingContext.socketTextStream", "streaming"),
        ("StreamGrouped.applyInPandasWithState", "streaming"),
        ("DataFrame.sampleBy", "partitions"),
        ("SparkContext.newAPIHadoopFile", "Hadoop"),
        ("RDD.saveAsHadoopFile", "Hadoop"),
        ("RDD.saveAsSequenceFile", "Hadoop"),
        ("DataFrameWriter.saveAsTable", "commit"),
        ("DataFrameWriter.jdbc", "JDBC"),
    ],
)
def test_the_reason_says_why(symbol: str, word: str) -> None:
    assert word in (kept_because(symbol) or "")


@pytest.mark.parametrize(
    "symbol", ["LogisticRegression.fit", "DataFrame.pivot", "OneVsRest.fit", "RDD.sample", "Pipeline.fit"]
)
def test_what_only_has_no_mapping_yet_has_none(symbol: str) -> None:
    assert kept_because(symbol) is None


def test_what_has_a_mapping_is_not_kept_for_good() -> None:
    assert [symbol for symbol in mappings() if kept_because(symbol)] == []


def test_the_report_says_it(tmp_path: Path) -> None:
    text = job("model = ALS(rank=2).fit(spark.read.parquet(args.input))\nmodel.recommendForAllUsers(3).show()\n")
    result = rewritten(
        text.replace("import sys\n", "import sys\n\nfrom pyspark.ml.recommendation import ALS\n"), tmp_path
    )
    assert any(f.message.startswith("ALS.fit stays on Spark: its factors start from draws") for f in result.findings)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        ('spark.read.format("iceberg").load(args.input)', "pyiceberg"),
        ('spark.read.format("avro").load(args.input)', "fastavro"),
        ('spark.read.load(args.input, format="iceberg")', "catalog"),
        ('spark.read.format("jdbc").option("url", "jdbc:x").load()', "PostgreSQL"),
    ],
)
def test_a_format_that_is_not_read_says_why(call: str, word: str, tmp_path: Path) -> None:
    result = rewritten(job(f'{call}.withColumn("b", loud("a")).show()\n'), tmp_path)
    kept = [finding.message for finding in result.findings if "DataFrameReader.load stays on Spark" in finding.message]
    assert kept and word in kept[0]


def test_a_format_that_nobody_knows() -> None:
    assert format_kept_because("odd") == "the format odd is not read or written here"
