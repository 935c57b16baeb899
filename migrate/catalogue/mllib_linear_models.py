"""The linear models of ``pyspark.mllib``, trained on RDDs of labeled points."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Difference, Emission, Mapping, NotCarried
from migrate.translate.helpers import helper_source
from migrate.translate.names import members_used
from migrate.translate.stand_ins import Offer, check_uses, class_name, offer_of, stand_ins

MODELS = {
    "pyspark.mllib.regression.LinearRegressionWithSGD": "LinearRegressionModel",
    "pyspark.mllib.classification.LogisticRegressionWithSGD": "LogisticRegressionModel",
    "pyspark.mllib.classification.LogisticRegressionWithLBFGS": "LogisticRegressionModel",
    "pyspark.mllib.classification.SVMWithSGD": "SVMModel",
}
_POINTS = (
    "from pyspark.mllib.regression import LabeledPoint\n\n"
    "rows = [(0, -1.0, 0.5), (1, 2.0, 0.1), (1, 1.5, -2.0), (0, -0.5, 1.0), (1, 0.2, 0.3), (0, 0.4, -0.6)]\n"
    "points = spark.sparkContext.parallelize(rows, 2).map(lambda row: LabeledPoint(row[0], row[1:]))\n"
)


class MllibLinearModels(Mapping):
    """
    ## Matches
    ``train(rdd, ...)`` of ``LinearRegressionWithSGD``, ``LogisticRegressionWithSGD``, ``SVMWithSGD`` and
    ``LogisticRegressionWithLBFGS``, and ``predict`` of their models.

    ## Semantics
    MLlib's own steps: gradient descent over all rows with steps that get shorter, or L-BFGS over scaled features. So
    the model is Spark's after few iterations too. Points stay in Ray's object store; each step is a task for each
    partition. ``BinaryClassificationMetrics``, ``MulticlassMetrics`` and ``RegressionMetrics`` come with it.

    ## Not covered
    ``miniBatchFraction``, which draws rows on the JVM; an intercept or weights to start from for L-BFGS.
    """

    code = "SR649"
    symbols = tuple(f"{class_name(origin)}{method}" for origin in MODELS for method in (".train", "Model.predict"))
    kind = Kind.FIT
    cost = Cost.NATIVE
    differences = (Difference("last digits", "gradients are added up in another order: about 1e-15 of a weight"),)
    cases = (
        Case(
            "gradient descent",
            f"{_POINTS}"
            "from pyspark.mllib.classification import LogisticRegressionWithSGD, SVMWithSGD\n"
            "from pyspark.mllib.evaluation import RegressionMetrics\n"
            "from pyspark.mllib.regression import LinearRegressionWithSGD\n\n"
            "model = LinearRegressionWithSGD.train(points, 50, 0.5, intercept=True)\n"
            "print(model.weights.toArray().round(9), round(model.intercept, 9))\n"
            "pairs = points.map(lambda point: (float(model.predict(point.features)), point.label))\n"
            "metrics = RegressionMetrics(pairs)\n"
            "print(round(metrics.r2, 9), round(metrics.explainedVariance, 9), round(metrics.meanAbsoluteError, 9))\n"
            "lasso = LinearRegressionWithSGD.train(points, regParam=0.3, regType='l1')\n"
            "print(lasso.weights.toArray().round(9))\n"
            "classes = LogisticRegressionWithSGD.train(points, iterations=20)\n"
            "print(classes.weights.toArray().round(9), classes.predict([1.0, 2.0]))\n"
            "machine = SVMWithSGD.train(points, 20)\n"
            "machine.clearThreshold()\n"
            "print(round(machine.predict([1.0, 2.0]), 9))",
            "machine = SVMWithSGD.train(points, 20)",
        ),
        Case(
            "L-BFGS",
            f"{_POINTS}"
            "from pyspark.mllib.classification import LogisticRegressionWithLBFGS\n"
            "from pyspark.mllib.evaluation import BinaryClassificationMetrics, MulticlassMetrics\n\n"
            "model = LogisticRegressionWithLBFGS.train(points, iterations=4, regParam=0.1)\n"
            "print(model.weights.toArray().round(7))\n"
            "model.clearThreshold()\n"
            "scores = points.map(lambda point: (round(model.predict(point.features), 6), point.label))\n"
            "metrics = BinaryClassificationMetrics(scores)\n"
            "print(round(metrics.areaUnderROC, 9), round(metrics.areaUnderPR, 9))\n"
            "three = points.map(lambda point: LabeledPoint(round(abs(point.features[1])), point.features))\n"
            "several = LogisticRegressionWithLBFGS.train(three, numClasses=3, regParam=0.1)\n"
            "found = MulticlassMetrics(three.map(lambda one: (float(several.predict(one.features)), one.label)))\n"
            "print(round(found.accuracy, 9), round(found.weightedFMeasure(beta=0.5), 9), found.recall(0.0))",
            "model = LogisticRegressionWithLBFGS.train(points, iterations=4, regParam=0.1)",
        ),
        Case(
            "a sample in each step",
            f"{_POINTS}"
            "from pyspark.mllib.classification import SVMWithSGD\n\n"
            "model = SVMWithSGD.train(points, miniBatchFraction=0.5)",
            None,
        ),
    )

    def emit(self, call: Call) -> Emission:
        origin = next(origin for origin in MODELS if call.stage.symbol.startswith(class_name(origin)))
        if call.stage.symbol.endswith(".predict"):
            return Emission(helpers=(stand_ins()[origin],))
        given = [argument.name for argument in call.stage.args if argument.name is not None]
        positional, keywords = _parameters(origin)
        unknown = [name for name in given if name not in positional | keywords]
        if unknown or len(call.stage.args) - len(given) > len(positional):
            raise NotCarried(f"train with {', '.join(unknown) or 'so many arguments'} is not mapped yet")
        model = "MultinomialModel" if "numClasses" in given else MODELS[origin]
        offer = offer_of(origin, frozenset(members_used(call.module.tree)), model)
        offer = Offer(offer.parameters, offer.members | {"save"})
        check_uses(call.module, origin, offer, {call.stage.result} if call.stage.result else set())
        return Emission(helpers=(stand_ins()[origin],), offers=offer.members)


def _parameters(origin: str) -> tuple[set[str], set[str]]:
    """What the emitted ``train`` takes by position or name, and by name only."""
    source, _ = helper_source([stand_ins()[origin]], (), {"train", class_name(origin)})
    classes = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    own = next(node for node in classes if node.name == class_name(origin))
    train = next(node for node in own.body if isinstance(node, ast.FunctionDef) and node.name == "train")
    return {one.arg for one in train.args.args}, {one.arg for one in train.args.kwonlyargs}
