"""``RobustScaler``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class RobustScaler(MlStage):
    """
    ## Matches
    ``RobustScaler(inputCol=..., outputCol=..., lower=..., upper=..., withCentering=...,
    withScaling=...).fit(df).transform(df)``.

    ## Semantics
    Spark's own summary of quantiles (Greenwald and Khanna), which gives the numbers of Spark for the same partitions
    and is exact below 500 rows; a feature without range becomes 0. A sparse vector stays sparse without centring.

    ## Not covered
    What a job asks of the fitted model beyond ``transform``. Beyond 500 rows the quantiles depend on the partitions, on
    both engines, within ``relativeError``.
    """

    code = "SR607"
    symbols = ("RobustScaler.fit", "RobustScalerModel.transform")
    origin = "pyspark.ml.feature.RobustScaler"
    cases = (
        Case(
            "vectors",
            "from pyspark.ml.feature import RobustScaler\n"
            'assembler = VectorAssembler(inputCols=["id", "i", "flag"], outputCol="vector", handleInvalid="skip")\n'
            "vectors = assembler.transform(df)\n"
            'scaler = RobustScaler(inputCol="vector", outputCol="out", lower=0.1, upper=0.9, withCentering=True)\n'
            'out = scaler.fit(vectors).transform(vectors).select("id", "out")',
            'scaler = RobustScaler(inputCol="vector", outputCol="out", lower=0.1, upper=0.9, withCentering=True)\n'
            'out = scaler.fit(vectors).transform(vectors).select_columns(["id", "out"])',
        ),
        Case(
            "a copy",
            "from pyspark.ml.feature import RobustScaler\n"
            'scaler = RobustScaler(inputCol="vector", outputCol="out").copy()\n'
            "out = scaler.fit(df).transform(df)",
            None,
        ),
    )
