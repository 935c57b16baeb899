"""``ElementwiseProduct``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class ElementwiseProduct(MlStage):
    """
    ## Matches
    ``ElementwiseProduct(scalingVec=..., inputCol=..., outputCol=...).transform(df)``.

    ## Semantics
    Each entry times that of the fixed vector; a sparse vector stays sparse and stores what it stored.

    ## Not covered
    Params given at ``transform``.
    """

    code = "SR628"
    symbols = ("ElementwiseProduct.transform",)
    origin = "pyspark.ml.feature.ElementwiseProduct"
    cases = (
        Case(
            "vectors",
            "from pyspark.ml.feature import ElementwiseProduct\n"
            "from pyspark.ml.linalg import Vectors\n"
            'assembler = VectorAssembler(inputCols=["id", "i", "flag"], outputCol="vector", handleInvalid="skip")\n'
            "vectors = assembler.transform(df)\n"
            'product = ElementwiseProduct(inputCol="vector", outputCol="out", scalingVec=Vectors.dense(0.5, -1.0, 0))\n'
            'out = product.transform(vectors).select("id", "out")',
            'product = ElementwiseProduct(inputCol="vector", outputCol="out", scalingVec=Vectors.dense(0.5, -1.0, 0))\n'
            'out = product.transform(vectors).select_columns(["id", "out"])',
        ),
        Case(
            "a copy",
            "from pyspark.ml.feature import ElementwiseProduct\n"
            'product = ElementwiseProduct(inputCol="vector", outputCol="out").copy()\n'
            "out = product.transform(df)",
            None,
        ),
    )
