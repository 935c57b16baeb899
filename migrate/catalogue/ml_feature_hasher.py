"""``FeatureHasher``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class FeatureHasher(MlStage):
    """
    ## Matches
    ``FeatureHasher(inputCols=[...], outputCol=...).transform(df)``.

    ## Semantics
    Numbers add to the position that the hash of their column's name gives; texts, booleans and ``categoricalCols`` add
    1.0 at that of ``column=value``. NULL is skipped; zeros are stored.

    ## Not covered
    Decimals, and ``categoricalCols`` that hold doubles: the emitted job says so and ends, as Spark may write such a
    number with other digits than Python.
    """

    code = "SR621"
    symbols = ("FeatureHasher.transform",)
    origin = "pyspark.ml.feature.FeatureHasher"
    cases = (
        Case(
            "columns of several types",
            "from pyspark.ml.feature import FeatureHasher\n"
            'hasher = FeatureHasher(inputCols=["x", "big", "s", "flag"], outputCol="f", numFeatures=16)\n'
            'out = hasher.transform(df).select("id", "f")',
            'hasher = FeatureHasher(inputCols=["x", "big", "s", "flag"], outputCol="f", numFeatures=16)',
        ),
        Case(
            "numbers as categories",
            "from pyspark.ml.feature import FeatureHasher\n"
            'hasher = FeatureHasher(inputCols=["i", "y"], outputCol="f", categoricalCols=["i"])\n'
            'out = hasher.transform(df).select("id", "f")',
            'hasher = FeatureHasher(inputCols=["i", "y"], outputCol="f", categoricalCols=["i"])',
        ),
        Case(
            "parameters given at transform",
            "from pyspark.ml.feature import FeatureHasher\n"
            'hasher = FeatureHasher(inputCols=["x"], outputCol="f")\n'
            "out = hasher.transform(df, {hasher.numFeatures: 4})",
            None,
        ),
    )
