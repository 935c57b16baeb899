"""``Tokenizer``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class Tokenizer(MlStage):
    r"""
    ## Matches
    ``Tokenizer(inputCol=..., outputCol=...).transform(df)``.

    ## Semantics
    Lower case, split at each white space of ASCII as Java's ``split("\\s")`` does it: empty words at the front and
    inside stay, those at the end go, and a text without white space is one word even where it is empty. NULL fails.

    ## Not covered
    Columns given by position.
    """

    code = "SR616"
    symbols = ("Tokenizer.transform",)
    origin = "pyspark.ml.feature.Tokenizer"
    cases = (
        Case(
            "words of a text",
            "from pyspark.ml.feature import Tokenizer\n"
            'tokenizer = Tokenizer(inputCol="s", outputCol="words")\n'
            'out = tokenizer.transform(df.where("s IS NOT NULL")).select("id", "s", "words")',
            'tokenizer = Tokenizer(inputCol="s", outputCol="words")',
        ),
        Case(
            "parameters given at transform",
            "from pyspark.ml.feature import Tokenizer\n"
            'tokenizer = Tokenizer(inputCol="s")\n'
            'out = tokenizer.transform(df, {tokenizer.outputCol: "words"})',
            None,
        ),
    )
