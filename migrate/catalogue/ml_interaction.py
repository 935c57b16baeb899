"""``Interaction``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class Interaction(MlStage):
    """
    ## Matches
    ``Interaction(inputCols=[...], outputCol=...).transform(df)`` over numbers and vectors.

    ## Semantics
    All products of one entry of each column, multiplied from the right; sparse where that is shorter.

    ## Not covered
    A job in which a stage makes categories (a ``StringIndexer``, a ``Bucketizer``, ...): Spark expands such a column by
    its metadata.
    """

    code = "SR629"
    symbols = ("Interaction.transform",)
    origin = "pyspark.ml.feature.Interaction"
    cases = (
        Case(
            "a number and two vectors",
            "from pyspark.ml.feature import Interaction\n"
            'first = VectorAssembler(inputCols=["id", "i"], outputCol="a", handleInvalid="skip").transform(df)\n'
            'second = VectorAssembler(inputCols=["flag", "id"], outputCol="b", handleInvalid="skip").transform(first)\n'
            'interaction = Interaction(inputCols=["id", "a", "b"], outputCol="out")\n'
            'out = interaction.transform(second).select("id", "out")',
            'out = interaction.transform(second).select_columns(["id", "out"])',
        ),
        Case(
            "categories",
            "from pyspark.ml.feature import Interaction\n"
            'indexed = StringIndexer(inputCol="k", outputCol="index", handleInvalid="skip").fit(df).transform(df)\n'
            'out = Interaction(inputCols=["id", "index"], outputCol="out").transform(indexed)',
            None,
        ),
    )
