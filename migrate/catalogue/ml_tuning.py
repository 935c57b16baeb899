"""``CrossValidator`` and ``TrainValidationSplit``."""

from __future__ import annotations

import ast
from dataclasses import replace

from migrate.catalogue.frame_random_split import FrameRandomSplit
from migrate.ir import Cost, Kind, Stage
from migrate.mapping import Call, Case, Edit, Emission, Mapping, NotCarried
from migrate.translate.ml_pipelines import PIPELINES, check_estimator, made_as, stages_of
from migrate.translate.ml_stages import check_stage
from migrate.translate.names import members_used
from migrate.translate.settings import parallelism
from migrate.translate.stand_ins import check_parts, check_uses, grid_params, is_fitted_stage, offer_of, stand_ins

_TUNERS = ("pyspark.ml.tuning.CrossValidator", "pyspark.ml.tuning.TrainValidationSplit")
_GRID = "pyspark.ml.tuning.ParamGridBuilder"
_KEEPS_ROWS = {Kind.PROJECT, Kind.PREDICT, Kind.PERSIST}
_HEAD = (
    "from pyspark.ml.evaluation import RegressionEvaluator\n"
    "from pyspark.ml.linalg import Vectors\n"
    "from pyspark.ml.regression import LinearRegression\n"
    "from pyspark.ml.tuning import CrossValidator, ParamGridBuilder, TrainValidationSplit\n\n"
)
_ROWS = (
    "spark = SparkSession.builder.master('local[2]').getOrCreate()\n"
    "rows = [(Vectors.dense(n % 7, n * n % 5), 3.0 * (n % 7) - n * n % 4, n % 3) for n in range(40)]\n"
    'frame = spark.createDataFrame(rows, ["features", "label", "fold"])\n'
    "lr = LinearRegression(maxIter=5)\n"
    "grid = ParamGridBuilder().addGrid(lr.regParam, [0.1, 9.0]).addGrid(lr.fitIntercept, [True, False]).build()\n"
)


class MlTuning(Mapping):
    """
    ## Matches
    ``CrossValidator(...).fit(df)`` and ``TrainValidationSplit(...).fit(df)`` of an estimator, or a pipeline, and an
    evaluator that are mapped, over a grid of ``ParamGridBuilder``.

    ## Semantics
    The same folds, and so the same scores and the same best model: those of ``foldCol``, or the numbers that Spark
    draws by its own generator for a local frame, from the seed and the slice where ``createDataFrame`` puts a row, and
    for what ``randomSplit`` makes of one small file. Without a seed it is PySpark's own, a hash of the class's name:
    another one in each run unless PYTHONHASHSEED is set. ``parallelism`` fits run at the same time, their work on rows
    in Ray's tasks. A parameter of the grid, ``lr.regParam``, is written ``(lr, "regParam")``.

    ## Not covered
    Folds drawn for other frames, which depend on how Spark cuts what it reads and shuffles, and where the job does not
    state how many slices Spark makes (``local[4]``, ``spark.default.parallelism``): give ``foldCol``. Grids that are
    made otherwise, ``collectSubModels``, setters, saving.
    """

    code = "SR647"
    symbols = tuple(
        f"{name}{method}"
        for name in ("CrossValidator", "TrainValidationSplit")
        for method in (".fit", "Model.transform")
    )
    kind = Kind.TUNE
    cost = Cost.NATIVE
    cases = (
        Case(
            "drawn folds",
            f"{_HEAD}{_ROWS}"
            "e = RegressionEvaluator()\n"
            "cv = CrossValidator(estimator=lr, estimatorParamMaps=grid, evaluator=e, seed=7, parallelism=2)\n"
            "model = cv.fit(frame)\n"
            "print([round(score, 9) for score in [*model.avgMetrics, *model.stdMetrics]])\n"
            "print(model.bestModel.coefficients.toArray().round(9))\n"
            "split = TrainValidationSplit(\n"
            '    estimator=lr, estimatorParamMaps=grid, evaluator=RegressionEvaluator(metricName="r2"), seed=-3\n'
            ")\n"
            "best = split.fit(frame)\n"
            "print([round(score, 9) for score in best.validationMetrics])",
            "cv = CrossValidator(estimator=lr, estimatorParamMaps=grid, evaluator=e, seed=7, parallelism=2, slices=2)",
        ),
        Case(
            "given folds of a pipeline",
            f"{_HEAD}{_ROWS}"
            "pipeline = Pipeline(stages=[VectorAssembler(inputCols=['features', 'fold'], outputCol='all'), lr])\n"
            "mae = RegressionEvaluator(metricName='mae')\n"
            "columns = ParamGridBuilder().addGrid(lr.featuresCol, ['features', 'all']).build()\n"
            "cv = CrossValidator(estimator=pipeline, estimatorParamMaps=columns, evaluator=mae, foldCol='fold')\n"
            "model = cv.fit(frame.where('label > 0'))\n"
            "print([round(score, 9) for score in model.avgMetrics], len(model.bestModel.stages))\n"
            "for row in model.transform(frame).select('prediction').take(5):\n"
            "    print(round(row.prediction, 9))",
            """columns = ParamGridBuilder().addGrid((lr, "featuresCol"), ['features', 'all']).build()""",
        ),
        Case(
            "folds of what is read",
            f"{_HEAD}lr = LinearRegression(labelCol='x')\n"
            "grid = ParamGridBuilder().addGrid(lr.regParam, [0.1, 0.2]).build()\n"
            "rows = VectorAssembler(inputCols=['id'], outputCol='features').transform(df)\n"
            "model = CrossValidator(estimator=lr, estimatorParamMaps=grid, evaluator=RegressionEvaluator()).fit(rows)",
            None,
        ),
    )

    def emit(self, call: Call) -> Emission:
        if len(call.stage.args) != 1:
            raise NotCarried("params given at fit or transform are not mapped yet")
        if call.stage.symbol.endswith(".transform"):
            fits = [one for one in call.job.stages if one.id in call.stage.inputs and one.kind is Kind.TUNE]
            if not fits:
                raise NotCarried("the model was not fitted in this job")
            return replace(self.emit(call.neighbour(fits[0].id)), edits=())
        fit = call.node()
        assert isinstance(fit.func, ast.Attribute)
        origin, maker = made_as(call, fit.func.value, "tuner")
        if origin not in _TUNERS:
            raise NotCarried("the tuner is not built where it can be read")
        asked = frozenset(members_used(call.module.tree))
        own = offer_of(origin, asked)
        check_uses(call.module, origin, own, {call.stage.result} if call.stage.result is not None else set())
        given = {keyword.arg: keyword.value for keyword in maker.keywords}
        if not {"estimator", "estimatorParamMaps", "evaluator"} <= given.keys():
            raise NotCarried("the tuner is not given its estimator, its grid and its evaluator where it is made")
        edits = [] if "foldCol" in given else [_slices(call, maker)]
        helpers, members = _estimator(call, given["estimator"], asked)
        check_parts(call.module, _is_best, members)
        evaluator, _ = made_as(call, given["evaluator"], "evaluator")
        check_uses(call.module, evaluator, offer_of(evaluator, asked), set())
        check_stage(evaluator, call)
        check_uses(call.module, _GRID, offer_of(_GRID, asked), set())
        return Emission(
            helpers=("tuning", *helpers),
            edits=(*edits, *_keys(call, given["estimatorParamMaps"], asked)),
            offers=own.members,
        )


