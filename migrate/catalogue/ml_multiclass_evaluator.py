"""``MulticlassClassificationEvaluator``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_evaluators import MlEvaluator


class MulticlassClassificationEvaluator(MlEvaluator):
    """
    ## Matches
    ``MulticlassClassificationEvaluator(metricName="...").evaluate(predictions)`` with a literal metric.

    ## Semantics
    ``accuracy``, ``f1``, ``weightedPrecision`` and ``weightedRecall``, weighted by how often each label occurs.

    ## Not covered
    The other metrics, and weights.
    """

    code = "SR646"
    symbols = ("MulticlassClassificationEvaluator.evaluate",)
    origin = "pyspark.ml.evaluation.MulticlassClassificationEvaluator"
    metrics = frozenset({"accuracy", "f1", "weightedPrecision", "weightedRecall"})
    cases = (
        Case(
            "two metrics",
            "from pyspark.ml.evaluation import MulticlassClassificationEvaluator\n"
            'rows = VectorAssembler(inputCols=["id"], outputCol="v").transform(df.where("k IS NOT NULL"))\n'
            'rows = StringIndexer(inputCol="k", outputCol="label").fit(rows).transform(rows)\n'
            'rows = StringIndexer(inputCol="id", outputCol="prediction").fit(rows).transform(rows)\n'
            'for_all = MulticlassClassificationEvaluator(metricName="accuracy").evaluate(rows)\n'
            "f1 = MulticlassClassificationEvaluator().evaluate(rows)\n"
            'print(f"{for_all:.12f} {f1:.12f}")',
            "f1 = MulticlassClassificationEvaluator().evaluate(rows)",
        ),
        Case(
            "a metric of probabilities",
            "from pyspark.ml.evaluation import MulticlassClassificationEvaluator\n"
            'out = MulticlassClassificationEvaluator(metricName="logLoss").evaluate(df)',
            None,
        ),
    )
