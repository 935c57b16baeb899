"""Temporary views and the queries that read them, which run on one engine: a variable of the Ray part."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from migrate.frontend.sql import read_query
from migrate.ir import Stage
from migrate.mapping import Call, NotCarried

VIEW_MAKERS = frozenset(
    f"DataFrame.{name}" for name in ("createOrReplaceTempView", "createTempView", "registerTempTable")
)


def view_of(stage: Stage) -> str | None:
    """The name, in lower case, of the view that a stage makes; None where it makes none or the name is computed."""
    if stage.symbol not in VIEW_MAKERS or len(stage.args) != 1:
        return None
    try:
        name = ast.literal_eval(stage.args[0].source)
    except (SyntaxError, ValueError):
        return None
    return name.lower() if isinstance(name, str) else None


def views_read(stage: Stage) -> frozenset[str] | None:
    """The tables that a query reads, by names in lower case; None where its text is not known."""
    query = read_query(stage.facts["text"]) if "text" in stage.facts else None
    return None if query is None else query.tables


def makers_read(stages: Iterable[Stage]) -> Mapping[str, list[str]]:
    """For each query, by id, the stages that make the views that it reads."""
    known = list(stages)
    makers = {stage.id: name for stage in known if (name := view_of(stage)) is not None}
    read = {stage.id: views_read(stage) or () for stage in known}
    return {reader: [maker for maker, name in makers.items() if name in names] for reader, names in read.items()}


def maker_of(call: Call, name: str) -> Stage:
    """The one stage that makes the view, in front of what reads it; NotCarried where it cannot stand for a variable."""
    found = [stage for stage in call.job.stages if view_of(stage) == name]
    if len(found) != 1:
        raise NotCarried(f"which frame the view {name} is cannot be told")
    (maker,) = found
    _refuse_nested(call, maker)
    for stage in call.job.stages:
        read = views_read(stage) if stage.symbol.endswith(".sql") else frozenset()
        if read is None or stage.symbol.endswith(".table"):
            raise NotCarried(f"line {stage.span.line} may read the view {name}")
        if name in read and (stage.scope != maker.scope or stage.span.line < maker.span.line):
            raise NotCarried(f"line {stage.span.line} reads the view {name} in another place than it is made")
    return maker


def variable_of(call: Call, name: str) -> str:
    """The variable that stands for a view; NotCarried where the job has one of that name."""
    variable = f"{name}_view"
    for node in ast.walk(call.module.tree):
        if getattr(node, "id", None) == variable or getattr(node, "arg", None) == variable:
            raise NotCarried(f"the job has a variable {variable}")
    return variable


def _refuse_nested(call: Call, maker: Stage) -> None:
    """NotCarried where the view is made in a branch or a loop, or not by a statement of its own."""
    bodies = [call.module.tree.body]
    bodies += [node.body for node in ast.walk(call.module.tree) if isinstance(node, ast.FunctionDef)]
    plain = [statement for body in bodies for statement in body if isinstance(statement, ast.Expr)]
    if maker.statement not in [call.span(statement) for statement in plain]:
        raise NotCarried("the view is made in a branch or a loop")
