"""``ChiSqSelector``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class ChiSqSelector(MlStage):
    """
    ## Matches
    ``ChiSqSelector(featuresCol=..., labelCol=..., outputCol=..., numTopFeatures=...).fit(df).transform(df)``, by any
    ``selectorType``.

    ## Semantics
    Pearson's test of each feature against the label; what is kept keeps the order of the vector. Every value counts as
    a category.

    ## Not covered
    What a job asks of the fitted model beyond ``transform`` and ``selectedFeatures``.
    """

    code = "SR632"
    symbols = ("ChiSqSelector.fit", "ChiSqSelectorModel.transform")
    origin = "pyspark.ml.feature.ChiSqSelector"
    cases = (
        Case(
            "the best feature",
            "from pyspark.ml.feature import ChiSqSelector\n"
            'assembler = VectorAssembler(inputCols=["id", "i", "flag"], outputCol="vector", handleInvalid="skip")\n'
            "vectors = assembler.transform(df)\n"
            'selector = ChiSqSelector(numTopFeatures=2, featuresCol="vector", outputCol="out", labelCol="kind")\n'
            'labelled = vectors.withColumn("kind", F.col("flag").cast("int"))\n'
            'out = selector.fit(labelled).transform(labelled).select("id", "out")',
            'out = selector.fit(labelled).transform(labelled).select_columns(["id", "out"])',
        ),
        Case(
            "a copy",
            "from pyspark.ml.feature import ChiSqSelector\n"
            'selector = ChiSqSelector(featuresCol="vector", outputCol="out").copy()\n'
            "out = selector.fit(df).transform(df)",
            None,
        ),
    )
