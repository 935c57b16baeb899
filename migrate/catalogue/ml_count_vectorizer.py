"""``CountVectorizer``."""

from __future__ import annotations

from migrate.mapping import Case, Difference
from migrate.translate.ml_stages import MlStage


class CountVectorizer(MlStage):
    """
    ## Matches
    ``CountVectorizer(inputCol=..., outputCol=...).fit(df)`` and ``model.transform(df)``.

    ## Semantics
    The vocabulary by falling count over all lists; ``minDF``, ``maxDF`` and ``minTF`` as counts or, below 1, as
    fractions. A sparse vector of the counts, of ones with ``binary``. A NULL list fails.

    ## Not covered
    A vocabulary given beforehand (``from_vocabulary``), a model loaded from storage.
    """

    code = "SR622"
    symbols = ("CountVectorizer.fit", "CountVectorizerModel.transform")
    origin = "pyspark.ml.feature.CountVectorizer"
    differences = (
        Difference("ties", "words of equal count: Spark's order depends on its partitions, here it is the alphabet's"),
    )
    cases = (
        Case(
            "the most frequent words",
            "from pyspark.ml.feature import CountVectorizer, RegexTokenizer\n"
            'letters = RegexTokenizer(inputCol="s", outputCol="letters", pattern="[an]", gaps=False)\n'
            'counter = CountVectorizer(inputCol="letters", outputCol="counts", vocabSize=2, minTF=0.1)\n'
            'lists = letters.transform(df.where("s IS NOT NULL"))\n'
            "model = counter.fit(lists)\n"
            'out = model.transform(lists).select("id", "letters", "counts")',
            "model = counter.fit(lists)",
        ),
        Case(
            "parameters given at fit",
            "from pyspark.ml.feature import CountVectorizer\n"
            'counter = CountVectorizer(inputCol="tags", outputCol="counts")\n'
            "model = counter.fit(df, {counter.vocabSize: 3})",
            None,
        ),
    )
