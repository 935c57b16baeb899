"""Both sides of a key as one group that the function takes apart, by hand."""

import sys

import numpy as np
import pandas as pd
import ray


def distance(group):
    points = group[["x", "y", "z"]].to_numpy(dtype=float)
    one, other = points[points[:, 0] < 0], points[points[:, 0] >= 0]
    if not len(one) or not len(other):
        return pd.DataFrame({"key": pd.Series([], dtype=str), "distance": pd.Series([], dtype=float)})
    total = sum(float(np.sqrt(((other - point) ** 2).sum(axis=1)).sum()) for point in one)
    return pd.DataFrame({"key": [group["key"].iloc[0]], "distance": [total / len(one) / len(other)]})


ray.init()
ds = ray.data.read_parquet(sys.argv[1], columns=["key", "x", "y", "z"])
ds.groupby("key").map_groups(distance, batch_format="pandas").write_parquet(sys.argv[2])
