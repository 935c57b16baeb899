"""``IndexToString``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class IndexToString(MlStage):
    """
    ## Matches
    ``IndexToString(inputCol=..., outputCol=...).transform(df)`` with or without ``labels``.

    ## Semantics
    The label at each index; the labels are those given, else those that ``StringIndexer`` left in the metadata of the
    column. NULL stays NULL, an index without a label fails.

    ## Not covered
    Metadata that another engine left, such as that of a column read from storage.
    """

    code = "SR615"
    symbols = ("IndexToString.transform",)
    origin = "pyspark.ml.feature.IndexToString"
    cases = (
        Case(
            "labels that travelled with the column",
            "from pyspark.ml.feature import IndexToString\n"
            'df = df.where("k IS NOT NULL")\n'
            'indexed = StringIndexer(inputCol="k", outputCol="index").fit(df).transform(df)\n'
            'back = IndexToString(inputCol="index", outputCol="label")\n'
            'out = back.transform(indexed.select("id", "index"))',
            'back = IndexToString(inputCol="index", outputCol="label")',
        ),
        Case(
            "given labels",
            "from pyspark.ml.feature import IndexToString\n"
            'back = IndexToString(inputCol="i", outputCol="label", labels=["zero", "one"])\n'
            'out = back.transform(df.where("id IN (1, 2, 6)").select("id", "i"))',
            'back = IndexToString(inputCol="i", outputCol="label", labels=["zero", "one"])',
        ),
        Case(
            "parameters given at transform",
            "from pyspark.ml.feature import IndexToString\n"
            'back = IndexToString(inputCol="i", outputCol="label")\n'
            'out = back.transform(df, {back.labels: ["zero"]})',
            None,
        ),
    )
