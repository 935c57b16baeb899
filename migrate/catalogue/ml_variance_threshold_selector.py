"""``VarianceThresholdSelector``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class VarianceThresholdSelector(MlStage):
    """
    ## Matches
    ``VarianceThresholdSelector(featuresCol=..., outputCol=..., varianceThreshold=...).fit(df).transform(df)``.

    ## Semantics
    The features whose sample variance (n - 1) is above the threshold; a sparse vector stays sparse.

    ## Not covered
    What a job asks of the fitted model beyond ``transform`` and ``selectedFeatures``.
    """

    code = "SR632"
    symbols = ("VarianceThresholdSelector.fit", "VarianceThresholdSelectorModel.transform")
    origin = "pyspark.ml.feature.VarianceThresholdSelector"
    cases = (
        Case(
            "three features",
            "from pyspark.ml.feature import VarianceThresholdSelector\n"
            'assembler = VectorAssembler(inputCols=["id", "i", "flag"], outputCol="vector", handleInvalid="skip")\n'
            "vectors = assembler.transform(df)\n"
            'selector = VarianceThresholdSelector(featuresCol="vector", outputCol="out", varianceThreshold=5.0)\n'
            'out = selector.fit(vectors).transform(vectors).select("id", "out")',
            'out = selector.fit(vectors).transform(vectors).select_columns(["id", "out"])',
        ),
        Case(
            "a copy",
            "from pyspark.ml.feature import VarianceThresholdSelector\n"
            'selector = VarianceThresholdSelector(featuresCol="vector", outputCol="out").copy()\n'
            "out = selector.fit(df).transform(df)",
            None,
        ),
    )
