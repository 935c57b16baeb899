"""MLlib's features of a table and a Python model on top of them."""

import sys

import numpy as np
import pandas as pd
from pyspark.ml import Pipeline
from pyspark.ml.feature import StandardScaler, StringIndexer, VectorAssembler
from pyspark.ml.functions import vector_to_array
from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def score(batches):
    generator = np.random.default_rng(11)
    weights = generator.normal(size=(4, 256))
    for batch in batches:
        features = np.stack(batch["features"].to_numpy())
        for _ in range(4):
            features = np.tanh(features @ weights) @ weights.T / 16
        yield pd.DataFrame({"id": batch["id"], "score": features.sum(axis=1)})


spark = SparkSession.builder.getOrCreate()
table = spark.read.parquet(sys.argv[1])
pipeline = Pipeline(
    stages=[
        StringIndexer(inputCol="key", outputCol="index"),
        VectorAssembler(inputCols=["index", "x", "y", "z"], outputCol="raw"),
        StandardScaler(inputCol="raw", outputCol="scaled", withMean=True),
    ]
)
ready = pipeline.fit(table).transform(table).select("id", vector_to_array(F.col("scaled")).alias("features"))
ready.mapInPandas(score, "id bigint, score double").write.parquet(sys.argv[2])
spark.stop()
