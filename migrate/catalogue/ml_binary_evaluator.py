"""``BinaryClassificationEvaluator``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_evaluators import MlEvaluator


class BinaryClassificationEvaluator(MlEvaluator):
    """
    ## Matches
    ``BinaryClassificationEvaluator(metricName="...").evaluate(predictions)`` with a literal metric.

    ## Semantics
    ``areaUnderROC`` and ``areaUnderPR`` with a point of the curve for each score, as MLlib has it up to twice
    ``numBins``, or with ``numBins=0``.

    ## Not covered
    Weights. With more scores than that MLlib takes neighbours together, in each of its partitions: the emitted job says
    so and ends.
    """

    code = "SR646"
    symbols = ("BinaryClassificationEvaluator.evaluate",)
    origin = "pyspark.ml.evaluation.BinaryClassificationEvaluator"
    metrics = frozenset({"areaUnderROC", "areaUnderPR"})
    cases = (
        Case(
            "both areas",
            "from pyspark.ml.evaluation import BinaryClassificationEvaluator\n"
            'df = df.where("k IS NOT NULL AND big IS NOT NULL")\n'
            'rows = StringIndexer(inputCol="k", outputCol="label").fit(df).transform(df)\n'
            'rows = VectorAssembler(inputCols=["big", "id"], outputCol="rawPrediction").transform(rows)\n'
            'roc = BinaryClassificationEvaluator(metricName="areaUnderROC").evaluate(rows)\n'
            'pr = BinaryClassificationEvaluator(metricName="areaUnderPR", numBins=0).evaluate(rows)\n'
            'column = BinaryClassificationEvaluator(rawPredictionCol="label").evaluate(rows)\n'
            'print(f"{roc:.12f} {pr:.12f} {column:.12f}")',
            'roc = BinaryClassificationEvaluator(metricName="areaUnderROC").evaluate(rows)',
        ),
        Case(
            "weights of rows",
            "from pyspark.ml.evaluation import BinaryClassificationEvaluator\n"
            'out = BinaryClassificationEvaluator(weightCol="x").evaluate(df)',
            None,
        ),
    )
