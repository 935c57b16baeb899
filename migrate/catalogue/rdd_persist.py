"""RDDs that stay."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate.rdds import rdd_step


class RddPersist(Mapping):
    """
    ## Matches
    ``rdd.cache()``, ``rdd.persist()`` and ``rdd.unpersist()``.

    ## Semantics
    A partition stays in Ray's object store from when it is first computed, and spills to disk from there.

    ## Not covered
    A storage level: the object store has one.
    """

    code = "SR323"
    symbols = ("RDD.cache", "RDD.persist", "RDD.unpersist")
    kind = Kind.PERSIST
    cost = Cost.PYTHON
    cases = (
        Case(
            "kept",
            "import random\n\n"
            "rdd = spark.sparkContext.parallelize(range(6), 3).map(lambda n: (n, random.random())).cache()\n"
            "print(rdd.collect() == rdd.collect(), rdd.count(), rdd.first()[0])\n"
            "rdd.unpersist()\n"
            "print(rdd.keys().persist().sum())",
            "rdd.unpersist()\nprint(rdd.keys().persist().sum())",
        ),
        Case("storage level", "out = df.rdd.persist(StorageLevel.DISK_ONLY).count()", None),
    )

    def emit(self, call: Call) -> Emission:
        return rdd_step(call)
