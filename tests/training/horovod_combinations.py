"""A Spark job that trains with Horovod in many ways, each a function of its own, on two workers."""

import sys
import time

import horovod.spark
import horovod.torch as hvd
import torch
from pyspark.sql import SparkSession


def network(seed=None, **extra):
    torch.manual_seed(hvd.rank() if seed is None else seed)
    layers = [torch.nn.Linear(6, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1)]
    return torch.nn.Sequential(*layers)


def shard(rows=101):
    """The rows of this rank: 51 and 50 of 101, so that the last batches differ too."""
    random = torch.Generator().manual_seed(7)
    features = torch.randn(rows, 6, generator=random)
    targets = features.sin().sum(dim=1, keepdim=True)
    return features[hvd.rank() :: hvd.size()], targets[hvd.rank() :: hvd.size()]


def batches(size=8):
    features, targets = shard()
    for start in range(0, len(features) - len(features) % size + size, size):
        if start < 50:  # both ranks take as many steps, the last of them with 3 and 2 rows
            yield features[start : start + size], targets[start : start + size]


def error(model, features, targets):
    return torch.nn.functional.mse_loss(model(features), targets)


def epochs(model, optimizer, count=2):
    for _ in range(count):
        for features, targets in batches():
            optimizer.zero_grad()
            error(model, features, targets).backward()
            optimizer.step()


def sgd(model, lr=0.05):
    return torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9, weight_decay=0.01)


def plain():
    model = network()
    optimizer = hvd.DistributedOptimizer(sgd(model), named_parameters=model.named_parameters())
    hvd.broadcast_parameters(model.state_dict(), root_rank=0)
    epochs(model, optimizer)
    return model.state_dict()


def adam_with_broadcast_state():
    model = network()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01 * hvd.size(), weight_decay=0.01)
    optimizer = hvd.DistributedOptimizer(optimizer, named_parameters=model.named_parameters(), op=hvd.Average)
    hvd.broadcast_parameters(model.state_dict(), root_rank=0)
    hvd.broadcast_optimizer_state(optimizer, root_rank=0)
    epochs(model, optimizer)
    return model.state_dict()


def state_before_the_wrapping():
    model = network()
    optimizer = sgd(model, lr=0.01 * (hvd.rank() + 1))
    hvd.broadcast_optimizer_state(optimizer, root_rank=1)  # moves each rank's weights at that rank's own rate
    hvd.broadcast_parameters(model.state_dict(), root_rank=1)
    optimizer = hvd.DistributedOptimizer(optimizer, named_parameters=model.named_parameters())
    epochs(model, optimizer)
    return {**model.state_dict(), "lr": torch.tensor(optimizer.param_groups[0]["lr"])}


def summed():
    model = network(0)
    optimizer = hvd.DistributedOptimizer(sgd(model, 0.02), model.named_parameters(), op=hvd.Sum)
    epochs(model, optimizer)
    return model.state_dict()


def several_passes():
    model = network(0)
    optimizer = hvd.DistributedOptimizer(
        sgd(model), named_parameters=model.named_parameters(), backward_passes_per_step=2
    )
    optimizer.zero_grad()
    for number, (features, targets) in enumerate(batches(), 1):
        error(model, features, targets).backward()
        if number % 2 == 0 or number == 7:  # an odd pass is left at the end
            optimizer.step()
            optimizer.zero_grad()
    return model.state_dict()


def predivided():
    model = network(0)
    optimizer = hvd.DistributedOptimizer(
        sgd(model), named_parameters=model.named_parameters(), gradient_predivide_factor=3.0
    )
    epochs(model, optimizer)
    return model.state_dict()


def compressed(fp16=True):
    model = network(0)
    optimizer = hvd.DistributedOptimizer(
        sgd(model),
        named_parameters=model.named_parameters(),
        compression=hvd.Compression.fp16 if fp16 else hvd.Compression.none,
    )
    epochs(model, optimizer)
    return model.state_dict()


def clipped():
    model = network(0)
    optimizer = hvd.DistributedOptimizer(sgd(model), named_parameters=model.named_parameters())
    for features, targets in batches():
        optimizer.zero_grad()
        error(model, features, targets).backward()
        optimizer.synchronize()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        with optimizer.skip_synchronize():
            optimizer.step()
    return model.state_dict()


def batch_norm():
    model = network(0)
    model.insert(1, torch.nn.BatchNorm1d(16))
    optimizer = hvd.DistributedOptimizer(sgd(model), named_parameters=model.named_parameters())
    epochs(model, optimizer)
    return model.state_dict()


class Branches(torch.nn.Module):
    """A network of which a branch is never used and another is used by one rank alone."""

    def __init__(self):
        super().__init__()
        self.used, self.unused, self.sometimes = (torch.nn.Linear(6, 1) for _ in range(3))

    def forward(self, features):
        return self.used(features) + (self.sometimes(features) if hvd.rank() else 0)


