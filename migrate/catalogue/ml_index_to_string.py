"""``IndexToString``."""

from __future__ import annotations

import ast
from dataclasses import replace

from migrate.ir import Span
from migrate.mapping import Call, Case, Edit, Emission, NotCarried
from migrate.translate.ml_stages import MlStage
from migrate.translate.names import members_used
from migrate.translate.stand_ins import made_of


class IndexToString(MlStage):
    """
    ## Matches
    ``IndexToString(inputCol=..., outputCol=..., labels=...).transform(df)``.

    ## Semantics
    The label at each index. NULL stays NULL, an index without a label fails. Where no labels are given they are those
    of the model of ``StringIndexer`` that made the column, and the emitted constructor names them.

    ## Not covered
    Labels of a column that came from elsewhere: a file, a pipeline, a function.
    """

    code = "SR615"
    symbols = ("IndexToString.transform",)
    origin = "pyspark.ml.feature.IndexToString"
    cases = (
        Case(
            "given labels",
            "from pyspark.ml.feature import IndexToString\n"
            'back = IndexToString(inputCol="i", outputCol="label", labels=["zero", "one"])\n'
            'out = back.transform(df.where("id IN (1, 2, 6)").select("id", "i"))',
            'back = IndexToString(inputCol="i", outputCol="label", labels=["zero", "one"])',
        ),
        Case(
            "the labels of a model",
            "from pyspark.ml.feature import IndexToString\n"
            'model = StringIndexer(inputCol="s", outputCol="index", handleInvalid="skip").fit(df)\n'
            "indexed = model.transform(df)\n"
            'back = IndexToString(inputCol="index", outputCol="label")\n'
            'out = back.transform(indexed).select("id", "index", "label")',
            'back = IndexToString(inputCol="index", outputCol="label", labels=model.labels)',
        ),
        Case(
            "labels of a model that keeps what is unknown",
            "from pyspark.ml.feature import IndexToString\n"
            'model = StringIndexer(inputCol="s", outputCol="index", handleInvalid="keep").fit(df)\n'
            'out = IndexToString(inputCol="index", outputCol="label").transform(model.transform(df))',
            None,
        ),
        Case(
            "labels of the column",
            "from pyspark.ml.feature import IndexToString\n"
            'out = IndexToString(inputCol="i", outputCol="label").transform(df)',
            None,
        ),
        Case(
            "parameters given at transform",
            "from pyspark.ml.feature import IndexToString\n"
            'back = IndexToString(inputCol="i", outputCol="label")\n'
            'out = back.transform(df, {back.labels: ["zero"]})',
            None,
        ),
    )

    def emit(self, call: Call) -> Emission:
        emission = super().emit(call)
        edits = [
            Edit(_end_of(call, made), f", labels={_model(call, made)}.labels")
            for made in made_of(call.module, self.origin)
            if "labels" not in _given(made)
        ]
        return replace(emission, edits=(*emission.edits, *edits))


def _end_of(call: Call, made: ast.Call) -> Span:
    """The place behind the last argument of a constructor."""
    last = call.span(made.keywords[-1].value)
    return replace(last, line=last.end_line, column=last.end_column)


def _model(call: Call, made: ast.Call) -> str:
    """The variable with the model of StringIndexer that made the column of an IndexToString, bound in front of it."""
    column = _text(made, "inputCol")
    waiting = list(call.stage.inputs)
    while column is not None and waiting:
        one = call.neighbour(waiting.pop())
        waiting += one.stage.inputs
        name = one.stage.result
        if one.stage.symbol != "StringIndexer.fit" or name is None or call.bound(name) is None:
            continue
        fitted = one.node().func
        indexer = fitted.value if isinstance(fitted, ast.Attribute) else None
        indexer = one.bound(indexer.id) if isinstance(indexer, ast.Name) else indexer
        if not isinstance(indexer, ast.Call) or one.stage.span.line >= made.lineno:
            continue
        # With handleInvalid="keep" the column has a label more than the model.
        keeps = "setHandleInvalid" in members_used(call.module.tree) or (
            "handleInvalid" in _given(indexer) and _text(indexer, "handleInvalid") not in {"error", "skip"}
        )
        if _text(indexer, "outputCol") == column and not keeps:
            return name
    raise NotCarried("labels that StringIndexer left with the column do not reach every block on Ray")


def _given(made: ast.Call) -> set[str | None]:
    return {keyword.arg for keyword in made.keywords}


def _text(made: ast.Call, parameter: str) -> str | None:
    """The text that a constructor gives a parameter, None where it is none that is written there."""
    values = [keyword.value for keyword in made.keywords if keyword.arg == parameter]
    return next(
        (value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)), None
    )
