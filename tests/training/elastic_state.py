"""A Spark job that trains with elastic Horovod and commits as it goes; told so, one of its workers dies on the way."""

import os
import signal
import sys
import time
from pathlib import Path

import horovod.spark
import horovod.torch as hvd
import torch
from pyspark.sql import SparkSession

EPOCHS, STEPS = 3, 6


def die_once(order):
    if order.exists():
        time.sleep(5)  # a checkpoint counts once the controller has heard of it
        order.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


def train(rate, folder):
    hvd.init()
    torch.set_num_threads(1)
    torch.manual_seed(hvd.rank())
    model = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=rate * hvd.size(), weight_decay=0.01)
    optimizer = hvd.DistributedOptimizer(optimizer, named_parameters=model.named_parameters())
    features = torch.randn(24, 3, generator=torch.Generator().manual_seed(hvd.rank()))
    state = hvd.elastic.TorchState(model=model, optimizer=optimizer, epoch=0, step=0, seen=[])

    def on_reset():
        for group in optimizer.param_groups:
            group["lr"] = rate * hvd.size()

    @hvd.elastic.run
    def fit(state):
        for state.epoch in range(state.epoch, EPOCHS):  # noqa: B020 - as Horovod's guide writes it
            for state.step in range(state.step, STEPS):  # noqa: B020
                if (hvd.rank(), state.epoch, state.step) == (1, 1, 4):
                    die_once(folder / "training")
                batch = features[4 * state.step : 4 * state.step + 4]
                state.optimizer.zero_grad()
                torch.nn.functional.mse_loss(state.model(batch), batch.sum(dim=1, keepdim=True)).backward()
                state.optimizer.step()
                with (folder / f"steps-{hvd.rank()}").open("a") as done:
                    done.write(f"{state.epoch * STEPS + state.step}\n")
                if state.step % 2 == 1:
                    state.seen.append(state.epoch)
                    state.step += 1
                    state.commit()
            state.step = 0
        return list(state.seen)

    state.register_reset_callbacks([on_reset])
    seen = fit(state)
    return {**model.state_dict(), "seen": torch.tensor(seen)}


def main():
    folder = Path(sys.argv[2])
    spark = SparkSession.builder.appName("elastic").getOrCreate()
    results = horovod.spark.run_elastic(train, args=(0.01, folder), num_proc=2, reset_limit=2, verbose=0)
    torch.save(results[0], sys.argv[1])
    spark.stop()


if __name__ == "__main__":
    main()
