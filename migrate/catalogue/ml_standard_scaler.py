"""``StandardScaler``."""

from __future__ import annotations

from migrate.mapping import Case, Difference
from migrate.translate.ml_stages import MlStage


class StandardScaler(MlStage):
    """
    ## Matches
    ``StandardScaler(inputCol=..., outputCol=..., withMean=..., withStd=...).fit(df).transform(df)``.

    ## Semantics
    The sample deviation (n - 1); a constant feature becomes 0; without ``withMean`` a sparse vector stays sparse and
    keeps the entries that it stores.

    ## Not covered
    What a job asks of the fitted model beyond ``transform``.
    """

    code = "SR604"
    symbols = ("StandardScaler.fit", "StandardScalerModel.transform")
    origin = "pyspark.ml.feature.StandardScaler"
    differences = (Difference("last digits", "moments are added up in another order: about 1e-15 of a scaled value"),)
    cases = (
        Case(
            "deviations",
            'assembler = VectorAssembler(inputCols=["id", "flag"], outputCol="measures", handleInvalid="skip")\n'
            "vectors = assembler.transform(df)\n"
            'scaler = StandardScaler(inputCol="measures", outputCol="scaled")\n'
            "model = scaler.fit(vectors)\n"
            'out = model.transform(vectors).select("id", "scaled")',
            'model = scaler.fit(vectors)\nout = model.transform(vectors).select_columns(["id", "scaled"])',
            tolerance=(("scaled", 1e-14),),
        ),
        Case(
            "the means of a model",
            'model = StandardScaler(inputCol="measures", outputCol="scaled").fit(df)\nprint(model.mean)\n'
            "out = model.transform(df)",
            None,
        ),
    )
