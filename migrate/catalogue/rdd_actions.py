"""What an RDD hands to the driver."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried

_ACTIONS = ("collect", "collectAsMap", "count", "first", "take", "sum", "reduce", "foreach")


class RddActions(Mapping):
    """
    ## Matches
    ``rdd.collect()``, ``collectAsMap``, ``count``, ``first``, ``take``, ``sum``, ``reduce`` and ``foreach``.

    ## Semantics
    Elements come in the order of their partitions. ``reduce`` works within the partitions first.

    ## Not covered
    The other actions.
    """

    code = "SR901"
    symbols = tuple(f"RDD.{action}" for action in _ACTIONS)
    kind = Kind.ACTION
    cost = Cost.DRIVER
    cases = (
        Case(
            "numbers",
            "rdd = spark.sparkContext.parallelize([5, 3, 9, 1], 3)\n"
            "print(rdd.collect(), rdd.count(), rdd.first(), rdd.take(2), rdd.sum(), rdd.reduce(min))",
            "rdd = parallelize([5, 3, 9, 1], 3)\n"
            "print(rdd.collect(), rdd.count(), rdd.first(), rdd.take(2), rdd.sum(), rdd.reduce(min))",
        ),
        Case(
            "a map",
            "print(spark.sparkContext.parallelize([('a', 1), ('b', 2)], 2).collectAsMap())",
            "print(parallelize([('a', 1), ('b', 2)], 2).collectAsMap())",
        ),
        Case("rows of a frame", "out = df.rdd.collect()", None),
    )

    def emit(self, call: Call) -> Emission:
        if call.stage.links:
            raise NotCarried(f"{call.stage.links[0].symbol} in front of it is not mapped yet")
        return Emission(helpers=("rdd",), sorts=frozenset({call.stage.symbol}))
