"""``BisectingKMeans``."""

from __future__ import annotations

import ast

from migrate.mapping import Call, Case, Difference
from migrate.translate.ml_clusters import check_count
from migrate.translate.ml_stages import MlStage
from migrate.translate.stand_ins import made_of


class BisectingKMeans(MlStage):
    """
    ## Matches
    ``BisectingKMeans(k=2).fit(df)`` and ``model.transform(df)``, with a literal ``k`` of 2 or 3.

    ## Semantics
    MLlib's tree: all rows are cut in two around their mean, then the larger half is, from centers that its generator
    draws, and by as many steps. Rows stay in Ray's object store; each step is a task for each block.

    ## Not covered
    Four clusters and more: which numbers the generator gives to which of several clusters depends on Spark's
    partitions. The cosine distance; of the fitted model what is beyond ``transform`` and ``clusterCenters``.
    """

    code = "SR643"
    symbols = ("BisectingKMeans.fit", "BisectingKMeansModel.transform")
    origin = "pyspark.ml.clustering.BisectingKMeans"
    differences = (Difference("last digits", "sums of rows are added up in another order: 1e-14 of a center"),)
    cases = (
        Case(
            "two clusters",
            "from pyspark.ml.clustering import BisectingKMeans\n"
            'df = df.where("i IS NOT NULL")\n'
            'rows = VectorAssembler(inputCols=["id", "i"], outputCol="features").transform(df)\n'
            "model = BisectingKMeans().setK(2).setSeed(1).setMaxIter(5).fit(rows)\n"
            "print([[round(value, 6) for value in center] for center in model.clusterCenters()])\n"
            'out = model.transform(rows).select("id", "prediction")',
            'out = model.transform(rows).select_columns(["id", "prediction"])',
        ),
        Case(
            "three clusters",
            "from pyspark.ml.clustering import BisectingKMeans\n"
            'df = df.where("i IS NOT NULL AND id != 4")\n'
            'rows = VectorAssembler(inputCols=["id"], outputCol="features").transform(df)\n'
            "model = BisectingKMeans(k=3, seed=7, minDivisibleClusterSize=0.3).fit(rows)\n"
            'out = model.transform(rows).select("id", "prediction")',
            'out = model.transform(rows).select_columns(["id", "prediction"])',
        ),
        Case(
            "as many clusters as MLlib has where it is not told",
            "from pyspark.ml.clustering import BisectingKMeans\nmodel = BisectingKMeans(seed=1).fit(df)",
            None,
        ),
    )

    def check(self, call: Call) -> None:
        setters = [
            node.args[0] if node.args else None
            for node in ast.walk(call.module.tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "setK"
        ]
        for maker in made_of(call.module, self.origin):
            given = [keyword.value for keyword in maker.keywords if keyword.arg == "k"]
            for value in [*given, *setters] or [None]:
                check_count(value)
