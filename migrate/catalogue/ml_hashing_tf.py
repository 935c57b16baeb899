"""``HashingTF``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class HashingTF(MlStage):
    """
    ## Matches
    ``HashingTF(inputCol=..., outputCol=..., numFeatures=...).transform(df)``.

    ## Semantics
    The Murmur3 of Spark 3 (32 bits, seed 42, over UTF-8) modulo the number of features; a sparse vector of the counts,
    of ones with ``binary``. A NULL list fails.

    ## Not covered
    ``HashingTF`` of the RDD API, which takes Python's own hash.
    """

    code = "SR620"
    symbols = ("HashingTF.transform",)
    origin = "pyspark.ml.feature.HashingTF"
    cases = (
        Case(
            "counts",
            "from pyspark.ml.feature import HashingTF, Tokenizer\n"
            'words = Tokenizer(inputCol="s", outputCol="words").transform(df.where("s IS NOT NULL"))\n'
            'hashing = HashingTF(inputCol="words", outputCol="tf", numFeatures=7)\n'
            'out = hashing.transform(words).select("id", "words", "tf")',
            'hashing = HashingTF(inputCol="words", outputCol="tf", numFeatures=7)',
        ),
        Case(
            "binary, with NULL among the words",
            "from pyspark.ml.feature import HashingTF\n"
            'hashing = HashingTF(inputCol="tags", outputCol="tf", binary=True)\n'
            'out = hashing.transform(df.where("tags IS NOT NULL")).select("id", "tags", "tf")',
            'hashing = HashingTF(inputCol="tags", outputCol="tf", binary=True)',
        ),
        Case(
            "parameters given at transform",
            "from pyspark.ml.feature import HashingTF\n"
            'hashing = HashingTF(inputCol="tags", outputCol="tf")\n'
            "out = hashing.transform(df, {hashing.numFeatures: 4})",
            None,
        ),
    )
