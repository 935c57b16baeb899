"""``IndexToString``."""

from __future__ import annotations

from migrate.mapping import Call, Case, Emission, NotCarried
from migrate.translate.ml_stages import MlStage
from migrate.translate.stand_ins import made_of


class IndexToString(MlStage):
    """
    ## Matches
    ``IndexToString(inputCol=..., outputCol=..., labels=...).transform(df)``.

    ## Semantics
    The label at each index. NULL stays NULL, an index without a label fails.

    ## Not covered
    Labels that ``StringIndexer`` left in the metadata of the column.
    """

    code = "SR615"
    symbols = ("IndexToString.transform",)
    origin = "pyspark.ml.feature.IndexToString"
    cases = (
        Case(
            "given labels",
            "from pyspark.ml.feature import IndexToString\n"
            'back = IndexToString(inputCol="i", outputCol="label", labels=["zero", "one"])\n'
            'out = back.transform(df.where("id IN (1, 2, 6)").select("id", "i"))',
            'back = IndexToString(inputCol="i", outputCol="label", labels=["zero", "one"])',
        ),
        Case(
            "labels of the column",
            "from pyspark.ml.feature import IndexToString\n"
            'out = IndexToString(inputCol="i", outputCol="label").transform(df)',
            None,
        ),
        Case(
            "parameters given at transform",
            "from pyspark.ml.feature import IndexToString\n"
            'back = IndexToString(inputCol="i", outputCol="label")\n'
            'out = back.transform(df, {back.labels: ["zero"]})',
            None,
        ),
    )

    def emit(self, call: Call) -> Emission:
        for made in made_of(call.module, self.origin):
            if "labels" not in {keyword.arg for keyword in made.keywords}:
                raise NotCarried("labels that StringIndexer left with the column do not reach every block on Ray")
        return super().emit(call)
