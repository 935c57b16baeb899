"""``OneHotEncoder``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class OneHotEncoder(MlStage):
    """
    ## Matches
    ``OneHotEncoder(inputCols=[...], outputCols=[...]).fit(df)`` and ``model.transform(df)``.

    ## Semantics
    As many categories as ``StringIndexer`` left labels, else the greatest index plus one. The last category is all
    zeros unless ``dropLast=False``; with ``handleInvalid="keep"`` unseen ones are a category of their own. NULL stays
    NULL in ``transform`` and fails in ``fit``.

    ## Not covered
    A model loaded from storage.
    """

    code = "SR614"
    symbols = ("OneHotEncoder.fit", "OneHotEncoderModel.transform")
    origin = "pyspark.ml.feature.OneHotEncoder"
    cases = (
        Case(
            "the greatest index, unseen ones kept",
            "from pyspark.ml.feature import OneHotEncoder\n"
            'encoder = OneHotEncoder(inputCols=["i"], outputCols=["hot"], handleInvalid="keep")\n'
            'model = encoder.fit(df.where("id IN (1, 6, 9)"))\n'
            'out = model.transform(df.where("id IN (1, 2, 6, 7, 9)")).select("id", "i", "hot")',
            'encoder = OneHotEncoder(inputCols=["i"], outputCols=["hot"], handleInvalid="keep")',
        ),
        Case(
            "as many as StringIndexer found",
            "from pyspark.ml.feature import OneHotEncoder\n"
            'indexer = StringIndexer(inputCol="k", outputCol="index", handleInvalid="keep")\n'
            'encoder = OneHotEncoder(inputCol="index", outputCol="hot", dropLast=False)\n'
            'df = indexer.fit(df.where("id < 8")).transform(df)\n'
            'model = encoder.fit(df.where("id < 3"))\n'
            'out = model.transform(df).select("id", "index", "hot")',
            'encoder = OneHotEncoder(inputCol="index", outputCol="hot", dropLast=False)',
        ),
        Case(
            "parameters given at fit",
            "from pyspark.ml.feature import OneHotEncoder\n"
            'encoder = OneHotEncoder(inputCols=["i"], outputCols=["hot"])\n'
            "model = encoder.fit(df, {encoder.dropLast: False})",
            None,
        ),
    )
