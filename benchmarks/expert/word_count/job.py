"""Counts pairs of neighbouring words in lines of text."""

import re
import sys

from pyspark.sql import SparkSession

WORD = re.compile(r"\w+")


def pairs(line):
    words = [word.lower() for word in WORD.findall(line)]
    return zip(words, words[1:])


spark = SparkSession.builder.getOrCreate()
lines = spark.sparkContext.textFile(sys.argv[1], 8)
counts = lines.flatMap(pairs).map(lambda pair: (pair, 1)).reduceByKey(lambda one, other: one + other)
with open(sys.argv[2], "w") as out:
    for (one, other), count in sorted(counts.collect()):
        print(one, other, count, sep=",", file=out)
spark.stop()
