"""``MaxAbsScaler``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class MaxAbsScaler(MlStage):
    """
    ## Matches
    ``MaxAbsScaler(inputCol=..., outputCol=...).fit(df).transform(df)``.

    ## Semantics
    Each feature times one over its largest absolute value; a feature of zeros stays; NaN is no value. A sparse vector
    stays sparse.

    ## Not covered
    What a job asks of the fitted model beyond ``transform``.
    """

    code = "SR606"
    symbols = ("MaxAbsScaler.fit", "MaxAbsScalerModel.transform")
    origin = "pyspark.ml.feature.MaxAbsScaler"
    cases = (
        Case(
            "vectors",
            "from pyspark.ml.feature import MaxAbsScaler\n"
            'assembler = VectorAssembler(inputCols=["id", "i", "flag"], outputCol="vector", handleInvalid="skip")\n'
            "vectors = assembler.transform(df)\n"
            'scaler = MaxAbsScaler(inputCol="vector", outputCol="out")\n'
            'out = scaler.fit(vectors).transform(vectors).select("id", "out")',
            'scaler = MaxAbsScaler(inputCol="vector", outputCol="out")\n'
            'out = scaler.fit(vectors).transform(vectors).select_columns(["id", "out"])',
        ),
        Case(
            "a copy",
            "from pyspark.ml.feature import MaxAbsScaler\n"
            'scaler = MaxAbsScaler(inputCol="vector", outputCol="out").copy()\n'
            "out = scaler.fit(df).transform(df)",
            None,
        ),
    )
