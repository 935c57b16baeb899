"""``IsotonicRegression``."""

from __future__ import annotations

from migrate.mapping import Case, Difference
from migrate.translate.ml_stages import MlStage


class IsotonicRegression(MlStage):
    """
    ## Matches
    ``IsotonicRegression(...).fit(df)`` and ``model.transform(df)``.

    ## Semantics
    Labels of equal features are averaged, neighbours pooled until their means rise (fall with ``isotonic=False``); a
    prediction lies on the line between the boundaries around it, and beyond them it is that of the last one. The driver
    holds two numbers for each value of the feature.

    ## Not covered
    Weights.
    """

    code = "SR641"
    symbols = ("IsotonicRegression.fit", "IsotonicRegressionModel.transform")
    origin = "pyspark.ml.regression.IsotonicRegression"
    differences = (Difference("last digits", "sums of rows are added up in another order: 1e-15 of a prediction"),)
    cases = (
        Case(
            "rising",
            "from pyspark.ml.regression import IsotonicRegression\n"
            'df = df.where("i IS NOT NULL")\n'
            'rows = VectorAssembler(inputCols=["id"], outputCol="features").transform(df)\n'
            'model = IsotonicRegression(labelCol="i").fit(rows.where("id < 9"))\n'
            'out = model.transform(rows).select("id", "i", "prediction")',
            'out = model.transform(rows).select_columns(["id", "i", "prediction"])',
            tolerance=(("prediction", 1e-12),),
        ),
        Case(
            "falling",
            "from pyspark.ml.regression import IsotonicRegression\n"
            'df = df.where("i IS NOT NULL")\n'
            'rows = VectorAssembler(inputCols=["big"], outputCol="features").transform(df)\n'
            'model = IsotonicRegression(labelCol="i", isotonic=False).fit(rows)\n'
            'out = model.transform(rows).select("id", "i", "prediction")',
            'out = model.transform(rows).select_columns(["id", "i", "prediction"])',
            tolerance=(("prediction", 1e-12),),
        ),
        Case(
            "weights of rows",
            'from pyspark.ml.regression import IsotonicRegression\nmodel = IsotonicRegression(weightCol="x").fit(df)',
            None,
        ),
    )
