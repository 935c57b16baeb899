"""Scores each text by a Python function of one row."""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType


@F.udf(DoubleType())
def roughness(text):
    """How much neighbouring characters differ, by the share of the place that they stand at."""
    if not text:
        return None
    total = 0.0
    for place, (one, other) in enumerate(zip(text, text[1:]), 1):
        total += abs(ord(one) - ord(other)) / place
    return total


spark = SparkSession.builder.getOrCreate()
texts = spark.read.parquet(sys.argv[1])
texts.withColumn("roughness", roughness("text")).select("id", "roughness").write.parquet(sys.argv[2])
spark.stop()
