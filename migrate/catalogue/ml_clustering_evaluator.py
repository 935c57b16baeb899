"""``ClusteringEvaluator``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_evaluators import MlEvaluator


class ClusteringEvaluator(MlEvaluator):
    """
    ## Matches
    ``ClusteringEvaluator(distanceMeasure="...").evaluate(predictions)``.

    ## Semantics
    The mean silhouette by the squared Euclidean distance or by the cosine, from the sums of each cluster as in MLlib; a
    row that is alone in its cluster counts as 0.

    ## Not covered
    Weights.
    """

    code = "SR646"
    symbols = ("ClusteringEvaluator.evaluate",)
    origin = "pyspark.ml.evaluation.ClusteringEvaluator"
    metrics = frozenset({"silhouette"})
    cases = (
        Case(
            "both distances",
            "from pyspark.ml.evaluation import ClusteringEvaluator\n"
            "df = df.where(\"k IN ('a', 'b', 'c') AND flag IS NOT NULL OR id = 10\")\n"
            'rows = VectorAssembler(inputCols=["id", "i"], outputCol="features", handleInvalid="skip").transform(df)\n'
            'rows = StringIndexer(inputCol="k", outputCol="prediction").fit(rows).transform(rows)\n'
            "near = ClusteringEvaluator().evaluate(rows)\n"
            'along = ClusteringEvaluator(distanceMeasure="cosine").evaluate(rows)\n'
            'print(f"{near:.9f} {along:.9f}")',
            "near = ClusteringEvaluator().evaluate(rows)",
        ),
        Case(
            "weights of rows",
            "from pyspark.ml.evaluation import ClusteringEvaluator\n"
            'out = ClusteringEvaluator(weightCol="x").evaluate(df)',
            None,
        ),
    )
