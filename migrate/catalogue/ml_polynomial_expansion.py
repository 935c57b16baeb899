"""``PolynomialExpansion``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class PolynomialExpansion(MlStage):
    """
    ## Matches
    ``PolynomialExpansion(degree=..., inputCol=..., outputCol=...).transform(df)``.

    ## Semantics
    All products of up to ``degree`` entries in Spark's order (a, aa, b, ab, bb, ...), without the constant, multiplied
    in Spark's order. A sparse vector stays sparse.

    ## Not covered
    Params given at ``transform``.
    """

    code = "SR626"
    symbols = ("PolynomialExpansion.transform",)
    origin = "pyspark.ml.feature.PolynomialExpansion"
    cases = (
        Case(
            "vectors",
            "from pyspark.ml.feature import PolynomialExpansion\n"
            'assembler = VectorAssembler(inputCols=["id", "i", "flag"], outputCol="vector", handleInvalid="skip")\n'
            "vectors = assembler.transform(df)\n"
            'expansion = PolynomialExpansion(inputCol="vector", outputCol="out", degree=3)\n'
            'out = expansion.transform(vectors).select("id", "out")',
            'expansion = PolynomialExpansion(inputCol="vector", outputCol="out", degree=3)\n'
            'out = expansion.transform(vectors).select_columns(["id", "out"])',
        ),
        Case(
            "a copy",
            "from pyspark.ml.feature import PolynomialExpansion\n"
            'expansion = PolynomialExpansion(inputCol="vector", outputCol="out").copy()\n'
            "out = expansion.transform(df)",
            None,
        ),
    )
