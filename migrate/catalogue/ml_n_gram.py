"""``NGram``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class NGram(MlStage):
    """
    ## Matches
    ``NGram(n=..., inputCol=..., outputCol=...).transform(df)``.

    ## Semantics
    Each run of n words joined by blanks, none where there are fewer words. A NULL word reads "null"; a NULL list fails.

    ## Not covered
    Parameters given at ``transform``.
    """

    code = "SR618"
    symbols = ("NGram.transform",)
    origin = "pyspark.ml.feature.NGram"
    cases = (
        Case(
            "pairs of words",
            "from pyspark.ml.feature import NGram\n"
            'pairs = NGram(n=2, inputCol="tags", outputCol="pairs")\n'
            'out = pairs.transform(df.where("tags IS NOT NULL")).select("id", "tags", "pairs")',
            'pairs = NGram(n=2, inputCol="tags", outputCol="pairs")',
        ),
        Case(
            "parameters given at transform",
            "from pyspark.ml.feature import NGram\n"
            'pairs = NGram(inputCol="tags", outputCol="pairs")\n'
            "out = pairs.transform(df, {pairs.n: 3})",
            None,
        ),
    )
