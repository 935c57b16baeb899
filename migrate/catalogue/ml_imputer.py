"""``Imputer``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class Imputer(MlStage):
    """
    ## Matches
    ``Imputer(inputCols=[...], outputCols=[...], strategy=..., missingValue=...).fit(df).transform(df)``.

    ## Semantics
    NULL and NaN, or NULL and ``missingValue``, become the mean, the median (Spark's lower, approximate one) or the mode
    (the smallest of several) of the other values. A column keeps its type: an integer one gets the whole part.

    ## Not covered
    ``surrogateDF``.
    """

    code = "SR609"
    symbols = ("Imputer.fit", "ImputerModel.transform")
    origin = "pyspark.ml.feature.Imputer"
    cases = (
        Case(
            "means",
            "from pyspark.ml.feature import Imputer\n"
            'df = df.where("id <> 4 AND id <> 5")\n'
            'imputer = Imputer(inputCols=["x", "i"], outputCols=["a", "b"])\n'
            'out = imputer.fit(df).transform(df).select("id", "a", "b")',
            'out = imputer.fit(df).transform(df).select_columns(["id", "a", "b"])',
            tolerance=(("a", 1e-14),),
        ),
        Case(
            "medians and modes",
            "from pyspark.ml.feature import Imputer\n"
            'medians = Imputer(inputCols=["x", "i"], outputCols=["a", "b"], strategy="median").fit(df)\n'
            'modes = Imputer(inputCol="x", outputCol="c", strategy="mode").fit(df)\n'
            'out = modes.transform(medians.transform(df)).select("id", "a", "b", "c")',
            'out = modes.transform(medians.transform(df)).select_columns(["id", "a", "b", "c"])',
            tolerance=(("a", 1e-14), ("c", 1e-14)),  # makes 0.0 and -0.0 one value, of which either may be the median
        ),
        Case(
            "the surrogates",
            "from pyspark.ml.feature import Imputer\n"
            'model = Imputer(inputCol="x", outputCol="a").fit(df)\n'
            "model.surrogateDF.show()\n"
            "out = model.transform(df)",
            None,
        ),
    )
