"""Adds a column by a function of two pandas Series."""

import sys

import numpy as np
import pandas as pd
from pyspark.sql import SparkSession
from pyspark.sql.functions import pandas_udf


@pandas_udf("double")
def settled(x: pd.Series, y: pd.Series) -> pd.Series:
    """Where a damped swing that starts at x with speed y stands after 200 steps."""
    place, speed = x.to_numpy(), y.to_numpy()
    for _ in range(200):
        speed = 0.99 * speed - 0.1 * np.sin(place)
        place = place + 0.1 * speed
    return pd.Series(place)


spark = SparkSession.builder.getOrCreate()
swings = spark.read.parquet(sys.argv[1])
swings.withColumn("settled", settled("x", "y")).select("id", "settled").write.parquet(sys.argv[2])
spark.stop()
