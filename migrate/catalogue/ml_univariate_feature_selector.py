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
    vector. A test without an answer (a feature that is the same in all rows, or wholly told by the class) comes last.

    ## Not covered
    ``selectedFeatures``, which some modes leave in the order of Spark's partitions. A feature that is a multiple of a
    continuous label raises an error: rounding decides what Spark makes of it.
    """

    code = "SR632"
    symbols = ("UnivariateFeatureSelector.fit", "UnivariateFeatureSelectorModel.transform")
    origin = "pyspark.ml.feature.UnivariateFeatureSelector"
    cases = (
        Case(
            "continuous features",
            "from pyspark.ml.feature import UnivariateFeatureSelector\n"
            'assembler = VectorAssembler(inputCols=["i", "flag", "big"], outputCol="vector", handleInvalid="skip")\n'
            "vectors = assembler.transform(df)\n"
            'selector = UnivariateFeatureSelector(featuresCol="vector", outputCol="out", labelCol="id")\n'
            'selector.setFeatureType("continuous").setLabelType("continuous").setSelectionThreshold(2)\n'
            'out = selector.fit(vectors).transform(vectors).select("id", "out")',
            'out = selector.fit(vectors).transform(vectors).select_columns(["id", "out"])',
        ),
        Case(
            "continuous features by class, the same in each class or in all rows",
            "from pyspark.ml.feature import UnivariateFeatureSelector\n"
            "from pyspark.ml.linalg import Vectors\n"
            "rows = [(Vectors.dense([1.7, 4.4, 1.0, 2.0]), 3.0), (Vectors.dense([8.8, 7.3, 2.0, 2.0]), 2.0),\n"
            "        (Vectors.dense([1.2, 9.5, 1.0, 2.0]), 3.0), (Vectors.dense([8.1, 9.2, 2.0, 2.0]), 2.0)]\n"
            'local = spark.createDataFrame(rows, ["vector", "label"])\n'
            'selector = UnivariateFeatureSelector(featuresCol="vector", outputCol="out", labelCol="label")\n'
            'selector.setFeatureType("continuous").setLabelType("categorical").setSelectionThreshold(2)\n'
            "out = selector.fit(local).transform(local)",
            "out = selector.fit(local).transform(local)",
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
