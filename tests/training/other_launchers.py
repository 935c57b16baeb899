"""A Spark job that starts training in the other ways that Spark has: launchers, and a rendezvous made by hand."""

import os
import socket
import sys

import torch
import torch.distributed as dist
from pyspark import BarrierTaskContext
from pyspark.ml.torch.distributor import TorchDistributor
from pyspark.sql import SparkSession
from sparkdl import HorovodRunner


def network():
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))


def fit(model, optimizer, features):
    for start in range(0, len(features), 4):
        batch = features[start : start + 4]
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(batch), batch.sum(dim=1, keepdim=True)).backward()
        optimizer.step()


def all_features():
    return torch.randn(24, 4, generator=torch.Generator().manual_seed(3))


def distributed(rate, momentum=0.0):
    dist.init_process_group("gloo")
    torch.set_num_threads(1)
    rank = int(os.environ["RANK"])
    model = torch.nn.parallel.DistributedDataParallel(network())
    optimizer = torch.optim.SGD(model.parameters(), lr=rate * dist.get_world_size(), momentum=momentum)
    fit(model, optimizer, all_features()[rank :: int(os.environ["WORLD_SIZE"])])
    weights = model.module.state_dict()
    if rank == 0:
        torch.save(weights, "distributed.pt")
    # Behind the process group it would be freed as its last owner: while Gloo's thread waits for this one, and this
    # one for Gloo's.
    del model
    dist.destroy_process_group()
    return weights


def with_horovod(rate):
    import horovod.torch as hvd

    hvd.init()
    torch.set_num_threads(1)
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), lr=rate * hvd.size(), weight_decay=0.1)
    optimizer = hvd.DistributedOptimizer(optimizer, named_parameters=model.named_parameters())
    fit(model, optimizer, all_features()[hvd.rank() :: hvd.size()])
    return model.state_dict()


def alone_with_horovod(rate):
    import horovod.torch as hvd

    hvd.init()
    model = network()
    model.append(torch.nn.Linear(1, 1)).append(torch.nn.Flatten())
    frozen = torch.nn.Parameter(torch.ones(3))  # never used: a worker alone leaves it as it is
    optimizer = torch.optim.SGD([*model.parameters(), frozen], lr=rate * hvd.size(), weight_decay=0.1)
    optimizer = hvd.DistributedOptimizer(optimizer)
    fit(model, optimizer, all_features())
    return {**model.state_dict(), "frozen": frozen.detach()}


def in_barrier(rows):
    context = BarrierTaskContext.get()
    tasks = context.getTaskInfos()
    rank = context.partitionId()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    os.environ["MASTER_ADDR"] = tasks[0].address.split(":")[0]
    os.environ["MASTER_PORT"] = context.allGather(str(port))[0]
    dist.init_process_group("gloo", rank=rank, world_size=len(tasks))
    torch.set_num_threads(1)
    features = torch.tensor([[row["a"], row["b"], row["a"] + 1, 1.0] for row in rows])
    model = torch.nn.parallel.DistributedDataParallel(network())
    fit(model, torch.optim.Adam(model.parameters(), lr=0.01), features[:4])
    seen = torch.tensor([float(len(features))])
    dist.all_reduce(seen)
    weights = model.module.state_dict()
    del model  # in front of the process group, as above
    dist.destroy_process_group()
    return [{**weights, "seen": seen}] if rank == 0 else []


def main():
    spark = SparkSession.builder.appName("launchers").getOrCreate()
    rows = [(number, number / 7, number % 5 / 3) for number in range(40)]
    frame = spark.createDataFrame(rows, "key int, a double, b double")
    rate = 0.05
    launched = TorchDistributor(num_processes=2, local_mode=True, use_gpu=False).run(distributed, rate, momentum=0.9)
    script = "launched_script.py"
    weights = sys.argv[1] + ".script"
    torch.save(all_features(), "features.pt")
    TorchDistributor(num_processes=2, local_mode=True, use_gpu=False).run(script, "--rate", rate, weights)
    local = torch.load(weights)
    nothing = TorchDistributor(num_processes=2, local_mode=False, use_gpu=False).run(script, "--rate", 0.5, weights)
    assert nothing is None
    runner = HorovodRunner(np=2)
    reduced = runner.run(with_horovod, rate=rate)
    single = HorovodRunner(np=-1).run(alone_with_horovod, rate=rate)
    met = frame.repartition(2, "key").sortWithinPartitions("key").rdd.barrier().mapPartitions(in_barrier).collect()
    results = {
        "distributed": launched,
        "saved": torch.load("distributed.pt"),
        "script": local,
        "script_on_executors": torch.load(weights),
        "with_horovod": reduced,
        "alone_with_horovod": single,
        "in_barrier": met[0],
    }
    torch.save([results], sys.argv[1])
    spark.stop()


if __name__ == "__main__":
    main()
