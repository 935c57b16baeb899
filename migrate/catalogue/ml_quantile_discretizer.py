"""``QuantileDiscretizer``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class QuantileDiscretizer(MlStage):
    """
    ## Matches
    ``QuantileDiscretizer(numBuckets=..., inputCol=..., outputCol=..., handleInvalid=...).fit(df).transform(df)``, of
    one column or several.

    ## Semantics
    Fits a ``Bucketizer`` between quantiles, which are Spark's: the same summary (Greenwald and Khanna), exact below 500
    rows; equal borders are taken together.

    ## Not covered
    Beyond 500 rows the quantiles depend on the partitions, on both engines, within ``relativeError``.
    """

    code = "SR612"
    symbols = ("QuantileDiscretizer.fit", "QuantileDiscretizerModel.transform")
    origin = "pyspark.ml.feature.QuantileDiscretizer"
    cases = (
        Case(
            "three buckets",
            "from pyspark.ml.feature import QuantileDiscretizer\n"
            'discretizer = QuantileDiscretizer(numBuckets=3, inputCol="x", outputCol="bucket", handleInvalid="keep")\n'
            "model = discretizer.fit(df)\n"
            'out = model.transform(df).select("id", "x", "bucket")',
            'out = model.transform(df).select_columns(["id", "x", "bucket"])',
        ),
        Case(
            "a copy",
            "from pyspark.ml.feature import QuantileDiscretizer\n"
            'discretizer = QuantileDiscretizer(numBuckets=3, inputCol="x", outputCol="bucket").copy()\n'
            "out = discretizer.fit(df).transform(df)",
            None,
        ),
    )
