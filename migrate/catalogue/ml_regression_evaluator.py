"""``RegressionEvaluator``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_evaluators import MlEvaluator


class RegressionEvaluator(MlEvaluator):
    """
    ## Matches
    ``RegressionEvaluator(metricName="...").evaluate(predictions)`` with a literal metric.

    ## Semantics
    ``rmse``, ``mse``, ``r2``, ``mae`` and ``var`` as MLlib defines them.

    ## Not covered
    ``throughOrigin``, and weights.
    """

    code = "SR646"
    symbols = ("RegressionEvaluator.evaluate",)
    origin = "pyspark.ml.evaluation.RegressionEvaluator"
    metrics = frozenset({"rmse", "mse", "r2", "mae", "var"})
    cases = (
        Case(
            "three metrics",
            "from pyspark.ml.evaluation import RegressionEvaluator\n"
            'df = df.where("id IN (1, 6, 7, 9, 10)")\n'
            'error = RegressionEvaluator(labelCol="id", predictionCol="x").evaluate(df)\n'
            'r2 = RegressionEvaluator(labelCol="id", predictionCol="x", metricName="r2").evaluate(df)\n'
            'var = RegressionEvaluator(labelCol="id", predictionCol="x", metricName="var").evaluate(df)\n'
            'print(f"{error:.9f} {r2:.9f} {var:.9f}")',
            'error = RegressionEvaluator(labelCol="id", predictionCol="x").evaluate(df)',
        ),
        Case(
            "a metric in a variable",
            "from pyspark.ml.evaluation import RegressionEvaluator\n"
            'out = RegressionEvaluator(metricName=os.environ["METRIC"]).evaluate(df)',
            None,
        ),
    )
