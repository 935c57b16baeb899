"""``BucketedRandomProjectionLSH``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class BucketedRandomProjectionLSH(MlStage):
    """
    ## Matches
    ``BucketedRandomProjectionLSH(inputCol=..., outputCol=..., numHashTables=..., seed=...).fit(df)``, its
    ``transform``, ``approxNearestNeighbors`` and ``approxSimilarityJoin``.

    ## Semantics
    Projections on random unit vectors, cut into buckets; Euclidean distance. The random numbers are those of
    ``java.util.Random`` from the same seed; without a seed it is Python's hash of the class's name, as in PySpark. A
    pair that a join finds several times counts once.

    ## Not covered
    Every worker holds the second dataset of a join, and the pairs come together on the driver: a join of two large
    datasets needs another way.
    """

    code = "SR635"
    symbols = (
        "BucketedRandomProjectionLSH.fit",
        "BucketedRandomProjectionLSHModel.transform",
        "BucketedRandomProjectionLSHModel.approxSimilarityJoin",
        "BucketedRandomProjectionLSHModel.approxNearestNeighbors",
    )
    origin = "pyspark.ml.feature.BucketedRandomProjectionLSH"
    cases = (
        Case(
            "hashes, neighbours and pairs",
            "from pyspark.ml.feature import BucketedRandomProjectionLSH\n"
            "from pyspark.ml.linalg import Vectors\n"
            "rows = [{0: 1.0, 2: 2.0}, {1: 1.0}, {0: 1.5, 2: 1.0, 3: -4.0}, {2: 2.5, 3: 1.0}]\n"
            'local = spark.createDataFrame([(n, Vectors.sparse(4, row)) for n, row in enumerate(rows)], ["n", "v"])\n'
            'lsh = BucketedRandomProjectionLSH(inputCol="v", outputCol="hashes", bucketLength=2.0, numHashTables=3)\n'
            "model = lsh.fit(local)\n"
            'model.approxNearestNeighbors(local, Vectors.dense([1.0, 0.0, 2.0, 0.0]), 2).select("n").show()\n'
            'pairs = model.approxSimilarityJoin(local, local, 3.0, distCol="apart").select("apart")\n'
            "for pair in sorted(pairs.collect()):\n"
            "    print(round(pair.apart, 9))\n"
            "out = model.transform(local)",
            "model = lsh.fit(local)\nout = model.transform(local)",
        ),
        Case(
            "a copy",
            "from pyspark.ml.feature import BucketedRandomProjectionLSH\n"
            'lsh = BucketedRandomProjectionLSH(inputCol="v", outputCol="hashes", bucketLength=2.0).copy()\n'
            "out = lsh.fit(df).transform(df)",
            None,
        ),
    )
