"""``BisectingKMeans`` of ``pyspark.mllib``, trained on RDDs of vectors."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Difference, Emission, Mapping
from migrate.translate.ml_clusters import check_count
from migrate.translate.names import members_used
from migrate.translate.stand_ins import check_uses, offer_of, stand_ins

_POINTS = (
    "rows = [(0.0, 0.0), (1.0, 0.5), (9.0, 8.0), (8.0, 9.5), (9.5, 9.0), (0.5, 0.2), (9.0, 9.0), (30.0, 1.0)]\n"
    "points = spark.sparkContext.parallelize(rows, 3)\n"
)


class MllibBisectingKMeans(Mapping):
    """
    ## Matches
    ``BisectingKMeans.train(rdd, 2)`` of ``pyspark.mllib`` with a literal number of clusters, 2 or 3, and ``predict``
    and ``computeCost`` of its model.

    ## Semantics
    MLlib's tree: all rows are cut in two around their mean, then the larger half is, from centers that its generator
    draws, and by as many steps. Rows stay in Ray's object store; each step is a task for each partition.

    ## Not covered
    Four clusters and more: which numbers the generator gives to which of several clusters depends on Spark's
    partitions. Saved models.
    """

    code = "SR649"
    symbols = ("BisectingKMeans.train", "BisectingKMeansModel.predict", "BisectingKMeansModel.computeCost")
    kind = Kind.FIT
    cost = Cost.NATIVE
    differences = (Difference("last digits", "sums of rows are added up in another order: 1e-14 of a center"),)
    cases = (
        Case(
            "three clusters of tuples",
            "from pyspark.mllib.clustering import BisectingKMeans\n\n"
            f"{_POINTS}"
            "model = BisectingKMeans.train(points, 3, maxIterations=4)\n"
            "print(model.k, [center.round(9).tolist() for center in model.clusterCenters])\n"
            "print(round(model.computeCost(points), 6), round(model.computeCost([1.0, 2.0]), 9))\n"
            "print(model.predict([9.0, 9.0]), points.map(lambda point: point[0]).count())",
            "model = BisectingKMeans.train(points, 3, maxIterations=4)",
        ),
        Case(
            "five clusters",
            "from pyspark.mllib.clustering import BisectingKMeans\n\n"
            f"{_POINTS}"
            "model = BisectingKMeans.train(points, 5)",
            None,
        ),
    )

    def emit(self, call: Call) -> Emission:
        origin = "pyspark.mllib.clustering.BisectingKMeans"
        if call.stage.symbol.endswith(".train"):
            check_count(call.argument("k", 1))
        offer = offer_of(origin, frozenset(members_used(call.module.tree)))
        check_uses(call.module, origin, offer, {call.stage.result} if call.stage.result else set())
        return Emission(helpers=(stand_ins()[origin],), offers=offer.members)
