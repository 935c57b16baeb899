"""``AFTSurvivalRegression``."""

from __future__ import annotations

from migrate.mapping import Case, Difference
from migrate.translate.ml_stages import MlStage

_LIVES = (
    "from pyspark.ml.linalg import Vectors\n"
    "from pyspark.ml.regression import AFTSurvivalRegression\n"
    "rows = [(1.2, 1.0, 1.5, -0.6), (2.9, 0.0, 0.3, 2.1), (3.6, 0.0, 1.3, 0.2), (0.2, 1.0, 0.5, 1.1)]\n"
    "rows.append((4.1, 1.0, 0.7, -0.2))\n"
    "lives = [(life, ended, Vectors.dense(one, other)) for life, ended, one, other in rows]\n"
    'local = spark.createDataFrame(lives, ["label", "censor", "features"])\n'
)


class AftSurvivalRegression(MlStage):
    """
    ## Matches
    ``AFTSurvivalRegression(...).fit(df)`` and ``model.transform(df)``, with quantiles or without.

    ## Semantics
    MLlib's likelihood of Weibull lifetimes over scaled features, and its optimizer, L-BFGS, step for step.

    ## Not covered
    What a job asks of the fitted model beyond ``transform``, ``coefficients``, ``intercept`` and ``scale``.
    """

    code = "SR641"
    symbols = ("AFTSurvivalRegression.fit", "AFTSurvivalRegressionModel.transform")
    origin = "pyspark.ml.regression.AFTSurvivalRegression"
    differences = (
        Difference("last digits", "sums of rows are added up in another order: 1e-12 of a coefficient in a usual fit"),
    )
    cases = (
        Case(
            "lifetimes and their quantiles",
            f"{_LIVES}"
            'model = AFTSurvivalRegression(quantileProbabilities=[0.3, 0.6], quantilesCol="late").fit(local)\n'
            'out = model.transform(local).select("label", "prediction", "late")',
            'out = model.transform(local).select_columns(["label", "prediction", "late"])',
            tolerance=(("*", 1e-6),),
        ),
        Case(
            "few steps without an intercept",
            f"{_LIVES}"
            "model = AFTSurvivalRegression(maxIter=3, fitIntercept=False).fit(local)\n"
            'out = model.transform(local).select("label", "prediction")',
            'out = model.transform(local).select_columns(["label", "prediction"])',
            tolerance=(("*", 1e-9),),
        ),
        Case(
            "blocks",
            "from pyspark.ml.regression import AFTSurvivalRegression\n"
            "model = AFTSurvivalRegression(maxBlockSizeInMB=2.0).fit(df)",
            None,
        ),
    )
