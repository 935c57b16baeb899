"""A Spark job whose training saves each epoch and goes on from there; told so, a worker dies, its disk with it."""

import os
import signal
import socket
import sys
import time
from pathlib import Path

import torch
import torch.distributed as dist
from pyspark import BarrierTaskContext
from pyspark.sql import SparkSession

EPOCHS = 5


def die_once(folder):
    """End this process, and what its disk holds, as a machine that goes away does; not a second time."""
    order = folder / "training"
    if order.exists():
        time.sleep(5)  # a checkpoint counts once the controller has heard of it
        order.unlink()
        (folder / "last.pt").unlink(missing_ok=True)
        os.kill(os.getpid(), signal.SIGKILL)


def wait_while_told(folder):
    while (folder / "wait").exists():
        time.sleep(0.1)


def train(rows, folder):
    context = BarrierTaskContext.get()
    rank = context.partitionId()
    os.environ["MASTER_ADDR"] = context.getTaskInfos()[0].address.split(":")[0]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    os.environ["MASTER_PORT"] = context.allGather(str(port))[0]
    dist.init_process_group("gloo", rank=rank, world_size=len(context.getTaskInfos()))
    torch.set_num_threads(1)
    torch.manual_seed(0)
    features = torch.tensor([[row["a"], row["b"]] for row in rows])
    model = torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(2, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    path, first = folder / "last.pt", 0
    if path.exists():
        saved = torch.load(path)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        first = saved["epoch"] + 1
    for epoch in range(first, EPOCHS):
        for step, batch in enumerate(features[:24].split(8)):
            if (rank, epoch, step) == (1, 3, 1):
                wait_while_told(folder)
                die_once(folder)
            optimizer.zero_grad()
            torch.nn.functional.mse_loss(model(batch), batch.sum(dim=1, keepdim=True)).backward()
            optimizer.step()
        with (folder / f"epochs-{rank}").open("a") as done:
            done.write(f"{epoch}\n")
        if rank == 0:
            state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}
            torch.save(state, path)
    weights = model.module.state_dict()
    # Behind the process group it would be freed as its last owner: while Gloo's thread waits for this one, and this
    # one for Gloo's.
    del model, optimizer
    dist.destroy_process_group()
    return [weights] if rank == 0 else []


def main():
    folder = Path(sys.argv[2])
    spark = SparkSession.builder.appName("resuming").getOrCreate()
    rows = [(number, number / 7, number % 5 / 3) for number in range(80)]
    frame = spark.createDataFrame(rows, "key int, a double, b double")
    frame = frame.mapInPandas(lambda frames: (part * 3 for part in frames), "key int, a double, b double")
    shards = frame.repartition(2, "key").sortWithinPartitions("key")
    weights = shards.rdd.barrier().mapPartitions(lambda part: train(part, folder)).collect()
    torch.save(weights[0], sys.argv[1])
    spark.stop()


if __name__ == "__main__":
    main()
