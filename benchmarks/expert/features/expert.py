"""Three passes over the data by hand: the order of the keys, the statistics, then features and model together."""

import sys
from collections import Counter

import numpy as np
import ray

NUMBERS = ["x", "y", "z"]


def keys(batch):
    names, counts = np.unique(batch["key"].astype(str), return_counts=True)
    return {"key": names, "count": counts}


def matrix_of(batch, index):
    return np.column_stack([[index[key] for key in batch["key"]], *(batch[name] for name in NUMBERS)])


def sums(batch, index):
    matrix = matrix_of(batch, index)
    return {"count": [len(matrix)], "sum": [matrix.sum(axis=0)], "squares": [(matrix**2).sum(axis=0)]}


class Score:
    def __init__(self, index, mean, deviation):
        self.index, self.mean, self.deviation = index, mean, deviation
        self.weights = np.random.default_rng(11).normal(size=(4, 256))

    def __call__(self, batch):
        features = (matrix_of(batch, self.index) - self.mean) / self.deviation
        for _ in range(4):
            features = np.tanh(features @ self.weights) @ self.weights.T / 16
        return {"id": batch["id"], "score": features.sum(axis=1)}


ray.init()
ds = ray.data.read_parquet(sys.argv[1], columns=["id", "key", *NUMBERS])
counts = Counter()
for row in ds.select_columns(["key"]).map_batches(keys, batch_format="numpy", batch_size=None).iter_rows():
    counts[row["key"]] += row["count"]
index = {key: float(n) for n, key in enumerate(sorted(counts, key=lambda key: (-counts[key], key)))}
rows = ds.map_batches(sums, batch_format="numpy", batch_size=None, fn_kwargs={"index": index}).take_all()
count = sum(row["count"] for row in rows)
mean = sum(row["sum"] for row in rows) / count
deviation = np.sqrt((sum(row["squares"] for row in rows) - count * mean**2) / (count - 1))
workers = int(ray.cluster_resources()["CPU"])
ds.map_batches(
    Score,
    batch_format="numpy",
    batch_size=10_000,
    concurrency=(1, workers),
    fn_constructor_args=(index, mean, deviation),
).write_parquet(sys.argv[2])
