"""``VectorIndexer``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class VectorIndexer(MlStage):
    """
    ## Matches
    ``VectorIndexer(inputCol=..., outputCol=..., maxCategories=..., handleInvalid=...).fit(df).transform(df)``.

    ## Semantics
    A feature of at most ``maxCategories`` values gets the numbers of its values, 0.0 first, then in rising order; the
    others stay. ``categoryMaps`` has the order of Spark's map.

    ## Not covered
    What a job asks of the fitted model beyond ``transform``, ``categoryMaps`` and ``numFeatures``; the metadata of the
    column.
    """

    code = "SR633"
    symbols = ("VectorIndexer.fit", "VectorIndexerModel.transform")
    origin = "pyspark.ml.feature.VectorIndexer"
    cases = (
        Case(
            "vectors",
            "from pyspark.ml.feature import VectorIndexer\n"
            'assembler = VectorAssembler(inputCols=["id", "i", "flag"], outputCol="vector", handleInvalid="skip")\n'
            "vectors = assembler.transform(df)\n"
            'indexer = VectorIndexer(inputCol="vector", outputCol="out", maxCategories=5, handleInvalid="keep")\n'
            'out = indexer.fit(vectors).transform(vectors).select("id", "out")',
            'indexer = VectorIndexer(inputCol="vector", outputCol="out", maxCategories=5, handleInvalid="keep")\n'
            'out = indexer.fit(vectors).transform(vectors).select_columns(["id", "out"])',
        ),
        Case(
            "a copy",
            "from pyspark.ml.feature import VectorIndexer\n"
            'indexer = VectorIndexer(inputCol="vector", outputCol="out").copy()\n'
            "out = indexer.fit(df).transform(df)",
            None,
        ),
    )
