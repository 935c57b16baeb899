"""An RDD over other partitions."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate.rdds import rdd_step


class RddPartitions(Mapping):
    """
    ## Matches
    ``rdd.repartition(n)`` and ``rdd.coalesce(n)``.

    ## Semantics
    ``repartition`` deals out elements in tens, from a place on that Spark's generator draws for each partition:
    repeated here, so that what is collected has Spark's order. ``coalesce`` puts neighbouring partitions together; on
    a cluster Spark also looks at where they lie.

    ## Not covered
    Arguments of one's own making.
    """

    code = "SR321"
    symbols = ("RDD.repartition", "RDD.coalesce")
    kind = Kind.SHUFFLE
    cost = Cost.PYTHON
    cases = (
        Case(
            "more and fewer",
            "rdd = spark.sparkContext.parallelize(range(100), 5)\n"
            "print(rdd.repartition(3).glom().collect(), rdd.repartition(8).collect())\n"
            "print(rdd.coalesce(3).glom().collect(), rdd.coalesce(9).getNumPartitions())",
            "print(rdd.repartition(3).glom().collect(), rdd.repartition(8).collect())",
        ),
        Case("an argument more", "out = df.rdd.coalesce(2, False, 3).collect()", None),
    )

    def emit(self, call: Call) -> Emission:
        return rdd_step(call)
