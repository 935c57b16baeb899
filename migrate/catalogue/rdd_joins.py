"""What becomes of two RDDs."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Difference, Emission, Mapping
from migrate.translate.rdds import rdd_step

_STEPS = (
    *("cartesian", "cogroup", "fullOuterJoin", "groupWith", "intersection", "join", "leftOuterJoin", "rightOuterJoin"),
    *("subtract", "subtractByKey", "union", "zip"),
)


class RddJoins(Mapping):
    """
    ## Matches
    ``rdd.join(other)``, ``leftOuterJoin``, ``rightOuterJoin``, ``fullOuterJoin``, ``cogroup``, ``groupWith``,
    ``subtractByKey``, ``union``, ``subtract``, ``intersection``, ``zip`` and ``cartesian``.

    ## Semantics
    Joins are groups over both sides put behind each other, as in PySpark: a None key finds the other side's, and what
    is collected has Spark's order. Two RDDs that were partitioned the same way are joined without a shuffle.

    ## Not covered
    Both sides must be RDDs on Ray.
    """

    code = "SR432"
    symbols = tuple(f"RDD.{step}" for step in _STEPS)
    kind = Kind.JOIN
    cost = Cost.PYTHON
    differences = (
        Difference(
            "order of cartesian", "within a partition of more than one of PySpark's batches, pairs have another order"
        ),
    )
    cases = (
        Case(
            "joins",
            "some = spark.sparkContext.parallelize([(n % 7, n) for n in range(12)] + [(None, 'none')], 3)\n"
            "more = spark.sparkContext.parallelize([(n % 5, -n) for n in range(6)] + [(None, 'no')], 2)\n"
            "print(some.join(more).collect(), some.leftOuterJoin(more).collect())\n"
            "print(some.rightOuterJoin(more, 3).collect(), some.fullOuterJoin(more).collect())",
            "print(some.join(more).collect(), some.leftOuterJoin(more).collect())",
        ),
        Case(
            "groups of both",
            "some = spark.sparkContext.parallelize([('a', 1), ('b', 2), ('a', 3)], 2)\n"
            "more = spark.sparkContext.parallelize([('a', 4), ('c', 5)], 2)\n"
            "print(some.cogroup(more).mapValues(lambda sides: [list(side) for side in sides]).collect())\n"
            "print(some.groupWith(more, some).mapValues(lambda sides: [len(side) for side in sides]).collect())\n"
            "print(some.subtractByKey(more).collect())",
            "print(some.groupWith(more, some).mapValues(lambda sides: [len(side) for side in sides]).collect())",
        ),
        Case(
            "partitioned the same way",
            "some = spark.sparkContext.parallelize([(n % 7, n) for n in range(12)], 3).partitionBy(4).cache()\n"
            "more = spark.sparkContext.parallelize([(n % 5, -n) for n in range(6)], 2).partitionBy(4)\n"
            "print(some.join(more).glom().collect(), some.union(more).getNumPartitions())",
            "print(some.join(more).glom().collect(), some.union(more).getNumPartitions())",
        ),
        Case(
            "sets",
            "some = spark.sparkContext.parallelize([3, 1, 3, 2, 'é'], 2)\n"
            "more = spark.sparkContext.parallelize([1, 'é', 5], 3)\n"
            "print(some.union(more).collect(), some.intersection(more).collect(), some.subtract(more).collect())",
            "print(some.union(more).collect(), some.intersection(more).collect(), some.subtract(more).collect())",
        ),
        Case(
            "side by side",
            "some = spark.sparkContext.parallelize([1, 2, 3], 2)\n"
            "print(some.zip(some.map(str)).collect(), some.cartesian(some.map(str)).collect())",
            "print(some.zip(some.map(str)).collect(), some.cartesian(some.map(str)).collect())",
        ),
        Case("an argument more", "rdd = df.rdd\nout = df.rdd.join(df.rdd, 3, 4).collect()", None),
    )

    def emit(self, call: Call) -> Emission:
        return rdd_step(call)
