"""``UnivariateFeatureSelector``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class UnivariateFeatureSelector(MlStage):
    """
    ## Matches
    ``UnivariateFeatureSelector(featuresCol=..., labelCol=..., outputCol=..., selectionMode=...).fit(df).transform(df)``
    with every pair of types, by keyword or by setter.

    ## Semantics
    The chi-square test, the analysis of variance or the regression of each feature; what is kept keeps the order of the
    vector.

    ## Not covered
    ``selectedFeatures``, which some modes leave in the order of Spark's partitions.
    """

    code = "SR632"
    symbols = ("UnivariateFeatureSelector.fit", "UnivariateFeatureSelectorModel.transform")
    origin = "pyspark.ml.feature.UnivariateFeatureSelector"
    cases = (
        Case(
            "continuous features",
            "from pyspark.ml.feature import UnivariateFeatureSelector\n"
            'assembler = VectorAssembler(inputCols=["id", "i", "flag"], outputCol="vector", handleInvalid="skip")\n'
            "vectors = assembler.transform(df)\n"
            'selector = UnivariateFeatureSelector(featuresCol="vector", outputCol="out", labelCol="id")\n'
            'selector.setFeatureType("continuous").setLabelType("continuous").setSelectionThreshold(2)\n'
            'out = selector.fit(vectors).transform(vectors).select("id", "out")',
            'out = selector.fit(vectors).transform(vectors).select_columns(["id", "out"])',
        ),
        Case(
            "classes",
            "from pyspark.ml.feature import UnivariateFeatureSelector\n"
            'assembler = VectorAssembler(inputCols=["id", "flag"], outputCol="vector", handleInvalid="skip")\n'
            "vectors = assembler.transform(df)\n"
            'selector = UnivariateFeatureSelector(featuresCol="vector", outputCol="out", labelCol="id")\n'
            'selector.setSelectionMode("fwe").setFeatureType("categorical").setLabelType("categorical")\n'
            "model = selector.fit(vectors)\n"
            'out = model.transform(vectors).select("id", "out")',
            'out = model.transform(vectors).select_columns(["id", "out"])',
        ),
        Case(
            "the features",
            "from pyspark.ml.feature import UnivariateFeatureSelector\n"
            'model = UnivariateFeatureSelector(featuresCol="vector", outputCol="out").fit(df)\n'
            "print(model.selectedFeatures)\n"
            "out = model.transform(df)",
            None,
        ),
    )
