"""Spreads a list of simulations over the cluster and keeps the results."""

import random
import sys

from pyspark.sql import SparkSession


def simulate(seed):
    """The share of random walks of 1,000 steps that end right of where they began."""
    generator = random.Random(seed)
    right = 0
    for _ in range(60):
        place = sum(1 if generator.random() < 0.5 else -1 for _ in range(1000))
        right += place > 0
    return seed, right / 60


spark = SparkSession.builder.getOrCreate()
seeds = spark.sparkContext.parallelize(range(int(sys.argv[3])), 64)
with open(sys.argv[2], "w") as out:
    for seed, share in seeds.map(simulate).collect():
        print(seed, share, sep=",", file=out)
spark.stop()
