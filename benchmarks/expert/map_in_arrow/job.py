"""Counts letters of texts, batch by batch of Arrow."""

import sys
from collections import Counter

import pyarrow as pa
from pyspark.sql import SparkSession


def entropy(batches):
    """The entropy of the letters of each text, in nats."""
    import math

    for batch in batches:
        values = []
        for text in batch.column("text").to_pylist():
            counts = Counter(text or "")
            total = counts.total()
            values.append(-sum(n / total * math.log(n / total) for n in counts.values()) if total else None)
        yield pa.RecordBatch.from_arrays([batch.column("id"), pa.array(values, pa.float64())], names=["id", "entropy"])


spark = SparkSession.builder.getOrCreate()
texts = spark.read.parquet(sys.argv[1]).select("id", "text")
texts.mapInArrow(entropy, "id bigint, entropy double").write.parquet(sys.argv[2])
spark.stop()
