"""XGBoost's estimators for Spark."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Difference, NotCarried
from migrate.translate.ml_stages import MlStage
from migrate.translate.stand_ins import made_of

_PARITY = "tests/training/test_xgboost.py: real xgboost.spark against Ray Train, prediction for prediction"
_TREES = Difference(
    "trees",
    "with several workers, or a feature of more than some 2,000 different numbers, where XGBoost cuts depends on which "
    "rows a worker has and in which order; one worker that reads rows in Spark's order grows Spark's trees to the bit",
)


def _refuse_draws(origin: str, call: Call) -> None:
    """NotCarried where an estimator grows each tree from rows that it draws."""
    for made in made_of(call.module, origin):
        if any(keyword.arg == "subsample" for keyword in made.keywords):
            raise NotCarried("subsample draws rows by their place, so other rows would grow the trees")


class SparkXgbClassifier(MlStage):
    """
    ## Matches
    ``SparkXGBClassifier(features_col=..., label_col=..., num_workers=n, max_depth=...).fit(df)`` and
    ``model.transform(df)``, with features in one column of vectors or in several of numbers.

    ## Semantics
    Ray's ``XGBoostTrainer`` with as many workers and the same parameters. Every row goes to one worker; the objective
    follows from the number of labels. ``rawPrediction``, ``prediction`` and ``probability`` come as from Spark.

    ## Not covered
    Weights, validation rows, early stopping, a model to start from, ``subsample`` (it draws rows by their place),
    GPUs, other columns of arrays, a saved model.
    """

    code = "SR711"
    symbols = ("SparkXGBClassifier.fit", "SparkXGBClassifierModel.transform")
    kind = Kind.TRAIN
    cost = Cost.PYTHON
    ray = ">=2.60,<3"
    origin = "xgboost.spark.SparkXGBClassifier"
    differences = (_TREES,)
    cases = (
        Case(
            "two classes",
            "from xgboost.spark import SparkXGBClassifier\n"
            'model = SparkXGBClassifier(features_col=["x"], label_col="id", max_depth=3).fit(df)\n'
            "out = model.transform(df)",
            "out = model.transform(df)",
            elsewhere=_PARITY,
        ),
        Case(
            "weights of rows",
            'from xgboost.spark import SparkXGBClassifier\nmodel = SparkXGBClassifier(weight_col="x").fit(df)',
            None,
        ),
    )

    def check(self, call: Call) -> None:
        _refuse_draws(self.origin, call)


class SparkXgbRegressor(MlStage):
    """
    ## Matches
    ``SparkXGBRegressor(features_col=..., label_col=..., num_workers=n, max_depth=...).fit(df)`` and
    ``model.transform(df)``, with features in one column of vectors or in several of numbers.

    ## Semantics
    Ray's ``XGBoostTrainer`` with as many workers and the same parameters. Every row goes to one worker.

    ## Not covered
    What is not covered for a classifier.
    """

    code = "SR711"
    symbols = ("SparkXGBRegressor.fit", "SparkXGBRegressorModel.transform")
    kind = Kind.TRAIN
    cost = Cost.PYTHON
    ray = ">=2.60,<3"
    origin = "xgboost.spark.SparkXGBRegressor"
    differences = (_TREES,)
    cases = (
        Case(
            "a number",
            "from xgboost.spark import SparkXGBRegressor\n"
            'model = SparkXGBRegressor(features_col=["x"], label_col="id", n_estimators=5).fit(df)\n'
            "out = model.transform(df)",
            "out = model.transform(df)",
            elsewhere=_PARITY,
        ),
        Case(
            "rows that are drawn",
            "from xgboost.spark import SparkXGBRegressor\nmodel = SparkXGBRegressor(subsample=0.5).fit(df)",
            None,
        ),
    )

    def check(self, call: Call) -> None:
        _refuse_draws(self.origin, call)
