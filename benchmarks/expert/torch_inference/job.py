"""Applies a PyTorch network to a table, partition by partition."""

import sys

import pandas as pd
import torch
from pyspark.sql import SparkSession

FEATURES = ["x", "y", "z"]


def network():
    torch.manual_seed(5)
    layers = [torch.nn.Linear(3, 512), torch.nn.ReLU()]
    for _ in range(3):
        layers += [torch.nn.Linear(512, 512), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers, torch.nn.Linear(512, 1)).double().eval()


def predict(batches):
    torch.set_num_threads(1)
    model = network()
    for batch in batches:
        with torch.inference_mode():
            scores = model(torch.from_numpy(batch[FEATURES].to_numpy()))
        yield pd.DataFrame({"id": batch["id"], "score": scores[:, 0].numpy()})


spark = SparkSession.builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", "1000").getOrCreate()
table = spark.read.parquet(sys.argv[1])
table.mapInPandas(predict, "id bigint, score double").write.parquet(sys.argv[2])
spark.stop()
