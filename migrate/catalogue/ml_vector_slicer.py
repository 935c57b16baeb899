"""``VectorSlicer``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class VectorSlicer(MlStage):
    """
    ## Matches
    ``VectorSlicer(inputCol=..., outputCol=..., indices=[...]).transform(df)``.

    ## Semantics
    The entries at the indices, in that order; a sparse vector stays sparse.

    ## Not covered
    Features by ``names``, which Spark finds in the metadata of the column.
    """

    code = "SR628"
    symbols = ("VectorSlicer.transform",)
    origin = "pyspark.ml.feature.VectorSlicer"
    cases = (
        Case(
            "vectors",
            "from pyspark.ml.feature import VectorSlicer\n"
            'assembler = VectorAssembler(inputCols=["id", "i", "flag"], outputCol="vector", handleInvalid="skip")\n'
            "vectors = assembler.transform(df)\n"
            'slicer = VectorSlicer(inputCol="vector", outputCol="out", indices=[2, 0])\n'
            'out = slicer.transform(vectors).select("id", "out")',
            'slicer = VectorSlicer(inputCol="vector", outputCol="out", indices=[2, 0])\n'
            'out = slicer.transform(vectors).select_columns(["id", "out"])',
        ),
        Case(
            "features by name",
            "from pyspark.ml.feature import VectorSlicer\n"
            'slicer = VectorSlicer(inputCol="vector", outputCol="out", names=["a"])\n'
            "out = slicer.transform(df)",
            None,
        ),
    )
