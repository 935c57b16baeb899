"""``Pipeline.fit`` and ``PipelineModel.transform`` over feature stages."""

from __future__ import annotations

import ast
from dataclasses import replace

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Difference, Edit, Emission, Mapping, NotCarried

_FEATURE = "pyspark.ml.feature."
_STAGES = {
    "StringIndexer": ("string_indexer", {"inputCol", "outputCol"}),
    "VectorAssembler": ("vector_assembler", {"inputCols", "outputCol"}),
    "StandardScaler": ("standard_scaler", {"inputCol", "outputCol", "withMean", "withStd"}),
}


class MlPipeline(Mapping):
    """
    ## Matches
    ``Pipeline(stages=[...])`` of StringIndexer, VectorAssembler and StandardScaler with parameters given by keyword,
    fitted and applied.

    ## Semantics
    A ``Chain`` of Ray preprocessors takes the pipeline's place; each has the name and the parameters of its MLlib stage
    and MLlib's arithmetic: labels by falling frequency with ties in alphabetical order, the sample deviation (n - 1),
    factor 0 for a constant feature, NULL or NaN in a vector an error.

    ## Not covered
    Other stages, ``handleInvalid``, ``stringOrderType``, several columns at once, params set by setters or at ``fit``.
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
            'pipeline = Chain(StringIndexer(inputCol="k", outputCol="index"))\n'
            "model = pipeline.fit(df)\n"
            'out = model.transform(df).select_columns(["id", "k", "index"])',
        ),
        Case("an estimator", "model = Pipeline(stages=[LogisticRegression()]).fit(df)", None),
    )

    def emit(self, call: Call) -> Emission:
        if len(call.stage.args) != 1:
            raise NotCarried("params given at fit or transform are not mapped yet")
        if call.stage.symbol == "PipelineModel.transform":
            fits = [s for s in call.job.stages if s.id in call.stage.inputs and s.symbol == "Pipeline.fit"]
            if not fits:
                raise NotCarried("the model was not fitted in this job")
            return call_emission_without_text(self.emit(call.neighbour(fits[0].id)))
        fit = call.node()
        receiver = fit.func.value if isinstance(fit.func, ast.Attribute) else None
        maker = call.bound(receiver.id) if isinstance(receiver, ast.Name) else receiver
        if not isinstance(maker, ast.Call) or call.resolve(maker.func) != "pyspark.ml.Pipeline":
            raise NotCarried("the pipeline is not built where it can be read")
        stages = next((k.value for k in maker.keywords if k.arg == "stages"), None)
        if not isinstance(stages, ast.List) or len(maker.keywords) != 1 or maker.args:
            raise NotCarried("the stages of the pipeline are not a literal list")
        helpers = tuple(self._helper(call, stage) for stage in stages.elts)
        if not stages.elts:
            raise NotCarried("the pipeline has no stages")
        whole, first, last = call.span(maker), call.span(stages.elts[0]), call.span(stages.elts[-1])
        head = replace(whole, end_line=first.line, end_column=first.column)
        tail = replace(whole, line=last.end_line, column=last.end_column)
        return Emission(
            helpers=helpers,
            imports=("from ray.data.preprocessors import Chain",),
            edits=(Edit(head, "Chain("), Edit(tail, ")")),
        )

    def _helper(self, call: Call, stage: ast.expr) -> str:
        if not isinstance(stage, ast.Call):
            raise NotCarried(f"the pipeline stage {call.text(stage)} is not built in place")
        name = (call.resolve(stage.func) or "?").removeprefix(_FEATURE)
        if name not in _STAGES:
            raise NotCarried(f"{name} is not mapped yet")
        helper, known = _STAGES[name]
        given = {keyword.arg for keyword in stage.keywords}
        if stage.args or not given <= known:
            raise NotCarried(
                f"{name} with {', '.join(sorted(map(str, given - known))) or 'positional parameters'} is not mapped yet"
            )
        return helper


def call_emission_without_text(emission: Emission) -> Emission:
    """The same emission for a stage whose own text stays."""
    return Emission(helpers=emission.helpers, imports=emission.imports, edits=emission.edits)
