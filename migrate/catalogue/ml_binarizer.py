"""``Binarizer``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class Binarizer(MlStage):
    """
    ## Matches
    ``Binarizer(inputCol=..., outputCol=..., threshold=...).transform(df)``.

    ## Semantics
    1.0 for what is greater than the threshold, 0.0 for the threshold itself, what is below it and NaN; NULL stays NULL.

    ## Not covered
    Several columns at once, and vectors.
    """

    code = "SR610"
    symbols = ("Binarizer.transform",)
    origin = "pyspark.ml.feature.Binarizer"
    cases = (
        Case(
            "a threshold",
            "from pyspark.ml.feature import Binarizer\n"
            'binarizer = Binarizer(inputCol="x", outputCol="high", threshold=0.5)\n'
            'out = binarizer.transform(df).select("id", "x", "high")',
            'binarizer = Binarizer(inputCol="x", outputCol="high", threshold=0.5)\n'
            'out = binarizer.transform(df).select_columns(["id", "x", "high"])',
        ),
        Case(
            "several columns",
            "from pyspark.ml.feature import Binarizer\n"
            'binarizer = Binarizer(inputCols=["x"], outputCols=["high"])\n'
            "out = binarizer.transform(df)",
            None,
        ),
    )
