"""``load`` of the models of ``pyspark.ml``."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Difference, Emission, Mapping, NotCarried
from migrate.translate.helpers import helper_source
from migrate.translate.kept import kept_because
from migrate.translate.names import members_used
from migrate.translate.saved_stages import saved_stages
from migrate.translate.stand_ins import Offer, check_parts, check_uses, class_name, is_fitted_stage, offer_of, stand_ins

_PIPELINES = ("pyspark.ml.PipelineModel", "pyspark.ml.pipeline.PipelineModel")
_TAKEN = (
    "DecisionTreeClassification",
    "DecisionTreeRegression",
    "GBTClassification",
    "GBTRegression",
    "KMeans",
    "RandomForestClassification",
    "RandomForestRegression",
)
"""The models that are loaded and applied, and not fitted."""
_MODELS = (
    "ChiSqSelector",
    "CountVectorizer",
    "GeneralizedLinearRegression",
    "IDF",
    "Imputer",
    "LinearSVC",
    "MaxAbsScaler",
    "MinMaxScaler",
    "NaiveBayes",
    "OneHotEncoder",
    "PCA",
    "RobustScaler",
    "StandardScaler",
    "StringIndexer",
    "UnivariateFeatureSelector",
    "VarianceThresholdSelector",
    "VectorIndexer",
)


class MlSavedModels(Mapping):
    """
    ## Matches
    ``PipelineModel.load(path)``, and ``load`` of a model that is mapped: ``LogisticRegressionModel.load(path)``.

    ## Semantics
    The files of Spark are read: parameters from JSON, what was learned from Parquet. The stages of a pipeline are read
    from those files when the job is rewritten, and again when it runs: another stage, or a parameter that is not known,
    is an error then. Trees, forests, boosted trees and k-means are applied, though they are not fitted on Ray.

    ## Not covered
    A pipeline whose files are not there when the job is rewritten (a path relative to the job's file), unless the job
    saves it itself; stages
    without a mapping, ``RegexTokenizer``, ``RFormula``, ``read().load(path)``.
    """

    code = "SR648"
    symbols = (
        "PipelineModel.load",
        *(f"{name}Model.load" for name in (*_MODELS, *_TAKEN)),
        *(f"{name}Model.transform" for name in _TAKEN),
    )
    kind = Kind.READ
    cost = Cost.NATIVE
    differences = (
        Difference("ties", "a row as far from one center of k-means as from another, but for rounding, goes to either"),
    )
    cases = (
        Case(
            "a pipeline that the job has saved",
            'rows = df.where("k IS NOT NULL")\n'
            'indexer = StringIndexer(inputCol="k", outputCol="index", stringOrderType="alphabetAsc")\n'
            'assembler = VectorAssembler(inputCols=["id", "index"], outputCol="measures")\n'
            'scaler = StandardScaler(inputCol="measures", outputCol="scaled", withMean=True)\n'
            'Pipeline(stages=[indexer, assembler, scaler]).fit(rows).write().overwrite().save("model")\n'
            "from pyspark.ml import PipelineModel\n\n"
            'model = PipelineModel.load("model")\n'
            "print(model.stages[0].labels)\n"
            'out = model.transform(rows).select("id", "k", "index", "scaled")',
            'model = load_model("PipelineModel", "model")',
            tolerance=(("scaled", 1e-14),),
        ),
        Case(
            "a model",
            'from pyspark.ml.feature import IDFModel\n\nmodel = IDFModel.load("models/idf")\nout = model.transform(df)',
            'model = load_model("IDFModel", "models/idf")\nout = model.transform(df)',
            elsewhere="tests/catalogue/test_saved_pipelines.py, where Spark saves it",
        ),
        Case(
            "a pipeline that is not there",
            "from pyspark.ml import PipelineModel\n\n"
            'model = PipelineModel.load("models/churn")\n'
            "out = model.transform(df)",
            None,
        ),
    )

    def emit(self, call: Call) -> Emission:
        if call.stage.symbol.endswith(".transform"):
            loads = [one for one in call.job.stages if one.id in call.stage.inputs and one.symbol.endswith(".load")]
            if not loads or len(call.stage.args) != 1:
                raise NotCarried(kept_because(call.stage.symbol) or "the model was not loaded in this job")
            return Emission()
        function, path = call.node().func, call.argument("path", 0)
        if len(call.stage.args) != 1 or path is None or not isinstance(function, ast.Attribute):
            raise NotCarried("the argument is not a path alone")
        origin = call.resolve(function.value)
        if origin is None:
            raise NotCarried(f"{call.text(function.value)} is no class that can be told")
        asked = frozenset(members_used(call.module.tree))
        stages = saved_stages(call, path) if origin in _PIPELINES else [origin]
        makers = [_maker(stage) for stage in stages]
        offers = [offer_of(maker, asked).members for maker in makers]
        if origin in _PIPELINES:
            members = frozenset({"stages", "transform"})
            check_parts(call.module, is_fitted_stage, frozenset[str]().union(*offers))
        else:
            members = offers[0] - {"fit"}
        check_uses(
            call.module, origin, Offer(frozenset(), members), {call.stage.result} if call.stage.result else set()
        )
        helpers = ["load_model", *(["pipeline"] if origin in _PIPELINES else []), *(stand_ins()[one] for one in makers)]
        for stage in stages:
            _check_known(stage, helpers)
        return Emission(
            f"load_model({class_name(origin)!r}, {call.text(path)})".replace("'", '"', 2),
            helpers=tuple(dict.fromkeys(helpers)),
            span=call.span(call.node()),
            offers=members,
        )


def _maker(stage: str) -> str:
    """The class that fits a model, or the transformer itself; NotCarried where it has no mapping."""
    maker = stage if stage in stand_ins() else stage.removesuffix("Model")
    if maker not in stand_ins():
        raise NotCarried(f"{class_name(stage)} is not mapped yet")
    return maker


def _check_known(stage: str, helpers: list[str]) -> None:
    """NotCarried for a stage that the emitted ``class_of`` does not know."""
    source, _ = helper_source(helpers, ())
    tables = [
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef) and node.name == "class_of"
    ]
    listed = {node.value for table in tables for node in ast.walk(table) if isinstance(node, ast.Constant)}
    if class_name(stage) not in listed:
        raise NotCarried(f"a saved {class_name(stage)} is not mapped yet")
