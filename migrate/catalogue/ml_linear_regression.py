"""``LinearRegression``."""

from __future__ import annotations

import ast

from migrate.mapping import Call, Case, Difference
from migrate.translate.ml_stages import MlStage, is_summary
from migrate.translate.names import members_used
from migrate.translate.stand_ins import check_parts, offer_of


class LinearRegression(MlStage):
    """
    ## Matches
    ``LinearRegression(...).fit(df)`` and ``model.transform(df)``.

    ## Semantics
    MLlib's objective (scaled features and label, L1 and L2 penalties that spare the intercept). Without an L1 penalty
    the normal equations are solved, with one or with ``solver="l-bfgs"`` its optimizer takes the same steps. The
    products of all pairs of features are on the driver.

    ## Not covered
    Weights, ``loss="huber"``, a label that is the same in all rows; of the summary p-values, errors of the
    coefficients, predictions, and what a job does with ``residuals`` beyond ``show``. Many thousands of features: their
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
            "what the summary says",
            "from pyspark.ml.linalg import Vectors\n"
            "from pyspark.ml.regression import LinearRegression\n"
            "rows = [(1.0, Vectors.dense(0.0, 2.0)), (2.5, Vectors.dense(1.0, 0.5)), (2.0, Vectors.dense(3.0, 1.0))]\n"
            'local = spark.createDataFrame([*rows, (7.0, Vectors.dense(2.0, 2.0))], ["label", "features"])\n'
            "model = LinearRegression(regParam=0.1, elasticNetParam=0.4).fit(local)\n"
            "print(model.summary.totalIterations, [round(cost, 9) for cost in model.summary.objectiveHistory])\n"
            "print(round(model.summary.rootMeanSquaredError, 9), round(model.summary.r2, 9))\n"
            "print(round(model.summary.meanAbsoluteError, 9), round(model.summary.meanSquaredError, 9))\n"
            "model.summary.residuals.show(truncate=6)",
            "model = LinearRegression(regParam=0.1, elasticNetParam=0.4).fit(local)",
        ),
        Case(
            "weights of rows",
            'from pyspark.ml.regression import LinearRegression\nmodel = LinearRegression(weightCol="x").fit(df)',
            None,
        ),
    )

    def check(self, call: Call) -> None:
        summary = offer_of(self.origin, frozenset(members_used(call.module.tree)), "LinearRegressionSummary")
        check_parts(call.module, is_summary, summary.members)
        check_parts(call.module, _is_residuals, frozenset({"show"}))


def _is_residuals(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "residuals"
