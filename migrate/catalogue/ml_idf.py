"""``IDF``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class IDF(MlStage):
    """
    ## Matches
    ``IDF(inputCol=..., outputCol=...).fit(df)`` and ``model.transform(df)``.

    ## Semantics
    ln((rows + 1) / (rows with the term + 1)), 0 for terms in fewer rows than ``minDocFreq``; a row has a term where its
    frequency is above 0. Sparse vectors stay sparse.

    ## Not covered
    A model loaded from storage.
    """

    code = "SR623"
    symbols = ("IDF.fit", "IDFModel.transform")
    origin = "pyspark.ml.feature.IDF"
    cases = (
        Case(
            "weights of terms",
            "from pyspark.ml.feature import IDF, HashingTF, Tokenizer\n"
            'words = Tokenizer(inputCol="s", outputCol="words").transform(df.where("s IS NOT NULL"))\n'
            'counts = HashingTF(inputCol="words", outputCol="tf", numFeatures=7).transform(words)\n'
            'model = IDF(inputCol="tf", outputCol="weighted", minDocFreq=2).fit(counts)\n'
            'out = model.transform(counts).select("id", "tf", "weighted")',
            'model = IDF(inputCol="tf", outputCol="weighted", minDocFreq=2).fit(counts)',
        ),
        Case(
            "parameters given at fit",
            "from pyspark.ml.feature import IDF\n"
            'idf = IDF(inputCol="tf", outputCol="weighted")\n'
            "model = idf.fit(df, {idf.minDocFreq: 2})",
            None,
        ),
    )
