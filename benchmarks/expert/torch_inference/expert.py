"""The network in an actor for each core, by hand."""

import sys

import numpy as np
import ray
import torch

FEATURES = ["x", "y", "z"]


def network():
    torch.manual_seed(5)
    layers = [torch.nn.Linear(3, 512), torch.nn.ReLU()]
    for _ in range(3):
        layers += [torch.nn.Linear(512, 512), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers, torch.nn.Linear(512, 1)).double().eval()


class Predict:
    def __init__(self):
        torch.set_num_threads(1)
        self.model = network()

    def __call__(self, batch):
        features = torch.from_numpy(np.column_stack([batch[name] for name in FEATURES]))
        with torch.inference_mode():
            scores = self.model(features)
        return {"id": batch["id"], "score": scores[:, 0].numpy()}


ray.init()
ds = ray.data.read_parquet(sys.argv[1], columns=["id", *FEATURES])
workers = int(ray.cluster_resources()["CPU"])
ds.map_batches(Predict, batch_format="numpy", batch_size=1000, concurrency=(1, workers)).write_parquet(sys.argv[2])