def _estimator(call: Call, node: ast.expr, asked: frozenset[str]) -> tuple[tuple[str, ...], frozenset[str]]:
    """The helpers of an estimator, and what the best model that comes of it has."""
    origin, maker = made_as(call, node, "estimator")
    if origin not in PIPELINES:
        check_estimator(call, origin)
        return (stand_ins()[origin],), offer_of(origin, asked).members
    members = (offer_of(stage, asked).members for stage in stages_of(call, maker))
    check_parts(call.module, is_fitted_stage, frozenset[str]().union(*members))
    return ("pipeline",), frozenset({"stages", "transform"})


def _keys(call: Call, node: ast.expr, asked: frozenset[str]) -> tuple[Edit, ...]:
    """The edits that write each parameter of the grid as its stage and its name."""
    maker = call.bound(node.id) if isinstance(node, ast.Name) else node
    links: list[ast.Call] = []
    while isinstance(maker, ast.Call) and isinstance(maker.func, ast.Attribute):
        links.append(maker)
        maker = maker.func.value
    if not (isinstance(maker, ast.Call) and call.resolve(maker.func) == _GRID and links[0].func.attr == "build"):  # type: ignore[attr-defined]
        raise NotCarried("the grid is not built by one chain of ParamGridBuilder where it can be read")
    edits = []
    for key in grid_params(call.module):
        if not isinstance(key, ast.Attribute) or not isinstance(key.value, ast.Name):
            raise NotCarried(f"{call.text(key)} (line {key.lineno}) is no parameter of a stage with a name")
        origin, _ = made_as(call, key.value, "stage")
        getter = f"get{key.attr[0].upper()}{key.attr[1:]}"
        if getter not in offer_of(origin, asked | {getter}).members:
            raise NotCarried(f"{call.text(key)} (line {key.lineno}) is no parameter that is mapped in a grid")
        edits.append(Edit(call.span(key), f'({key.value.id}, "{key.attr}")'))
    return tuple(edits)


def _slices(call: Call, maker: ast.Call) -> Edit:
    """The edit that tells a tuner in how many slices Spark has the rows; NotCarried where that is not known."""
    source = _source(call, call.stage)
    if source is None:
        raise NotCarried(
            "the folds that Spark draws depend on its partitions, which are known for createDataFrame of rows and a "
            "seeded split of one small file alone; give foldCol"
        )
    if source.symbol == "DataFrame.randomSplit":
        FrameRandomSplit().emit(call.neighbour(source.id))  # NotCarried unless it is known to be one partition
        count: int | None = 1
    else:
        count = parallelism(call.module)
    if count is None:
        raise NotCarried(
            "the folds that Spark draws depend on how many slices createDataFrame makes; state "
            "spark.default.parallelism, or give foldCol"
        )
    last = call.span(maker.keywords[-1].value)
    return Edit(replace(last, line=last.end_line, column=last.end_column), f", slices={count}")


def _source(call: Call, stage: Stage) -> Stage | None:
    """The local frame or the split whose rows a stage has, each in the partition and at the place where that has it."""
    sources = [call.job.stage(one) for one in stage.inputs if call.job.stage(one).kind is not Kind.FIT]
    if len(sources) != 1:
        return None
    (source,) = sources
    if source.symbol == "DataFrame.randomSplit":
        return source
    if source.symbol == "SparkSession.createDataFrame":
        return None if source.inputs else source
    skips = '"skip"' in call.module.text or "'skip'" in call.module.text  # stages that leave rows out
    return _source(call, source) if source.kind in _KEEPS_ROWS and not skips else None


def _is_best(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "bestModel"