def unused_parameters():
    torch.manual_seed(0)
    model = Branches()
    optimizer = hvd.DistributedOptimizer(sgd(model), named_parameters=model.named_parameters())
    epochs(model, optimizer)
    return model.state_dict()


def uneven_shards():
    model = network(0)
    optimizer = hvd.DistributedOptimizer(sgd(model), named_parameters=model.named_parameters())
    for features, targets in list(batches())[: 3 + 2 * hvd.rank()]:
        optimizer.zero_grad()
        error(model, features, targets).backward()
        optimizer.step()
    last = hvd.join()
    hvd.broadcast_parameters(model.state_dict(), root_rank=last)
    return model.state_dict()


def warmed_up():
    """The warm-up of Horovod's examples: from the rate of one worker to that of all."""
    model = network(0)
    optimizer = hvd.DistributedOptimizer(sgd(model), named_parameters=model.named_parameters())
    for epoch in range(3):
        loader = list(batches())
        for number, (features, targets) in enumerate(loader):
            progress = epoch + number / len(loader)
            for group in optimizer.param_groups:
                group["lr"] = 0.01 / hvd.size() * (progress * (hvd.size() - 1) / 2 + 1)
            optimizer.zero_grad()
            error(model, features, targets).backward()
            optimizer.step()
    return model.state_dict()


def scheduled():
    model = network(0)
    optimizer = sgd(model, 0.02 * hvd.size())
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.5)
    optimizer = hvd.DistributedOptimizer(optimizer, named_parameters=model.named_parameters())
    for _ in range(3):
        epochs(model, optimizer, count=1)
        scheduler.step()
    return model.state_dict()


def sampled():
    features, targets = shard()
    data = torch.utils.data.TensorDataset(features[:49], targets[:49])
    sampler = torch.utils.data.distributed.DistributedSampler(data, num_replicas=hvd.size(), rank=hvd.rank())
    loader = torch.utils.data.DataLoader(data, batch_size=8, sampler=sampler)
    model = network(0)
    optimizer = hvd.DistributedOptimizer(sgd(model), named_parameters=model.named_parameters())
    for epoch in range(2):
        sampler.set_epoch(epoch)
        for rows, wanted in loader:
            optimizer.zero_grad()
            error(model, rows, wanted).backward()
            optimizer.step()
    return model.state_dict()


def clipped_over_passes():
    model = network(0)
    optimizer = hvd.DistributedOptimizer(
        sgd(model, 0.02), model.named_parameters(), hvd.Compression.none, backward_passes_per_step=2, op=hvd.Sum
    )
    rows = list(batches())
    for first, second in zip(rows[:6:2], rows[1:6:2], strict=True):
        optimizer.zero_grad()
        for features, targets in (first, second):
            error(model, features, targets).backward()
        optimizer.synchronize()
        torch.nn.utils.clip_grad_value_(model.parameters(), 0.2)
        with optimizer.skip_synchronize():
            optimizer.step()
    return model.state_dict()


def several_rates():
    """One rate for each of two layers, and a layer that is frozen."""
    model = network(0)
    model.insert(1, torch.nn.Linear(16, 16).requires_grad_(False))
    groups = [{"params": model[0].parameters(), "lr": 0.01}, {"params": model[3].parameters(), "weight_decay": 0.1}]
    optimizer = torch.optim.AdamW(groups, lr=0.02)
    optimizer = hvd.DistributedOptimizer(optimizer, named_parameters=model.named_parameters())
    epochs(model, optimizer)
    return model.state_dict()


def two_networks():
    """Two optimizers whose steps take turns, as those of adversarial networks do."""
    models = {"first": network(0), "second": network(1)}
    optimizers = {
        name: hvd.DistributedOptimizer(
            sgd(model), named_parameters=[(f"{name}.{one}", each) for one, each in model.named_parameters()]
        )
        for name, model in models.items()
    }
    for features, targets in batches():
        for name, other in (("first", "second"), ("second", "first")):
            optimizers[name].zero_grad()
            (error(models[name], features, targets) + models[other](features).detach().mean()).backward()
            optimizers[name].step()
    return {f"{name}.{one}": each for name in models for one, each in models[name].state_dict().items()}


def stopped_early():
    """The loop ends by a number that all ranks agree on, while that of a rank alone would end it elsewhere."""
    model = network(0)
    optimizer = hvd.DistributedOptimizer(sgd(model), named_parameters=model.named_parameters())
    hvd.broadcast_parameters(list(model.named_parameters()), root_rank=0)
    steps = 0
    for features, targets in batches():
        optimizer.zero_grad()
        loss = error(model, features, targets)
        loss.backward()
        optimizer.step()
        steps += 1
        if hvd.allreduce(loss.detach(), name="loss").item() < 1.52:
            break
    return {**model.state_dict(), "steps": torch.tensor(steps)}


