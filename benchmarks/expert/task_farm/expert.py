"""Simulations as Ray tasks, some seeds to each, by hand."""

import random
import sys

import ray


def simulate(seed):
    generator = random.Random(seed)
    right = 0
    for _ in range(60):
        place = sum(1 if generator.random() < 0.5 else -1 for _ in range(1000))
        right += place > 0
    return seed, right / 60


@ray.remote
def simulate_all(seeds):
    return [simulate(seed) for seed in seeds]


ray.init()
count = int(sys.argv[3])
bounds = [count * n // 64 for n in range(65)]
parts = [simulate_all.remote(range(low, high)) for low, high in zip(bounds, bounds[1:])]
with open(sys.argv[2], "w") as out:
    for part in ray.get(parts):
        for seed, share in part:
            print(seed, share, sep=",", file=out)
