"""``save`` of the models of ``pyspark.ml``."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried
from migrate.translate.helpers import helper_source
from migrate.translate.ml_pipelines import PIPELINES, made_as, stages_of
from migrate.translate.stand_ins import class_name, stand_ins

_MODELS = (
    "CountVectorizer",
    "IDF",
    "Imputer",
    "LinearRegression",
    "LinearSVC",
    "LogisticRegression",
    "MaxAbsScaler",
    "MinMaxScaler",
    "NaiveBayes",
    "OneHotEncoder",
    "Pipeline",
    "StandardScaler",
    "StringIndexer",
)


class MlModelSaves(Mapping):
    """
    ## Matches
    ``model.save(path)``, ``model.write().save(path)`` and ``model.write().overwrite().save(path)`` of a model, or a
    pipeline of them, that the job has fitted.

    ## Semantics
    MLlib's own files, which Spark loads as its own: the parameters as JSON, what was learned as Parquet. All parameters
    are written as if the job had set them. Without ``overwrite`` something that is there already is an error.

    ## Not covered
    Models that are loaded and saved again, estimators and pipelines that are not fitted, ``writer.option``, the models
    of selectors, of ``PCA``, ``RobustScaler``, ``VectorIndexer`` and the generalized and isotonic regressions. Hadoop's
    hidden files of checksums are not written.
    """

    code = "SR648"
    symbols = ("MLWriter.save", *(f"{name}Model.save" for name in _MODELS))
    kind = Kind.WRITE
    cost = Cost.NATIVE
    cases = (
        Case(
            "a pipeline",
            'indexer = StringIndexer(inputCol="k", outputCol="index", handleInvalid="keep")\n'
            "model = Pipeline(stages=[indexer]).fit(df)\n"
            'model.save("model")\n'
            'model.write().overwrite().save("model")\n'
            'for folder, _, files in sorted(os.walk("model")):\n'
            "    print(folder[:28], sum(not name.startswith('.') for name in files))",
            'save_model(model, "model")\nsave_model(model, "model", overwrite=True)',
        ),
        Case(
            "a model whose rows of numbers are not kept",
            "from pyspark.ml.feature import RobustScaler\n"
            'model = RobustScaler(inputCol="v", outputCol="w").fit(df)\n'
            'model.write().save("model")',
            None,
        ),
    )

    def emit(self, call: Call) -> Emission:
        path = call.argument("path", 0)
        if len(call.stage.args) != 1 or path is None:
            raise NotCarried("the argument is not a path alone")
        model, links = _receiver(call.node())
        if links not in (["save"], ["save", "write"], ["save", "overwrite", "write"]):
            raise NotCarried(f"a writer with {', '.join(links[1:-1])} is not mapped yet")
        fits = [stage for stage in call.job.stages if stage.id in call.stage.inputs and stage.kind is Kind.FIT]
        if len(fits) != 1:
            raise NotCarried("the model was not fitted in this job")
        fit = call.neighbour(fits[0].id)
        function = fit.node().func
        assert isinstance(function, ast.Attribute)
        origin, maker = made_as(fit, function.value, "estimator")
        stages = stages_of(fit, maker) if origin in PIPELINES else [origin]
        helpers = ("save_model", *(["pipeline"] if origin in PIPELINES else []), *(stand_ins()[one] for one in stages))
        for stage in stages:
            _check_saved(stage, helpers)
        overwrite = ", overwrite=True" if "overwrite" in links else ""
        return Emission(
            f"save_model({call.text(model)}, {call.text(path)}{overwrite})",
            helpers=tuple(dict.fromkeys(helpers)),
            span=call.span(call.node()),
        )


def _receiver(node: ast.expr) -> tuple[ast.expr, list[str]]:
    """What is saved, and the methods behind it, the last one first."""
    links = []
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr not in ("save", "write", "overwrite", "option", "session", "format"):
            break
        links.append(node.func.attr)
        node = node.func.value
    return node, links


def _check_saved(origin: str, helpers: tuple[str, ...]) -> None:
    """NotCarried for a stage whose stand-in does not tell what it learned."""
    source, _ = helper_source(helpers, ())
    name = class_name(origin)
    own = next(node for node in ast.parse(source).body if isinstance(node, ast.ClassDef) and node.name == name)
    tells = {node.name for node in own.body if isinstance(node, ast.FunctionDef)} | {
        target.id
        for node in own.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    if not tells & {"_saved", "_is_fittable"}:
        raise NotCarried(f"what {name} learned is not saved yet")
