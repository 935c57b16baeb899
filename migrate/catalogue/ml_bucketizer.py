"""``Bucketizer``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class Bucketizer(MlStage):
    """
    ## Matches
    ``Bucketizer(splits=..., inputCol=..., outputCol=..., handleInvalid=...).transform(df)``, of one column or several.

    ## Semantics
    Buckets are closed on the left, the last one on both sides. A number outside is an error; NaN is one too, or its row
    goes (``skip``, which takes those of NULL along), or it gets a bucket of its own (``keep``). NULL stays NULL. -0.0
    is smaller than a border of 0.0, since Java's search says so.

    ## Not covered
    What is asked of a copy.
    """

    code = "SR611"
    symbols = ("Bucketizer.transform",)
    origin = "pyspark.ml.feature.Bucketizer"
    cases = (
        Case(
            "NaN in a bucket of its own",
            "from pyspark.ml.feature import Bucketizer\n"
            'splits = [-float("inf"), -2.5, 0.0, 1.5, float("inf")]\n'
            'bucketizer = Bucketizer(splits=splits, inputCol="x", outputCol="bucket", handleInvalid="keep")\n'
            'out = bucketizer.transform(df).select("id", "x", "bucket")',
            'out = bucketizer.transform(df).select_columns(["id", "x", "bucket"])',
        ),
        Case(
            "two columns",
            "from pyspark.ml.feature import Bucketizer\n"
            'splits = [[-3e9, 0.0, 7.0, 3e9], [-float("inf"), 0.0, float("inf")]]\n'
            'bucketizer = Bucketizer(splitsArray=splits, inputCols=["i", "x"], outputCols=["a", "b"])\n'
            'bucketizer.setHandleInvalid("skip")\n'
            'out = bucketizer.transform(df).select("id", "a", "b")',
            'out = bucketizer.transform(df).select_columns(["id", "a", "b"])',
        ),
        Case(
            "a copy",
            "from pyspark.ml.feature import Bucketizer\n"
            'bucketizer = Bucketizer(splits=[0.0, 1.0, 2.0], inputCol="x", outputCol="b").copy()\n'
            "out = bucketizer.transform(df)",
            None,
        ),
    )
