"""``save`` and ``load`` of the linear models of ``pyspark.mllib``."""

from __future__ import annotations

import ast

from migrate.catalogue.ml_saved_models import MlSavedModels
from migrate.catalogue.mllib_linear_models import MODELS
from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried
from migrate.translate.locate import root_name
from migrate.translate.names import members_used
from migrate.translate.stand_ins import Offer, check_uses, class_name, offer_of

_LOADED = {
    f"{origin.rpartition('.')[0]}.{model}": (origin, model)
    for origin, model in MODELS.items()
    if not origin.endswith("LBFGS")
}
_SAVED = (
    "from pyspark.mllib.classification import LogisticRegressionModel, LogisticRegressionWithLBFGS\n"
    "from pyspark.mllib.classification import SVMModel, SVMWithSGD\n"
    "from pyspark.mllib.regression import LabeledPoint, LinearRegressionModel, LinearRegressionWithSGD\n\n"
    "sc = spark.sparkContext\n"
    "rows = [(0, -1.0, 0.5), (1, 2.0, 0.1), (1, 1.5, -2.0), (0, -0.5, 1.0)]\n"
    "points = sc.parallelize(rows, 2).map(lambda row: LabeledPoint(row[0], row[1:]))\n"
)


class MllibSavedModels(Mapping):
    """
    ## Matches
    ``model.save(sc, path)`` of a model that ``LinearRegressionWithSGD``, ``LogisticRegressionWithSGD``,
    ``LogisticRegressionWithLBFGS`` or ``SVMWithSGD`` trained, and ``LinearRegressionModel.load(sc, path)``,
    ``LogisticRegressionModel.load`` and ``SVMModel.load``.

    ## Semantics
    MLlib's own files, which Spark loads as its own: a line of JSON with the kind of the model, and a Parquet file with
    weights, intercept and, of a classifier, MLlib's usual threshold, whatever the model has been set to. Something that
    is there already is never written over.

    ## Not covered
    What a job asks of a loaded model beyond ``weights``, ``intercept``, thresholds and ``predict``. Hadoop's hidden
    files of checksums are not written.
    """

    code = "SR648"
    symbols = (
        *(f"{class_name(origin)}Model.save" for origin in MODELS),
        *(f"{class_name(loaded)}{method}" for loaded in _LOADED for method in (".load", ".predict")),
    )
    kind = Kind.WRITE
    cost = Cost.NATIVE
    cases = (
        Case(
            "saved and loaded",
            f"{_SAVED}"
            "model = LinearRegressionWithSGD.train(points, 5)\n"
            "model.save(sc, 'line')\n"
            "same = LinearRegressionModel.load(sc, 'line')\n"
            "print(sorted(os.listdir('line')), same.weights.toArray().round(9), round(same.intercept, 9))\n"
            "machine = SVMWithSGD.train(points, 5)\n"
            "machine.clearThreshold()\n"
            "machine.save(sc, 'machine')\n"
            "again = SVMModel.load(sc, 'machine')\n"
            "print(points.map(lambda point: again.predict(point.features)).collect())\n"
            "several = LogisticRegressionWithLBFGS.train(points, numClasses=3, regParam=0.1)\n"
            "several.save(sc, 'several')\n"
            "classes = LogisticRegressionModel.load(sc, 'several')\n"
            "print(points.map(lambda point: classes.predict(point.features)).collect())\n"
            "for path in ('line', 'several', 'machine'):\n"
            "    print(open(os.path.join(path, 'metadata', 'part-00000')).read())",
            "same = load_linear_model('LinearRegressionModel', 'line')",
        ),
        Case(
            "what a loaded model does not have",
            "from pyspark.mllib.regression import LinearRegressionModel\n\n"
            "model = LinearRegressionModel.load(spark.sparkContext, 'line')\nprint(model.toDebugString())",
            None,
        ),
    )

    def emit(self, call: Call) -> Emission:
        made, _, method = call.stage.symbol.rpartition(".")
        if method == "predict":
            loads = [stage for stage in call.job.stages if stage.id in call.stage.inputs and stage.kind is Kind.READ]
            if not loads or loads[0].symbol != f"{made}.load":
                raise NotCarried("the model was neither trained nor loaded in this job")
            return Emission(helpers=self.emit(call.neighbour(loads[0].id)).helpers)
        function, path = call.node().func, call.argument("path", 1)
        if isinstance(function, ast.Attribute) and (call.resolve(function.value) or "").startswith("pyspark.ml."):
            return MlSavedModels().emit(call)
        if len(call.stage.args) != 2 or path is None or not isinstance(function, ast.Attribute):
            raise NotCarried("the arguments are not a context and a path")
        receiver = function.value
        context = call.argument("sc", 0)
        root = root_name(context) if context is not None else None
        if method == "save":
            text = f"save_linear_model({call.text(receiver)}, {call.text(path)})"
            offers: frozenset[str] = frozenset()
        else:
            origin = next((origin for origin in _LOADED if origin == call.resolve(receiver)), None)
            if origin is None:
                raise NotCarried(f"only the {made} of pyspark.mllib is mapped")
            trained, model = _LOADED[origin]
            members = offer_of(trained, frozenset(members_used(call.module.tree)), model).members | {"save"}
            loaded = {call.stage.result} if call.stage.result else set()
            check_uses(call.module, origin, Offer(frozenset(), members), loaded)
            text, offers = f"load_linear_model({made!r}, {call.text(path)})", members
        return Emission(
            text,
            helpers=("mllib_saved_models",),
            span=call.span(call.node()),
            forgets=(root,) if root is not None else (),
            offers=offers,
        )
