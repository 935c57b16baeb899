"""Elements of an RDD drawn at random."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate.rdds import rdd_step


class RddSamples(Mapping):
    """
    ## Matches
    ``rdd.sample``, ``sampleByKey``, ``takeSample`` and ``randomSplit``.

    ## Semantics
    PySpark draws with Python's own generator, seeded with the number of the partition: from the same partitions the
    same elements are drawn.

    ## Not covered
    Arguments of one's own making.
    """

    code = "SR318"
    symbols = ("RDD.sample", "RDD.sampleByKey", "RDD.takeSample", "RDD.randomSplit")
    kind = Kind.FILTER
    cost = Cost.PYTHON
    cases = (
        Case(
            "seeded",
            "rdd = spark.sparkContext.parallelize(range(1000), 4)\n"
            "print(rdd.sample(False, 0.05, 7).collect(), rdd.sample(True, 0.05, 7).collect())\n"
            "print(rdd.takeSample(False, 5, 1), rdd.takeSample(True, 5, 1), rdd.takeSample(False, 2000, 3)[:9])\n"
            "few, many = rdd.randomSplit([1, 3], 5)\n"
            "print(few.collect(), many.count())\n"
            "print(rdd.keyBy(lambda n: n % 2).sampleByKey(False, {0: 0.01, 1: 0.1}, 3).collect())",
            "print(rdd.sample(False, 0.05, 7).collect(), rdd.sample(True, 0.05, 7).collect())",
        ),
        Case("an argument more", "out = df.rdd.sample(False, 0.5, 1, 2).collect()", None),
    )

    def emit(self, call: Call) -> Emission:
        return rdd_step(call)
