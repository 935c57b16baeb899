"""``DataFrame.randomSplit``."""

from __future__ import annotations

import re
from dataclasses import replace

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried
from migrate.translate.frames import wrapped
from migrate.translate.settings import setting
from migrate.translate.sources import read_of

_POINTS = (
    'with open("points.txt", "w") as file:\n'
    "    for n in range(60):\n"
    '        file.write(f"{n % 3 - 1} {n % 5 + 1}:{n % 7 - 3} 9:{n * 0.5}\\n")\n'
)
_CUTS = tuple(f"spark.sql.files.{name}" for name in ("maxPartitionBytes", "minPartitionNum", "openCostInBytes"))
_NAMED = re.compile(r"[\w.]+|\"[^\"\\]*\"|'[^'\\]*'")
"""A path that is the same when it is asked for again: a plain text, a name or an attribute."""


class FrameRandomSplit(Mapping):
    """
    ## Matches
    ``spark.read.format("libsvm").load(path).randomSplit(weights, seed)`` with a seed, also through a variable.

    ## Semantics
    Spark puts each partition in the order of all columns and draws row by row with its XORShiftRandom, seeded with the
    seed and the partition's number. A file of up to 4 MiB is one partition whatever the cluster, so the same rows are
    drawn here, in the same order.

    ## Not covered
    Everything else that is split: what is drawn depends on Spark's partitions, and these on its cluster. The emitted
    code raises for several files or a larger one.
    """

    code = "SR319"
    symbols = ("DataFrame.randomSplit",)
    kind = Kind.FILTER
    cost = Cost.NATIVE
    cases = (
        Case(
            "points of a file",
            _POINTS + 'points = spark.read.format("libsvm").load("points.txt")\n'
            "few, many = points.randomSplit([0.3, 0.7], 42)\n"
            "few.show(30, False)\n"
            "splits = points.randomSplit([1.0, 2.0, 0.5], seed=-7)\n"
            "last = splits[2]\n"
            "last.show(30, False)\n"
            "print(many.count())",
            "few, many = random_split(points, 'points.txt', [0.3, 0.7], 42)\n"
            "splits = random_split(points, 'points.txt', [1.0, 2.0, 0.5], seed=-7)\n"
            "last = splits[2]",
        ),
        Case("of a table", "few, many = df.randomSplit([0.3, 0.7], 42)\nout = few", None),
        Case(
            "without a seed",
            'few, many = spark.read.format("libsvm").load("points.txt").randomSplit([0.3, 0.7])\nout = few',
            None,
        ),
    )

    def emit(self, call: Call) -> Emission:
        paths = _paths(call)
        if paths is None or call.argument("seed", 1) is None or any(setting(call.module, key) for key in _CUTS):
            raise NotCarried("the rows that it draws depend on Spark's partitions and its generator")
        emission = wrapped(call, "random_split", ("weights", "seed"))
        return replace(emission, text=f", {paths}{emission.text}")


def _paths(call: Call) -> str | None:
    """The source of the path of what is split, None where that is no file of LIBSVM's format, or may be another one."""
    read = next((call.neighbour(stage) for stage in call.stage.inputs), None)
    if read is None or read.stage.symbol != "DataFrameReader.load":
        return None
    source = read_of(read, ("path", "format", "schema"))
    named = source.paths is not None and _NAMED.fullmatch(source.paths)
    return source.paths if named and source.format == "libsvm" and set(source.options) <= {"numfeatures"} else None
