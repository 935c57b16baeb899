"""``VectorSizeHint``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class VectorSizeHint(MlStage):
    """
    ## Matches
    ``VectorSizeHint(inputCol=..., size=..., handleInvalid=...).transform(df)``.

    ## Semantics
    A vector of another size, or NULL, is an error, or its row goes (``skip``), or stays (``optimistic``).

    ## Not covered
    The metadata that Spark adds to the column: nothing on Ray reads it.
    """

    code = "SR603"
    symbols = ("VectorSizeHint.transform",)
    origin = "pyspark.ml.feature.VectorSizeHint"
    cases = (
        Case(
            "the right size",
            "from pyspark.ml.feature import VectorSizeHint\n"
            'assembler = VectorAssembler(inputCols=["id", "i", "flag"], outputCol="vector", handleInvalid="skip")\n'
            "vectors = assembler.transform(df)\n"
            'hint = VectorSizeHint(inputCol="vector", size=3, handleInvalid="skip")\n'
            'out = hint.transform(vectors).select("id", "vector")',
            'hint = VectorSizeHint(inputCol="vector", size=3, handleInvalid="skip")\n'
            'out = hint.transform(vectors).select_columns(["id", "vector"])',
        ),
        Case(
            "a copy",
            "from pyspark.ml.feature import VectorSizeHint\n"
            'hint = VectorSizeHint(inputCol="vector", size=3).copy()\n'
            "out = hint.transform(df)",
            None,
        ),
    )
