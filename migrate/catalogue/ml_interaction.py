"""``Interaction``."""

from __future__ import annotations

import ast

from migrate.mapping import Call, Case, Difference, NotCarried
from migrate.translate.ml_stages import MlStage
from migrate.translate.stand_ins import class_name

_MAKE_CATEGORIES = frozenset(
    {"Bucketizer", "OneHotEncoder", "QuantileDiscretizer", "RFormula", "StringIndexer", "VectorIndexer"}
)


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
    differences = (Difference("the sign of a zero", "a product with 0 may be 0.0 here where it is -0.0 on Spark"),)
    cases = (
        Case(
            "a number and two vectors",
            "from pyspark.ml.feature import Interaction\n"
            'first = VectorAssembler(inputCols=["id", "i"], outputCol="a", handleInvalid="skip").transform(df)\n'
            'second = VectorAssembler(inputCols=["flag", "id"], outputCol="b", handleInvalid="skip").transform(first)\n'
            'interaction = Interaction(inputCols=["id", "a", "b"], outputCol="out")\n'
            'out = interaction.transform(second).select("id", "out")',
            'out = interaction.transform(second).select_columns(["id", "out"])',
            differs="the sign of a zero",
        ),
        Case(
            "categories",
            "from pyspark.ml.feature import Interaction\n"
            'indexed = StringIndexer(inputCol="k", outputCol="index", handleInvalid="skip").fit(df).transform(df)\n'
            'out = Interaction(inputCols=["id", "index"], outputCol="out").transform(indexed)',
            None,
        ),
    )

    def check(self, call: Call) -> None:
        for node in ast.walk(call.module.tree):
            origin = call.resolve(node) if isinstance(node, ast.Name | ast.Attribute) else None
            if origin is not None and origin.startswith("pyspark.ml.") and class_name(origin) in _MAKE_CATEGORIES:
                raise NotCarried(f"{class_name(origin)} makes categories, which Interaction expands by their metadata")
