"""Pairs of words counted in Ray tasks and added up as they come, by hand."""

import os
import re
import sys
from collections import Counter

import ray

WORD = re.compile(r"\w+")


@ray.remote
def count(path, start, end):
    """The pairs of the lines that begin in these bytes of the file."""
    counts = Counter()
    with open(path, "rb") as file:
        file.seek(start)
        if start:
            file.seek(start - 1)
            file.readline()
        while file.tell() < end:
            words = [word.lower() for word in WORD.findall(file.readline().decode())]
            counts.update(zip(words, words[1:]))
    return counts


ray.init()
size = os.path.getsize(sys.argv[1])
parts = [count.remote(sys.argv[1], size * n // 8, size * (n + 1) // 8) for n in range(8)]
total = Counter()
while parts:
    done, parts = ray.wait(parts)
    total.update(ray.get(done[0]))
with open(sys.argv[2], "w") as out:
    for (one, other), number in sorted(total.items()):
        print(one, other, number, sep=",", file=out)
