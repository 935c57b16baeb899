"""``LinearRegression``."""

from __future__ import annotations

from migrate.mapping import Case, Difference
from migrate.translate.ml_stages import MlStage


class LinearRegression(MlStage):
    """
    ## Matches
    ``LinearRegression(...).fit(df)`` and ``model.transform(df)``.

    ## Semantics
    MLlib's objective (scaled features and label, L1 and L2 penalties that spare the intercept). Without an L1 penalty
    the normal equations are solved, with one or with ``solver="l-bfgs"`` its optimizer takes the same steps. The
    products of all pairs of features are on the driver.

    ## Not covered
    Weights, ``loss="huber"``, the summary, a label that is the same in all rows. Many thousands of features: their
    products do not fit, and sparse vectors are unpacked.
    """

    code = "SR641"
    symbols = ("LinearRegression.fit", "LinearRegressionModel.transform")
    origin = "pyspark.ml.regression.LinearRegression"
    differences = (Difference("last digits", "sums of rows are added up in another order: 1e-14 of a coefficient"),)
    cases = (
        Case(
            "least squares",
            "from pyspark.ml.regression import LinearRegression\n"
            'df = df.where("i IS NOT NULL")\n'
            'rows = VectorAssembler(inputCols=["id"], outputCol="features").transform(df)\n'
            'model = LinearRegression(labelCol="i").fit(rows.where("id < 9"))\n'
            'out = model.transform(rows).select("id", "prediction")',
            'out = model.transform(rows).select_columns(["id", "prediction"])',
            tolerance=(("prediction", 1e-9),),
        ),
        Case(
            "both penalties",
            "from pyspark.ml.regression import LinearRegression\n"
            'df = df.where("i IS NOT NULL")\n'
            'rows = VectorAssembler(inputCols=["id"], outputCol="features").transform(df)\n'
            'model = LinearRegression(labelCol="i", regParam=0.3, elasticNetParam=0.5, maxIter=3).fit(rows)\n'
            'out = model.transform(rows).select("id", "prediction")',
            'out = model.transform(rows).select_columns(["id", "prediction"])',
            tolerance=(("prediction", 1e-9),),
        ),
        Case(
            "weights of rows",
            'from pyspark.ml.regression import LinearRegression\nmodel = LinearRegression(weightCol="x").fit(df)',
            None,
        ),
    )
