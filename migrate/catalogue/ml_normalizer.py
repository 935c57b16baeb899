"""``Normalizer``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class Normalizer(MlStage):
    """
    ## Matches
    ``Normalizer(inputCol=..., outputCol=..., p=...).transform(df)``, with ``{normalizer.p: ...}`` as well.

    ## Semantics
    Each vector divided by its p-norm, added up in the order of the entries; a vector of zeros stays as it is.

    ## Not covered
    Columns given at ``transform``.
    """

    code = "SR608"
    symbols = ("Normalizer.transform",)
    origin = "pyspark.ml.feature.Normalizer"
    at_transform = frozenset({"p"})
    cases = (
        Case(
            "vectors",
            "from pyspark.ml.feature import Normalizer\n"
            'assembler = VectorAssembler(inputCols=["id", "i", "flag"], outputCol="vector", handleInvalid="skip")\n'
            "vectors = assembler.transform(df)\n"
            'normalizer = Normalizer(inputCol="vector", outputCol="out", p=1.0)\n'
            'out = normalizer.transform(vectors).select("id", "out")',
            'normalizer = Normalizer(inputCol="vector", outputCol="out", p=1.0)\n'
            'out = normalizer.transform(vectors).select_columns(["id", "out"])',
        ),
        Case(
            "a norm given at transform",
            "from pyspark.ml.feature import Normalizer\n"
            'assembler = VectorAssembler(inputCols=["id", "flag"], outputCol="vector", handleInvalid="skip")\n'
            'normalizer = Normalizer(inputCol="vector", outputCol="out", p=1.0)\n'
            'out = normalizer.transform(assembler.transform(df), {normalizer.p: float("inf")}).select("id", "out")',
            'normalizer = Normalizer(inputCol="vector", outputCol="out", p=1.0)\n'
            'out = normalizer.transform(assembler.transform(df), {normalizer.p: float("inf")}).select_columns('
            '["id", "out"])',
        ),
        Case(
            "a copy",
            "from pyspark.ml.feature import Normalizer\n"
            'normalizer = Normalizer(inputCol="vector", outputCol="out").copy()\n'
            "out = normalizer.transform(df)",
            None,
        ),
    )
