"""What an RDD of pairs does for each key."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate.rdds import rdd_step

_STEPS = (
    *("aggregateByKey", "combineByKey", "distinct", "foldByKey", "groupBy", "groupByKey", "partitionBy", "reduceByKey"),
)


class RddByKey(Mapping):
    """
    ## Matches
    ``rdd.reduceByKey(f)``, ``combineByKey``, ``aggregateByKey``, ``foldByKey``, ``groupByKey``, ``groupBy``,
    ``distinct`` and ``partitionBy``.

    ## Semantics
    Pairs are combined within their partition first and between partitions after a shuffle, as Spark does it, a zero
    value once for each key of a partition. Keys are equal as Python has it: 1, 1.0 and True are one key, None is one
    too. They go to their partition by PySpark's hash, and stand in it in the order in which they come, so that what is
    collected has the order that Spark gives on one machine; on a cluster Spark's shuffles fetch in any order.
    ``spark.default.parallelism`` is not read: without a number there are as many partitions as before.

    ## Not covered
    Groups come as lists, Spark's ``ResultIterable`` has attributes of its own.
    """

    code = "SR425"
    symbols = tuple(f"RDD.{step}" for step in _STEPS)
    kind = Kind.AGGREGATE
    cost = Cost.PYTHON
    cases = (
        Case(
            "counts",
            "words = spark.sparkContext.parallelize('a b a é'.split() + [None, None, (1, 'x'), (1, 'x'), 1, 1.0], 3)\n"
            "print(words.map(lambda word: (word, 1)).reduceByKey(lambda a, b: a + b).collect())",
            "words = parallelize('a b a é'.split() + [None, None, (1, 'x'), (1, 'x'), 1, 1.0], 3)",
        ),
        Case(
            "groups",
            "pairs = spark.sparkContext.parallelize([('a', 1), ('b', 2), ('a', 3)], 2).groupByKey()\n"
            "print(pairs.mapValues(sorted).collect(), pairs.mapValues(len).collectAsMap())",
            "pairs = parallelize([('a', 1), ('b', 2), ('a', 3)], 2).groupByKey()",
        ),
        Case(
            "once each",
            "print(spark.sparkContext.parallelize([3, 1, 3, 'x', b'y', (None, -1), 2.5], 2).distinct().collect())",
            "print(parallelize([3, 1, 3, 'x', b'y', (None, -1), 2.5], 2).distinct().collect())",
        ),
        Case(
            "zero values",
            "pairs = spark.sparkContext.parallelize([(n % 3, n) for n in range(10)], 3)\n"
            "print(pairs.aggregateByKey([], lambda kept, n: kept + [n], lambda kept, more: kept + more, 2).collect())\n"
            "print(pairs.foldByKey(10, lambda a, b: a + b).collect())\n"
            "print(pairs.combineByKey(str, lambda a, n: a + str(n), lambda a, b: a + '|' + b).collect())",
            "print(pairs.foldByKey(10, lambda a, b: a + b).collect())",
        ),
        Case(
            "a partitioning function",
            "pairs = spark.sparkContext.parallelize([(n % 4, n) for n in range(9)], 2)\n"
            "print(pairs.reduceByKey(max, 3, lambda key: key // 2).glom().collect())\n"
            "print(pairs.partitionBy(3).glom().collect(), pairs.groupBy(lambda pair: pair[1] % 2).keys().collect())",
            "print(pairs.reduceByKey(max, 3, lambda key: key // 2).glom().collect())",
        ),
        Case("of a frame, grouped", "out = df.rdd.groupByKey(2, max, 3).collect()", None),
    )

    def emit(self, call: Call) -> Emission:
        return rdd_step(call)
