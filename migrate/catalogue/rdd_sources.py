"""RDDs made of a local collection."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried
from migrate.translate.locate import root_name


class RddParallelize(Mapping):
    """
    ## Matches
    ``sc.parallelize(collection)`` and ``sc.parallelize(collection, numSlices)``.

    ## Semantics
    The collection is cut into slices as Spark cuts it, one for each CPU where no number is given.

    ## Not covered
    Nothing that is known.
    """

    code = "SR214"
    symbols = ("SparkContext.parallelize",)
    kind = Kind.READ
    cost = Cost.NATIVE
    cases = (
        Case(
            "in slices",
            "out = spark.sparkContext.parallelize(range(7), 3).mapPartitions(lambda part: [sum(part)]).collect()",
            "out = parallelize(range(7), 3).mapPartitions(lambda part: [sum(part)]).collect()",
        ),
        Case("unpacked", "data = ([1, 2],)\nout = spark.sparkContext.parallelize(*data).collect()", None),
    )

    def emit(self, call: Call) -> Emission:
        if not call.stage.args:
            raise NotCarried("what is parallelized is not an argument")
        passed = ", ".join(
            f"slices={argument.source}" if argument.name == "numSlices" else argument.source
            for argument in call.stage.args
        )
        context = root_name(call.node().func)
        return Emission(
            f"parallelize({passed})", helpers=("parallelize",), forgets=(context,) if context is not None else ()
        )
