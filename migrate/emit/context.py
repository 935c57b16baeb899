"""What a mapping sees of a stage: the syntax behind its arguments, and the job around it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from functools import lru_cache

from migrate.emit.siblings import siblings
from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.ir import Job, Span, Stage
from migrate.mapping import Call, Column, Selection
from migrate.translate.built import Session
from migrate.translate.columns import Translator, UdfText
from migrate.translate.locate import bound_value, call_of, expression_at, frames_of, receiver_of
from migrate.translate.settings import ZONE, ansi, pandas_options
from migrate.translate.spark_types import ArrowType, arrow_type
from migrate.translate.udfs import Udf, udf_made, udf_named


@lru_cache(maxsize=1)  # every expression of a job asks
def _ansi(module: Module, project: Project) -> bool:
    return ansi((module, *siblings(module.tree, module, project).values()))


@dataclass(frozen=True)
class StageCall:
    """One stage with its job and source, as ``migrate.mapping.Call`` describes it."""

    stage: Stage
    job: Job
    module: Module
    project: Project

    def argument(self, name: str, position: int | None = None) -> ast.expr | None:
        for argument in self.stage.args:
            if argument.name == name and name:
                return expression_at(self.module, argument.span)
        positional = [argument for argument in self.stage.args if argument.name is None]
        if position is not None and position < len(positional):
            return expression_at(self.module, positional[position].span)
        return None

    def text(self, node: ast.AST) -> str:
        return self.module.segment(node)

    def link(self, symbol: str) -> tuple[ast.expr, ...] | None:
        for link in self.stage.links:
            if link.symbol == symbol:
                return tuple(expression_at(self.module, argument.span) for argument in link.args)
        return None

    def resolve(self, node: ast.expr) -> str | None:
        return self.module.resolve(node)

    def node(self) -> ast.Call:
        return call_of(self.module, self.stage)

    def receiver(self) -> ast.expr | None:
        return receiver_of(self.module, self.stage)

    def bound(self, name: str) -> ast.expr | None:
        return bound_value(self.module, name, self.stage.scope)

    def span(self, node: ast.AST) -> Span:
        return self.module.span(node)

    def column(self, node: ast.expr) -> Column:
        return self._translator().column(node)

    def windowed(self, node: ast.expr) -> Column:
        return replace(self._translator(), windows=True).column(node)

    def aggregate(self, node: ast.expr) -> Column:
        return replace(self._translator(), aggregates=True).column(node)

    def sql(self, text: str) -> Column | None:
        return self._translator().sql(text)

    def condition(self, text: str) -> Column:
        return self._translator().condition(text)

    def selection(self, text: str) -> Selection:
        return self._translator().selection(text)

    def neighbour(self, stage_id: str) -> Call:
        return StageCall(self.job.stage(stage_id), self.job, self.module, self.project)

    def consumers(self) -> tuple[Stage, ...]:
        return tuple(stage for stage in self.job.stages if self.stage.id in stage.inputs)

    def ansi(self) -> bool:
        return _ansi(self.module, self.project)

    def _translator(self) -> Translator:
        session = Session(pandas_options(self.module, ZONE), self.ansi())
        return Translator(self.resolve, self._udf_text, self._is_dataset, self._type, self.bound, session)

    def _type(self, node: ast.expr) -> ArrowType:
        return arrow_type(node, self.resolve, self.bound)

    def _is_dataset(self, name: str) -> bool:
        receiver = self.receiver()
        return receiver is not None and name in frames_of(receiver)

    def _udf(self, node: ast.expr) -> Udf | None:
        if isinstance(node, ast.Name):
            return udf_named(self.module, node.id, self.stage.scope)
        return udf_made(self.module, node, self.stage.scope) if isinstance(node, ast.Call) else None

    def _udf_text(self, node: ast.expr) -> UdfText | None:
        udf = self._udf(node)
        if udf is None:
            return None
        text = udf.text(self.module, self.stage.scope)  # raises NotCarried for a UDF that is not mapped
        assert udf.form is not None
        shown = text if isinstance(node, ast.Call) else self.text(node)
        return UdfText(shown, udf.title, udf.form.aggregates, udf.form.loads)
