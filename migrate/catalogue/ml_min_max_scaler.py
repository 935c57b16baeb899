"""``MinMaxScaler``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class MinMaxScaler(MlStage):
    """
    ## Matches
    ``MinMaxScaler(inputCol=..., outputCol=..., min=..., max=...).fit(df).transform(df)``.

    ## Semantics
    Each feature moved to the range; a constant one to the middle of it; NaN stays NaN. The vector that comes out is
    sparse where that is shorter.

    ## Not covered
    What a job asks of the fitted model beyond ``transform``.
    """

    code = "SR605"
    symbols = ("MinMaxScaler.fit", "MinMaxScalerModel.transform")
    origin = "pyspark.ml.feature.MinMaxScaler"
    cases = (
        Case(
            "vectors",
            "from pyspark.ml.feature import MinMaxScaler\n"
            'assembler = VectorAssembler(inputCols=["id", "i", "flag"], outputCol="vector", handleInvalid="skip")\n'
            "vectors = assembler.transform(df)\n"
            'scaler = MinMaxScaler(inputCol="vector", outputCol="out", min=-2.0, max=4.0)\n'
            'out = scaler.fit(vectors).transform(vectors).select("id", "out")',
            'scaler = MinMaxScaler(inputCol="vector", outputCol="out", min=-2.0, max=4.0)\n'
            'out = scaler.fit(vectors).transform(vectors).select_columns(["id", "out"])',
        ),
        Case(
            "a copy",
            "from pyspark.ml.feature import MinMaxScaler\n"
            'scaler = MinMaxScaler(inputCol="vector", outputCol="out").copy()\n'
            "out = scaler.fit(df).transform(df)",
            None,
        ),
    )
