"""``IsotonicRegression`` of ``pyspark.mllib``, trained on RDDs, saved and loaded."""

from __future__ import annotations

import ast
from dataclasses import replace

from migrate.catalogue.ml_saved_models import MlSavedModels
from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Difference, Emission, Mapping, NotCarried
from migrate.translate.locate import root_name
from migrate.translate.names import members_used
from migrate.translate.stand_ins import check_uses, offer_of, stand_ins

_ORIGIN = "pyspark.mllib.regression.IsotonicRegression"
_ROWS = (
    "from pyspark.mllib.regression import IsotonicRegression, IsotonicRegressionModel\n\n"
    "sc = spark.sparkContext\n"
    "rows = [(1.0, 0.5, 1.0), (3.0, 1.0, 2.0), (2.0, 1.0, 1.0), (2.0, 3.0, 4.0), (9.0, 2.0, 0.0), (5.0, 4.0, 0.5)]\n"
)


class MllibIsotonicRegression(Mapping):
    """
    ## Matches
    ``IsotonicRegression.train(rdd, isotonic)`` of ``pyspark.mllib``, ``predict`` of its model,
    ``model.save(sc, path)`` and ``IsotonicRegressionModel.load(sc, path)``.

    ## Semantics
    Labels of equal features are averaged by weight, neighbours pooled until their means rise (or fall); a prediction
    lies on the line between the boundaries around it. Saved models are MLlib's files, and what is there already is
    never written over.

    ## Not covered
    Hadoop's hidden files of checksums are not written.
    """

    code = "SR649"
    symbols = (
        "IsotonicRegression.train",
        *(f"IsotonicRegressionModel.{method}" for method in ("load", "predict", "save")),
    )
    kind = Kind.FIT
    cost = Cost.NATIVE
    differences = (Difference("last digits", "sums of rows are added up in another order: 1e-15 of a prediction"),)
    cases = (
        Case(
            "saved and loaded",
            f"{_ROWS}"
            "model = IsotonicRegression.train(sc.parallelize(rows, 2))\n"
            "print(model.boundaries, model.predictions.round(12), round(model.predict(2.5), 12))\n"
            "model.save(sc, 'line')\n"
            "same = IsotonicRegressionModel.load(sc, 'line')\n"
            "print(round(same.predict(0.7), 12), round(same.predict(2.9), 12), same.boundaries)\n"
            "print(open(os.path.join('line', 'metadata', 'part-00000')).read())",
            "same = IsotonicRegressionModel.load('line')",
        ),
        Case(
            "falling",
            f"{_ROWS}"
            "falls = IsotonicRegression.train(sc.parallelize(rows, 3), isotonic=False)\n"
            "print(falls.isotonic, round(falls.predict(0.0), 12), round(falls.predict(2.5), 12), falls.predict(9.0))",
            "falls = IsotonicRegression.train(parallelize(rows, 3), isotonic=False)",
        ),
        Case(
            "a path by name",
            f"{_ROWS}model = IsotonicRegressionModel.load(sc, path='line')\nprint(model.boundaries)",
            None,
        ),
    )

    def emit(self, call: Call) -> Emission:
        method = call.stage.symbol.rpartition(".")[2]
        receiver = call.node().func
        assert isinstance(receiver, ast.Attribute)
        if method == "load" and (call.resolve(receiver.value) or "").startswith("pyspark.ml."):
            return MlSavedModels().emit(call)
        trained = {call.neighbour(stage).stage.symbol for stage in call.stage.inputs}
        if method in {"predict", "save"} and not trained & {"IsotonicRegression.train", "IsotonicRegressionModel.load"}:
            raise NotCarried("the model was neither trained nor loaded in this job by pyspark.mllib")
        offer = offer_of(_ORIGIN, frozenset(members_used(call.module.tree)))
        check_uses(call.module, _ORIGIN, offer, {call.stage.result} if call.stage.result else set())
        emission = Emission(helpers=(stand_ins()[_ORIGIN],), offers=offer.members)
        return emission if method in {"predict", "train"} else _without_context(call, emission)


def _without_context(call: Call, emission: Emission) -> Emission:
    """``model.save(sc, path)`` and ``load`` without Spark's context."""
    if len(call.node().args) != 2:
        raise NotCarried("the arguments are not a context and a path")
    context, path = call.node().args
    root = root_name(context)
    return replace(
        emission,
        text=f"{call.text(call.node().func)}({call.text(path)})",
        span=call.span(call.node()),
        forgets=(root,) if root is not None else (),
    )
