"""A Spark job whose two Horovod workers learn a noisy sine, each from one half of it, from several seeds in turn."""

import json
import sys
from pathlib import Path

import horovod.spark
import horovod.torch as hvd
import torch
from pyspark.sql import SparkSession

ROWS = 256
BATCH = 16
EPOCHS = 10
RATE = 0.005
SEEDS = 5


def curve(seed):
    random = torch.Generator().manual_seed(seed)
    x = (6 * torch.rand(ROWS, 1, generator=random) - 3).sort(dim=0).values
    return x, torch.sin(x) + 0.1 * torch.randn(ROWS, 1, generator=random)


def network(seed):
    torch.manual_seed(seed)
    return torch.nn.Sequential(torch.nn.Linear(1, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1))


def learn(seed):
    x, y = curve(seed)
    x, y = x.chunk(hvd.size())[hvd.rank()], y.chunk(hvd.size())[hvd.rank()]
    model = network(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE * hvd.size(), momentum=0.9)
    optimizer = hvd.DistributedOptimizer(optimizer, named_parameters=model.named_parameters())
    hvd.broadcast_parameters(model.state_dict(), root_rank=0)
    for epoch in range(EPOCHS):
        order = torch.randperm(len(x), generator=torch.Generator().manual_seed(100 * epoch + hvd.rank()))
        for rows in order.split(BATCH):
            optimizer.zero_grad()
            torch.nn.functional.mse_loss(model(x[rows]), y[rows]).backward()
            optimizer.step()
    grid = torch.linspace(-3, 3, 101).unsqueeze(1)
    with torch.no_grad():
        return (model(grid) - torch.sin(grid)).square().mean().sqrt().item()


def train(seeds):
    hvd.init()
    torch.set_num_threads(1)
    return [learn(seed) for seed in range(seeds)]


def main():
    spark = SparkSession.builder.appName("sine curves").getOrCreate()
    errors = horovod.spark.run(train, args=(SEEDS,), num_proc=2, verbose=0)
    with Path(sys.argv[1]).open("w") as file:
        json.dump(errors[0], file)
    spark.stop()


if __name__ == "__main__":
    main()
