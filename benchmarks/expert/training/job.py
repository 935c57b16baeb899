"""Trains a network on a table in a barrier stage; notes when it was asked to, when it began and when it ended."""

import json
import os
import socket
import sys
import time

import torch
import torch.distributed as dist
from pyspark import BarrierTaskContext
from pyspark.sql import SparkSession

WORKERS, EPOCHS, BATCH = 2, 10, 256


def network():
    torch.manual_seed(5)
    layers = [torch.nn.Linear(2, 256), torch.nn.ReLU(), torch.nn.Linear(256, 256), torch.nn.ReLU()]
    return torch.nn.Sequential(*layers, torch.nn.Linear(256, 1))


def train(rows):
    context = BarrierTaskContext.get()
    rank = context.partitionId()
    os.environ["MASTER_ADDR"] = context.getTaskInfos()[0].address.split(":")[0]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    os.environ["MASTER_PORT"] = context.allGather(str(port))[0]
    dist.init_process_group("gloo", rank=rank, world_size=len(context.getTaskInfos()))
    torch.set_num_threads(1)
    table = torch.tensor([[row["x"], row["y"], row["z"]] for row in rows], dtype=torch.float32)
    steps = torch.tensor(len(table) // BATCH)
    dist.all_reduce(steps, dist.ReduceOp.MIN)
    model = torch.nn.parallel.DistributedDataParallel(network())
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
    noted = {"first": first, "end": time.time(), "samples": EPOCHS * int(steps) * BATCH * WORKERS, "loss": loss.item()}
    # Behind the process group it would be freed as its last owner, which can wait for ever.
    del model, optimizer, loss
    dist.destroy_process_group()
    return [noted] if rank == 0 else []


def main():
    spark = SparkSession.builder.appName("training").getOrCreate()
    table = spark.read.parquet(sys.argv[1]).select("id", "x", "y", "z")
    asked = time.time()
    noted = table.repartition(WORKERS, "id").rdd.barrier().mapPartitions(train).collect()
    with open(sys.argv[2], "w") as file:
        json.dump({"asked": asked, **noted[0]}, file)
    spark.stop()


if __name__ == "__main__":
    main()
