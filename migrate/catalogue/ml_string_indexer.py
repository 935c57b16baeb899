"""``StringIndexer``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class StringIndexer(MlStage):
    """
    ## Matches
    ``StringIndexer(inputCol=..., outputCol=...).fit(df)`` and ``model.transform(df)``, also for several columns.

    ## Semantics
    Labels by frequency with ties by alphabet, or by alphabet, in the order of UTF-16 units; a number is a label by its
    text. ``handleInvalid`` decides about unseen labels and NULL: an error, dropped rows, or an index of their own. The
    labels travel in the metadata of the new column, where ``IndexToString`` and ``OneHotEncoder`` find them.

    ## Not covered
    Labels with digits behind the point: the emitted job says so and ends, as Spark may write them with other digits. A
    model loaded from storage.
    """

    code = "SR613"
    symbols = ("StringIndexer.fit", "StringIndexerModel.transform")
    origin = "pyspark.ml.feature.StringIndexer"
    cases = (
        Case(
            "NULL and unseen labels kept",
            'indexer = StringIndexer(inputCol="k", outputCol="index", handleInvalid="keep")\n'
            'model = indexer.fit(df.where("id < 8"))\n'
            'out = model.transform(df).select("id", "k", "index")',
            'indexer = StringIndexer(inputCol="k", outputCol="index", handleInvalid="keep")',
        ),
        Case(
            "several columns, invalid rows dropped",
            'indexer = StringIndexer(inputCols=["k", "s"], outputCols=["a", "b"], handleInvalid="skip")\n'
            'model = indexer.setStringOrderType("alphabetDesc").fit(df.where("id < 9"))\n'
            'out = model.transform(df).select("id", "a", "b")',
            'out = model.transform(df).select_columns(["id", "a", "b"])',
        ),
        Case(
            "numbers, the rarest first",
            'indexer = StringIndexer(inputCol="i", outputCol="n", handleInvalid="keep")\n'
            'out = indexer.setStringOrderType("frequencyAsc").fit(df).transform(df).select("id", "i", "n")',
            'out = indexer.setStringOrderType("frequencyAsc").fit(df).transform(df).select_columns(["id", "i", "n"])',
        ),
        Case(
            "parameters given at fit",
            'indexer = StringIndexer(inputCol="k", outputCol="index")\n'
            'model = indexer.fit(df, {indexer.handleInvalid: "keep"})',
            None,
        ),
    )
