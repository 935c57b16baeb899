"""``PCA``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class PCA(MlStage):
    """
    ## Matches
    ``PCA(k=..., inputCol=..., outputCol=...).fit(df).transform(df)``.

    ## Semantics
    Singular vectors of the sample covariance (n - 1), with the signs that LAPACK's dgesdd gives on both engines; the
    projection does not centre. What comes out is dense. Components of equal or no variance are arbitrary on both.

    ## Not covered
    What a job asks of the fitted model beyond ``transform``, ``pc`` and ``explainedVariance``.
    """

    code = "SR625"
    symbols = ("PCA.fit", "PCAModel.transform")
    origin = "pyspark.ml.feature.PCA"
    cases = (
        Case(
            "vectors",
            "from pyspark.ml.feature import PCA\n"
            'assembler = VectorAssembler(inputCols=["id", "i", "flag"], outputCol="vector", handleInvalid="skip")\n'
            "vectors = assembler.transform(df)\n"
            'a = PCA(inputCol="vector", outputCol="out", k=2)\n'
            'out = a.fit(vectors).transform(vectors).select("id", "out")',
            'a = PCA(inputCol="vector", outputCol="out", k=2)\n'
            'out = a.fit(vectors).transform(vectors).select_columns(["id", "out"])',
            tolerance=(("out", 1e-12),),
        ),
        Case(
            "a copy",
            "from pyspark.ml.feature import PCA\n"
            'a = PCA(inputCol="vector", outputCol="out").copy()\n'
            "out = a.fit(df).transform(df)",
            None,
        ),
    )
