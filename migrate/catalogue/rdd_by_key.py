"""What an RDD of pairs does for each key."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Difference, Emission, Mapping, NotCarried


class RddByKey(Mapping):
    """
    ## Matches
    ``rdd.reduceByKey(f)``, ``combineByKey``, ``groupByKey`` and ``distinct``.

    ## Semantics
    Pairs are combined within their partition first and between partitions after a shuffle, as Spark does it. Keys
    are equal as Python has it: 1, 1.0 and True are one key, None is one too.

    ## Not covered
    A partitioning function of one's own, and ``aggregateByKey`` and ``foldByKey``, whose zero
    value counts once a partition.
    """

    code = "SR425"
    symbols = ("RDD.reduceByKey", "RDD.combineByKey", "RDD.groupByKey", "RDD.distinct")
    kind = Kind.AGGREGATE
    cost = Cost.PYTHON
    differences = (Difference("order", "keys come in another order, which Spark does not promise either"),)
    cases = (
        Case(
            "counts",
            "words = spark.sparkContext.parallelize('a b a é'.split() + [None, None, (1, 'x'), (1, 'x'), 1, 1.0], 3)\n"
            "print(sorted(words.map(lambda word: (word, 1)).reduceByKey(lambda a, b: a + b).collect(), key=repr))",
            "words = parallelize('a b a é'.split() + [None, None, (1, 'x'), (1, 'x'), 1, 1.0], 3)",
        ),
        Case(
            "groups",
            "pairs = spark.sparkContext.parallelize([('a', 1), ('b', 2), ('a', 3)], 2).groupByKey()\n"
            "print(sorted(pairs.mapValues(sorted).collect()))",
            "pairs = parallelize([('a', 1), ('b', 2), ('a', 3)], 2).groupByKey()",
        ),
        Case(
            "once each",
            "print(sorted(spark.sparkContext.parallelize([3, 1, 3, 2, 1], 2).distinct().collect()))",
            "print(sorted(parallelize([3, 1, 3, 2, 1], 2).distinct().collect()))",
        ),
        Case(
            "a partitioning function",
            "out = spark.sparkContext.parallelize([(1, 2)]).reduceByKey(max, 2, lambda key: 0).collect()",
            None,
        ),
    )

    def emit(self, call: Call) -> Emission:
        most = 3 if call.stage.symbol.endswith("combineByKey") else 1
        most = 0 if call.stage.symbol.endswith(("groupByKey", "distinct")) else most
        if len(call.stage.args) > most + 1 or call.argument("partitionFunc") is not None or call.stage.links:
            raise NotCarried("a partitioning function of one's own is not mapped yet")
        return Emission(helpers=("rdd",), sorts=frozenset({call.stage.symbol, "by key"}))
