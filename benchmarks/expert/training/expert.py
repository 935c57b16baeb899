"""The same training, written by hand for Ray Train: a streaming split, columns as tensors, DDP by prepare_model."""

import json
import sys
import tempfile
import time

import numpy as np
import ray
import ray.train
import torch
import torch.distributed as dist
from ray.train import RunConfig, ScalingConfig
from ray.train.torch import TorchTrainer, prepare_model

WORKERS, EPOCHS, BATCH = 2, 10, 256


def network():
    torch.manual_seed(5)
    layers = [torch.nn.Linear(2, 256), torch.nn.ReLU(), torch.nn.Linear(256, 256), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers, torch.nn.Linear(256, 1))


def train():
    torch.set_num_threads(1)
    parts = ray.train.get_dataset_shard("train").iter_batches(batch_size=None, batch_format="numpy")
    columns = [np.stack([part["x"], part["y"], part["z"]], axis=1) for part in parts]
    table = torch.from_numpy(np.concatenate(columns)).float()
    steps = torch.tensor(len(table) // BATCH)
    dist.all_reduce(steps, dist.ReduceOp.MIN)
    model = prepare_model(network())
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    first = time.time()
    for epoch in range(EPOCHS):
        order = torch.randperm(len(table), generator=torch.Generator().manual_seed(epoch))
        for step in range(int(steps)):
            batch = table[order[step * BATCH : (step + 1) * BATCH]]
            optimizer.zero_grad()
            loss = torch.nn.functional.mse_loss(model(batch[:, :2]), batch[:, 2:])
            loss.backward()
            optimizer.step()
    samples = EPOCHS * int(steps) * BATCH * WORKERS
    return {"first": first, "end": time.time(), "samples": samples, "loss": loss.item()}


ray.init()
table = ray.data.read_parquet(sys.argv[1], columns=["x", "y", "z"])
asked = time.time()
cpus = 1 if ray.cluster_resources()["CPU"] > WORKERS else 0.5
result = TorchTrainer(
    train,
    scaling_config=ScalingConfig(num_workers=WORKERS, resources_per_worker={"CPU": cpus}),
    run_config=RunConfig(storage_path=tempfile.mkdtemp()),
    datasets={"train": table},
).fit()
with open(sys.argv[2], "w") as file:
    json.dump({"asked": asked, **result.return_value}, file)
