"""``LogisticRegression``."""

from __future__ import annotations

from migrate.mapping import Call, Case, Difference, NotCarried
from migrate.translate.ml_stages import MlStage, is_summary
from migrate.translate.names import members_used
from migrate.translate.stand_ins import check_parts, offer_of

_SUMMARY = "LogisticRegressionSummary"


class LogisticRegression(MlStage):
    """
    ## Matches
    ``LogisticRegression(...).fit(df)`` and ``model.transform(df)``, with two classes or more.

    ## Semantics
    MLlib's objective (scaled features, an L2 penalty that spares the intercept) and its optimizer, L-BFGS, step for
    step. So the model is Spark's after ``maxIter`` steps too, where it is no
    optimum yet. There are as many classes as ``StringIndexer`` left labels, else as the labels say. Features and labels
    stay in Ray's object store; each step is a task for each block.

    ## Not covered
    An L1 penalty, weights, bounds, ``thresholds``, an initial model, labels all the same; of the summary what is a
    DataFrame (``roc``, ``predictions``). Sparse vectors are unpacked: many thousands of features do not fit in memory.
    """

    code = "SR641"
    symbols = ("LogisticRegression.fit", "LogisticRegressionModel.transform")
    origin = "pyspark.ml.classification.LogisticRegression"
    differences = (
        Difference("last digits", "sums of rows are added up in another order: 1e-12 of a coefficient in a usual fit"),
    )
    cases = (
        Case(
            "two classes",
            "df = df.where(\"k IN ('a', 'b')\")\n"
            'rows = VectorAssembler(inputCols=["id"], outputCol="features").transform(df)\n'
            'indexed = StringIndexer(inputCol="k", outputCol="label").fit(rows).transform(rows)\n'
            "model = LogisticRegression(maxIter=5, regParam=0.1).fit(indexed)\n"
            'out = model.transform(rows).select("id", "rawPrediction", "probability", "prediction")',
            'out = model.transform(rows).select_columns(["id", "rawPrediction", "probability", "prediction"])',
            tolerance=(("*", 1e-9),),
        ),
        Case(
            "an L1 penalty",
            "model = LogisticRegression(regParam=0.01, elasticNetParam=0.5).fit(df)",
            None,
        ),
        Case(
            "weights of rows",
            'model = LogisticRegression(weightCol="x").fit(df)',
            None,
        ),
    )

    def check(self, call: Call) -> None:
        summary = offer_of(self.origin, frozenset(members_used(call.module.tree)), _SUMMARY)
        if "elasticNetParam" in members_used(call.module.tree):
            raise NotCarried(
                "with an L1 penalty probabilities were seen 5e-5 apart from Spark's, too far for an answer"
            )
        check_parts(call.module, is_summary, summary.members)
