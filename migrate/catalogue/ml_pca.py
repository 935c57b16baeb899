"""``PCA``."""

from __future__ import annotations

import ast

from migrate.mapping import Call, Case, Emission, NotCarried
from migrate.translate.ml_stages import MlStage


class PCA(MlStage):
    """
    ## Matches
    ``PCA(k=..., inputCol=..., outputCol=...).fit(df).transform(df)``.

    ## Semantics
    Singular vectors of the sample covariance (n - 1), with the signs that LAPACK's dgesdd gives on both engines; the
    projection does not centre. What comes out is dense. A component without variance has no direction of its own:
    ``fit`` raises, where Spark's is whatever its rounding makes of it.

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
            'assembler = VectorAssembler(inputCols=["id", "flag"], outputCol="vector", handleInvalid="skip")\n'
            "vectors = assembler.transform(df)\n"
            'a = PCA(inputCol="vector", outputCol="out", k=2)\n'
            'out = a.fit(vectors).transform(vectors).select("id", "out")',
            'a = PCA(inputCol="vector", outputCol="out", k=2)\n'
            'out = a.fit(vectors).transform(vectors).select_columns(["id", "out"])',
            tolerance=(("out", 1e-12),),
        ),
        Case(
            "more components than rows can have",
            "from pyspark.ml.feature import PCA\n"
            "from pyspark.ml.linalg import Vectors\n"
            "rows = [(Vectors.dense(1.0, 2.0, 3.0),), (Vectors.dense(4.0, 5.0, 7.0),)]\n"
            'local = spark.createDataFrame(rows, ["vector"])\n'
            'out = PCA(k=2, inputCol="vector", outputCol="out").fit(local).transform(local)',
            None,
        ),
        Case(
            "a copy",
            "from pyspark.ml.feature import PCA\n"
            'a = PCA(inputCol="vector", outputCol="out").copy()\n'
            "out = a.fit(df).transform(df)",
            None,
        ),
    )

    def emit(self, call: Call) -> Emission:
        for stage in call.job.stages:
            if stage.symbol == "PCA.fit":
                _check_rank(call.neighbour(stage.id))
        return super().emit(call)


def _check_rank(fit: Call) -> None:
    """NotCarried where the job itself shows that its rows are too few to give each component a variance."""
    wanted = [
        keyword.value.value
        for made in ast.walk(fit.module.tree)
        if isinstance(made, ast.Call) and fit.resolve(made.func) == PCA.origin
        for keyword in made.keywords
        if keyword.arg == "k" and isinstance(keyword.value, ast.Constant)
    ]
    for source in (fit.neighbour(made) for made in fit.stage.inputs):
        rows = source.argument("data", 0) if source.stage.symbol == "SparkSession.createDataFrame" else None
        rows = source.bound(rows.id) if isinstance(rows, ast.Name) else rows
        if isinstance(rows, ast.List) and any(isinstance(k, int) and len(rows.elts) <= k for k in wanted):
            raise NotCarried(
                f"{len(rows.elts)} rows have no more than {len(rows.elts) - 1} components with a direction"
            )
