"""``Pipeline.fit`` and ``PipelineModel.transform``."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Difference, Emission, Mapping, NotCarried
from migrate.translate.ml_stages import check_stage
from migrate.translate.names import members_used
from migrate.translate.stand_ins import (
    chained,
    check_parts,
    check_uses,
    class_name,
    is_fitted_stage,
    offer_of,
    stand_ins,
)

_PIPELINES = ("pyspark.ml.Pipeline", "pyspark.ml.pipeline.Pipeline")


class MlPipeline(Mapping):
    """
    ## Matches
    ``Pipeline(stages=[...])`` of stages that are mapped, made in place or bound to a name, fitted and applied.

    ## Semantics
    A ``Pipeline`` of the emitted file's own: each stage is fitted on what those in front of it make, and ``fit`` leaves
    the pipeline as it is. Each stage has the name and the parameters of its MLlib stage and MLlib's arithmetic.

    ## Not covered
    Stages that are not mapped, a list of stages that is not written where the pipeline is made, params given at
    ``fit``, what a job asks of the fitted stages.
    """

    code = "SR601"
    symbols = ("Pipeline.fit", "PipelineModel.transform")
    kind = Kind.FIT
    cost = Cost.NATIVE
    differences = (Difference("last digits", "moments are added up in another order: about 1e-15 of a scaled value"),)
    cases = (
        Case(
            "labels by frequency",
            'df = df.where("k IS NOT NULL")\n'
            'pipeline = Pipeline(stages=[StringIndexer(inputCol="k", outputCol="index")])\n'
            "model = pipeline.fit(df)\n"
            'out = model.transform(df).select("id", "k", "index")',
            'pipeline = Pipeline(stages=[StringIndexer(inputCol="k", outputCol="index")])\n'
            "model = pipeline.fit(df)\n"
            'out = model.transform(df).select_columns(["id", "k", "index"])',
        ),
        Case(
            "stages with names",
            'assembler = VectorAssembler(inputCols=["id", "flag"], outputCol="measures", handleInvalid="skip")\n'
            'scaler = StandardScaler(inputCol="measures", outputCol="scaled", withMean=True)\n'
            "model = Pipeline(stages=[assembler, scaler]).fit(df)\n"
            'out = model.transform(df).select("id", "measures", "scaled")',
            "model = Pipeline(stages=[assembler, scaler]).fit(df)\n"
            'out = model.transform(df).select_columns(["id", "measures", "scaled"])',
            tolerance=(("scaled", 1e-14),),
        ),
        Case(
            "what a fitted stage learned",
            'indexer = StringIndexer(inputCol="k", outputCol="index")\n'
            'model = Pipeline(stages=[indexer]).fit(df.where("k IS NOT NULL"))\n'
            "print(model.stages[0].labels)",
            "print(model.stages[0].labels)",
        ),
        Case(
            "a stage with a pattern of Java's",
            "from pyspark.ml.feature import RegexTokenizer\n"
            'tokenizer = RegexTokenizer(inputCol="s", outputCol="words", pattern="\\\\p{Punct}")\n'
            "model = Pipeline(stages=[tokenizer]).fit(df)",
            None,
        ),
        Case(
            "a stage that is rewritten where it is applied",
            "from pyspark.ml.feature import SQLTransformer\n"
            'model = Pipeline(stages=[SQLTransformer(statement="SELECT id FROM __THIS__")]).fit(df)',
            None,
        ),
        Case(
            "an estimator without a mapping",
            "from pyspark.ml.recommendation import ALS\nmodel = Pipeline(stages=[ALS()]).fit(df)",
            None,
        ),
    )

    def emit(self, call: Call) -> Emission:
        if len(call.stage.args) != 1:
            raise NotCarried("params given at fit or transform are not mapped yet")
        if call.stage.symbol == "PipelineModel.transform":
            sources = [stage for stage in call.job.stages if stage.id in call.stage.inputs]
            if any(stage.symbol == "PipelineModel.load" for stage in sources):
                return Emission()
            fits = [stage for stage in sources if stage.symbol == "Pipeline.fit"]
            if not fits:
                raise NotCarried("the model was neither fitted nor loaded in this job")
            return self.emit(call.neighbour(fits[0].id))
        asked = frozenset(members_used(call.module.tree))
        models = {call.stage.result} if call.stage.result is not None else set()
        own = offer_of(_PIPELINES[0], asked)
        check_uses(call.module, _PIPELINES[0], own, models)
        origins = [_origin(call, stage) for stage in self._stages(call)]
        offers = [offer_of(origin, asked) for origin in origins]
        for origin, offer in zip(origins, offers, strict=True):
            check_uses(call.module, origin, offer, set())
            if "fit" not in offer.members:
                raise NotCarried(f"{class_name(origin)} is mapped where it is applied, and not in a pipeline yet")
            check_stage(origin, call)
        check_parts(call.module, is_fitted_stage, frozenset[str]().union(*(offer.members for offer in offers)))
        return Emission(helpers=("pipeline",), offers=own.members)

    def _stages(self, call: Call) -> list[ast.expr]:
        fit = call.node()
        maker = fit.func.value if isinstance(fit.func, ast.Attribute) else None
        maker = call.bound(maker.id) if isinstance(maker, ast.Name) else maker
        if not isinstance(maker, ast.Call) or call.resolve(maker.func) not in _PIPELINES:
            raise NotCarried("the pipeline is not built where it can be read")
        stages = next((keyword.value for keyword in maker.keywords if keyword.arg == "stages"), None)
        if not isinstance(stages, ast.List) or len(maker.keywords) != 1 or maker.args:
            raise NotCarried("the stages of the pipeline are not a literal list")
        if not stages.elts:
            raise NotCarried("the pipeline has no stages")
        return stages.elts


def _origin(call: Call, stage: ast.expr) -> str:
    """The class of a stage that is made in place or bound to a name."""
    maker = call.bound(stage.id) if isinstance(stage, ast.Name) else stage
    makers = list(chained(maker)) if isinstance(maker, ast.Call) else []
    if not makers:
        raise NotCarried(f"the pipeline stage {call.text(stage)} is not built where it can be read")
    origin = call.resolve(makers[-1].func) or call.text(makers[-1].func)
    if origin not in stand_ins():
        raise NotCarried(f"{origin.rpartition('.')[2]} is not mapped yet")
    return origin
