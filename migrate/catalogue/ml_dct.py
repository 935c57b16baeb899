"""``DCT``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class DCT(MlStage):
    """
    ## Matches
    ``DCT(inverse=..., inputCol=..., outputCol=...).transform(df)``.

    ## Semantics
    The orthonormal DCT-II of each vector, or its inverse, as a product with one matrix: the last digits are not those
    of Spark's fast transform.

    ## Not covered
    Params given at ``transform``.
    """

    code = "SR627"
    symbols = ("DCT.transform",)
    origin = "pyspark.ml.feature.DCT"
    cases = (
        Case(
            "vectors",
            "from pyspark.ml.feature import DCT\n"
            'assembler = VectorAssembler(inputCols=["id", "flag", "id"], outputCol="vector", handleInvalid="skip")\n'
            "vectors = assembler.transform(df)\n"
            'dct = DCT(inputCol="vector", outputCol="out", inverse=True)\n'
            'out = dct.transform(vectors).select("id", "out")',
            'dct = DCT(inputCol="vector", outputCol="out", inverse=True)\n'
            'out = dct.transform(vectors).select_columns(["id", "out"])',
            tolerance=(("out", 1e-14),),
        ),
        Case(
            "a copy",
            "from pyspark.ml.feature import DCT\n"
            'dct = DCT(inputCol="vector", outputCol="out").copy()\n'
            "out = dct.transform(df)",
            None,
        ),
    )
