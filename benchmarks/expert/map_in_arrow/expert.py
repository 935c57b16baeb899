"""The letters of texts over batches of Arrow, by hand."""

import math
import sys
from collections import Counter

import pyarrow as pa
import ray


def entropy(text):
    """The entropy of the letters of a text, in nats."""
    counts = Counter(text or "")
    total = counts.total()
    return -sum(n / total * math.log(n / total) for n in counts.values()) if total else None


def measured(batch):
    values = pa.array([entropy(text) for text in batch["text"].to_pylist()], pa.float64())
    return pa.table({"id": batch["id"], "entropy": values})


ray.init()
ds = ray.data.read_parquet(sys.argv[1], columns=["id", "text"])
ds.map_batches(measured, batch_format="pyarrow", batch_size=None).write_parquet(sys.argv[2])
