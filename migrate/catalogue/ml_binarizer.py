"""``Binarizer``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class Binarizer(MlStage):
    """
    ## Matches
    ``Binarizer(inputCol=..., outputCol=..., threshold=...).transform(df)``, of one column or several.

    ## Semantics
    1.0 for what is greater than the threshold, 0.0 for the threshold itself, what is below it and NaN; NULL stays NULL.
    A vector that comes out is sparse where that is shorter.

    ## Not covered
    Params given at ``transform``.
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
            "several columns, one of vectors",
            "from pyspark.ml.feature import Binarizer\n"
            'assembler = VectorAssembler(inputCols=["id", "flag", "id"], outputCol="vector", handleInvalid="skip")\n'
            'binarizer = Binarizer(inputCols=["x", "vector"], outputCols=["a", "b"], thresholds=[0.5, 3.0])\n'
            'out = binarizer.transform(assembler.transform(df)).select("id", "a", "b")',
            'out = binarizer.transform(assembler.transform(df)).select_columns(["id", "a", "b"])',
        ),
        Case(
            "a threshold given at transform",
            "from pyspark.ml.feature import Binarizer\n"
            'binarizer = Binarizer(inputCol="x", outputCol="high")\n'
            "out = binarizer.transform(df, {binarizer.threshold: 0.5})",
            None,
        ),
    )
