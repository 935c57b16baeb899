"""Steps of an RDD that look at one element or one partition at a time."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Difference, Emission, Mapping, NotCarried

_STEPS = {"map", "flatMap", "filter", "mapPartitions", "mapValues", "flatMapValues", "keyBy", "keys", "values"}


class RddRows(Mapping):
    """
    ## Matches
    ``rdd.map(f)``, ``flatMap``, ``filter``, ``mapPartitions``, ``mapValues``, ``flatMapValues``, ``keyBy``,
    ``keys`` and ``values`` on an RDD of Python objects.

    ## Semantics
    Elements keep their type: tuples stay tuples, objects stay objects. Steps that follow each other run together, an
    element at a time. ``mapPartitions`` is called once for each block.

    ## Not covered
    An RDD of the rows of a DataFrame (``df.rdd``), and ``mapPartitionsWithIndex``.
    """

    code = "SR421"
    symbols = tuple(f"RDD.{step}" for step in sorted(_STEPS))
    kind = Kind.MAP_ROWS
    cost = Cost.PYTHON
    differences = (Difference("empty partitions", "Ray does not call a function for a partition without elements"),)
    cases = (
        Case(
            "tuples and mixed types",
            "rdd = spark.sparkContext.parallelize([1, (2, 'b'), None, 'é', {'a': 1.5}], 2)\n"
            "out = rdd.map(lambda one: (one, type(one).__name__)).filter(lambda pair: pair[0]).collect()",
            "rdd = parallelize([1, (2, 'b'), None, 'é', {'a': 1.5}], 2)\n"
            "out = rdd.map(lambda one: (one, type(one).__name__)).filter(lambda pair: pair[0]).collect()",
        ),
        Case(
            "partitions",
            "out = spark.sparkContext.parallelize(range(10), 3).mapPartitions(lambda part: [list(part)]).collect()",
            "out = parallelize(range(10), 3).mapPartitions(lambda part: [list(part)]).collect()",
        ),
        Case(
            "pairs",
            "pairs = spark.sparkContext.parallelize(['a b', 'c'], 2).keyBy(len).flatMapValues(str.split)\n"
            "print(pairs.mapValues(str.upper).collect(), pairs.keys().collect(), pairs.values().collect())",
            "pairs = parallelize(['a b', 'c'], 2).keyBy(len).flatMapValues(str.split)",
        ),
        Case("rows of a frame", "out = df.rdd.map(tuple).collect()", None),
    )

    def emit(self, call: Call) -> Emission:
        if call.stage.links:
            raise NotCarried(f"{call.stage.links[0].symbol} in front of it is not mapped yet")
        return Emission(helpers=("rdd",), sorts=frozenset({call.stage.symbol}))
