"""An RDD in order."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate.rdds import rdd_step


class RddSorts(Mapping):
    """
    ## Matches
    ``rdd.sortBy(f)`` and ``rdd.sortByKey()``.

    ## Semantics
    Equal keys stay in their order, also where the order is descending. A sample, drawn by PySpark's own generator,
    tells where to cut between partitions, so that these are Spark's too. Keys that cannot be compared raise.

    ## Not covered
    Arguments of one's own making.
    """

    code = "SR430"
    symbols = ("RDD.sortBy", "RDD.sortByKey")
    kind = Kind.SORT
    cost = Cost.PYTHON
    cases = (
        Case(
            "both ways",
            "pairs = spark.sparkContext.parallelize([(n * 7 % 5, n) for n in range(30)], 3)\n"
            "print(pairs.sortByKey().glom().collect(), pairs.sortByKey(False, 2).collect())\n"
            "print(pairs.sortBy(lambda pair: -pair[1], numPartitions=1).collect())\n"
            "print(pairs.sortByKey(keyfunc=lambda key: -key).keys().collect())",
            "print(pairs.sortByKey().glom().collect(), pairs.sortByKey(False, 2).collect())",
        ),
        Case("an argument more", "out = df.rdd.sortBy(len, True, 2, 3).collect()", None),
    )

    def emit(self, call: Call) -> Emission:
        return rdd_step(call)
