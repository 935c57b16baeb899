"""Brings two tables together by key and compares them in pandas."""

import sys

import numpy as np
import pandas as pd
from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def distance(left, right):
    """The mean distance between the points of both sides, of the key that they share."""
    if left.empty or right.empty:
        return pd.DataFrame({"key": pd.Series([], dtype=str), "distance": pd.Series([], dtype=float)})
    one, other = left[["x", "y", "z"]].to_numpy(), right[["x", "y", "z"]].to_numpy()
    total = sum(float(np.sqrt(((other - point) ** 2).sum(axis=1)).sum()) for point in one)
    return pd.DataFrame({"key": [left["key"].iloc[0]], "distance": [total / len(one) / len(other)]})


spark = SparkSession.builder.getOrCreate()
table = spark.read.parquet(sys.argv[1])
low, high = table.filter(F.col("x") < 0), table.filter(F.col("x") >= 0)
distances = low.groupBy("key").cogroup(high.groupBy("key")).applyInPandas(distance, "key string, distance double")
distances.write.parquet(sys.argv[2])
spark.stop()
