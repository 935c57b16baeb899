"""``Pipeline.fit`` and ``PipelineModel.transform``."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Difference, Emission, Mapping, NotCarried
from migrate.translate.ml_pipelines import PIPELINES, stages_of
from migrate.translate.names import members_used
from migrate.translate.stand_ins import check_parts, check_uses, is_fitted_stage, offer_of


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
        fit = call.node()
        made = fit.func.value if isinstance(fit.func, ast.Attribute) else None
        maker = call.bound(made.id) if isinstance(made, ast.Name) else made
        if not isinstance(maker, ast.Call) or call.resolve(maker.func) not in PIPELINES:
            raise NotCarried("the pipeline is not built where it can be read")
        asked = frozenset(members_used(call.module.tree))
        own = offer_of(PIPELINES[0], asked)
        check_uses(call.module, PIPELINES[0], own, {call.stage.result} if call.stage.result is not None else set())
        members = (offer_of(origin, asked).members for origin in stages_of(call, maker))
        check_parts(call.module, is_fitted_stage, frozenset[str]().union(*members))
        return Emission(helpers=("pipeline",), offers=own.members)
