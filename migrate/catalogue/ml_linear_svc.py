"""``LinearSVC``."""

from __future__ import annotations

from migrate.mapping import Case, Difference
from migrate.translate.ml_stages import MlStage


class LinearSVC(MlStage):
    """
    ## Matches
    ``LinearSVC(...).fit(df)`` and ``model.transform(df)``.

    ## Semantics
    MLlib's objective (the hinge loss over scaled features, an L2 penalty that spares the intercept) and its optimizer
    step for step, so that the model is Spark's after ``maxIter`` steps too, where it is no optimum yet.

    ## Not covered
    Weights, and the summary. Sparse vectors are unpacked: many thousands of features do not fit.
    """

    code = "SR641"
    symbols = ("LinearSVC.fit", "LinearSVCModel.transform")
    origin = "pyspark.ml.classification.LinearSVC"
    differences = (Difference("last digits", "sums of rows are added up in another order: 1e-14 of a coefficient"),)
    cases = (
        Case(
            "two classes",
            "from pyspark.ml.classification import LinearSVC\n"
            "df = df.where(\"k IN ('a', 'b')\")\n"
            'rows = VectorAssembler(inputCols=["id"], outputCol="features").transform(df)\n'
            'indexed = StringIndexer(inputCol="k", outputCol="label").fit(rows).transform(rows)\n'
            "model = LinearSVC(maxIter=5, regParam=0.1).fit(indexed)\n"
            'out = model.transform(rows).select("id", "rawPrediction", "prediction")',
            'out = model.transform(rows).select_columns(["id", "rawPrediction", "prediction"])',
            tolerance=(("*", 1e-9),),
        ),
        Case(
            "weights of rows",
            'from pyspark.ml.classification import LinearSVC\nmodel = LinearSVC(weightCol="x").fit(df)',
            None,
        ),
    )