def operations():
    rank, size = hvd.rank(), hvd.size()
    row = torch.arange(4.0) + rank / 3
    found = {
        "average": hvd.allreduce(row, name="average"),
        "sum": hvd.allreduce(row, average=False),
        "whole numbers": hvd.allreduce(torch.tensor([5 + rank, -7, -2 * rank])),
        "scaled": hvd.allreduce(torch.tensor([5 + rank, 7]), op=hvd.Sum, prescale_factor=0.5),
        "largest": hvd.allreduce(row, op=hvd.Max),
        "product": hvd.allreduce(row, op=hvd.Product, postscale_factor=2.0),
        "compressed": hvd.allreduce(row, compression=hvd.Compression.fp16),
        "grouped": torch.stack(hvd.grouped_allreduce([row, 2 * row], op=hvd.Sum)),
        "gathered": hvd.allgather(torch.full((rank + 1, 2), float(rank)), name="gathered"),
        "gathered several": torch.cat(hvd.grouped_allgather([row[: rank + 1], row])),
        "gathered objects": torch.tensor(hvd.allgather_object({"rank": rank})[-1]["rank"]),
        "exchanged": hvd.alltoall(torch.arange(2 * size) + 10 * rank),
        "scattered": hvd.reducescatter(torch.arange(5.0) + rank, op=hvd.Sum),
        "scattered average": hvd.reducescatter(torch.arange(4.0) + rank),
        "sent": hvd.broadcast(row, 1, name="sent"),
        "sent object": torch.tensor(hvd.broadcast_object({"rank": rank}, root_rank=1)["rank"]),
        "places": torch.tensor([hvd.local_rank(), hvd.local_size(), hvd.cross_rank(), hvd.cross_size()]),
        "running": torch.tensor(hvd.is_initialized()),
    }
    found["exchanged unevenly"], found["received"] = hvd.alltoall(torch.arange(size + rank), splits=[rank + 1, 1])
    handles = [hvd.allreduce_async(row, name=f"first {rank - rank}"), hvd.allgather_async(row, name="second")]
    found["asynchronous"], found["asynchronous gather"] = (hvd.synchronize(handle) for handle in handles)
    place = row.clone()
    handle = hvd.allreduce_async_(place, op=hvd.Sum)
    while not hvd.poll(handle):
        time.sleep(0.01)
    assert hvd.synchronize(handle) is place
    found["in place"] = place
    found["in place at once"] = hvd.allreduce_(row.clone(), op=hvd.Min)
    several = [row.clone(), 2 * row]
    found["grouped in place"] = torch.stack(hvd.grouped_allreduce_(several))
    found["grouped later"] = torch.stack(hvd.synchronize(hvd.grouped_allreduce_async([row, -row], op=hvd.Sum)))
    found["grouped in place later"] = torch.stack(hvd.synchronize(hvd.grouped_allreduce_async_(several)))
    found["gathered several later"] = torch.cat(hvd.synchronize(hvd.grouped_allgather_async([row[:1], row])))
    found["scattered several"] = torch.cat(hvd.grouped_reducescatter([row, -row], op=hvd.Sum))
    found["scattered later"] = hvd.synchronize(hvd.reducescatter_async(row))
    found["scattered several later"] = torch.cat(hvd.synchronize(hvd.grouped_reducescatter_async([row, 3 * row])))
    found["exchanged later"], found["received later"] = hvd.synchronize(hvd.alltoall_async(row))
    found["sent in place"] = hvd.broadcast_(row.clone(), 0)
    found["sent later"] = hvd.synchronize(hvd.broadcast_async(row, 0))
    found["sent in place later"] = hvd.synchronize(hvd.broadcast_async_(row.clone(), 1))
    leaf = torch.tensor([1.0 + rank], requires_grad=True)
    (hvd.allreduce(leaf * 2, op=hvd.Sum) * (rank + 1)).sum().backward()
    found["gradient"] = leaf.grad
    hvd.barrier()
    return found


def train(threads):
    hvd.init()
    torch.set_num_threads(threads)
    cases = [
        plain,
        adam_with_broadcast_state,
        state_before_the_wrapping,
        summed,
        several_passes,
        predivided,
        compressed,
        clipped,
        batch_norm,
        unused_parameters,
        warmed_up,
        scheduled,
        sampled,
        clipped_over_passes,
        several_rates,
        two_networks,
        stopped_early,
        operations,
        uneven_shards,  # last: Horovod numbers operations without a name, and ranks now count differently
    ]
    results = {case.__name__: case() for case in cases}
    hvd.shutdown()
    return results


def main():
    spark = SparkSession.builder.appName("combinations").getOrCreate()
    results = horovod.spark.run(train, args=(1,), num_proc=2, verbose=0)
    torch.save(results, sys.argv[1])
    spark.stop()


if __name__ == "__main__":
    main()
