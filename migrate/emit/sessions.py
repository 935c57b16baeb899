"""Spark's session: what makes one, the functions that it is handed to, and how the Ray part does without."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from migrate.frontend.module import Module
from migrate.ir import Span
from migrate.mapping import Edit
from migrate.translate.locate import functions


def makes_session(module: Module, node: ast.expr) -> bool:
    """Whether an expression makes, or gets, a Spark session or context."""
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute) and node.func.attr in {"getOrCreate", "create"}:
        inner: ast.expr = node.func.value
        while isinstance(inner, ast.Call | ast.Attribute):
            origin = module.resolve(inner) if isinstance(inner, ast.Attribute) else None
            if origin and origin.startswith("pyspark.sql.") and origin.endswith("SparkSession.builder"):
                return True
            inner = inner.func if isinstance(inner, ast.Call) else inner.value
        return False
    return module.resolve(node.func) in {"pyspark.SparkContext", "pyspark.context.SparkContext"}


def is_context(node: ast.expr) -> bool:
    """Whether an expression is a session's context."""
    return isinstance(node, ast.Attribute) and node.attr == "sparkContext"


def handed_on(module: Module, sessions: set[str]) -> set[str]:
    """The parameters to which every call of their function gives a session, directly or from another such one."""
    known = set(sessions)
    while True:
        found = {
            function.args.args[position].arg
            for function, calls in _called(module)
            for position in _session_positions(module, function, calls, known)
        }
        if found <= known:
            return known - sessions
        known |= found


def session_edits(module: Module, sessions: set[str]) -> Iterator[Edit]:
    """The edits that drop session parameters, and the arguments for them, of functions that are only ever called."""
    for function, calls in _called(module):
        positions = _session_positions(module, function, calls, sessions)
        yield from _without(module, _parameters(function), positions)
        for call in calls:
            arguments: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
            given = [_argument(call, function, position) for position in positions]
            gone = {n for n, one in enumerate(arguments) if any(one is other for other in given)}
            yield from _without(module, [[argument] for argument in arguments], gone)


def _called(module: Module) -> Iterator[tuple[ast.FunctionDef, list[ast.Call]]]:
    """The plain functions of a module of which nothing is made but calls, with these."""
    nodes = list(ast.walk(module.tree))
    for name, function in functions(module).items():
        if "." in name or function.args.vararg or function.args.posonlyargs:
            continue
        uses = [n for n in nodes if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)]
        calls = [node for node in nodes if isinstance(node, ast.Call) and node.func in uses]
        if calls and len(calls) == len(uses):
            yield function, calls


def _session_positions(
    module: Module, function: ast.FunctionDef, calls: list[ast.Call], sessions: set[str]
) -> set[int]:
    return {
        position
        for position in range(len(function.args.args))
        if all(_is_session(module, _argument(call, function, position), sessions) for call in calls)
    }


def _argument(call: ast.Call, function: ast.FunctionDef, position: int) -> ast.expr | ast.keyword | None:
    """What a call gives for a parameter, None where that cannot be told."""
    named = [keyword for keyword in call.keywords if keyword.arg == function.args.args[position].arg]
    if named:
        return named[0]
    unpacked = any(isinstance(one, ast.Starred) for one in call.args)
    return None if unpacked or position >= len(call.args) else call.args[position]


def _is_session(module: Module, node: ast.expr | ast.keyword | None, sessions: set[str]) -> bool:
    node = node.value if isinstance(node, ast.keyword) else node
    if isinstance(node, ast.Attribute) and node.attr == "sparkContext":
        node = node.value
    if isinstance(node, ast.Name):
        return node.id in sessions
    return node is not None and makes_session(module, node)


def _parameters(function: ast.FunctionDef) -> list[list[ast.AST]]:
    """The parameters of a function, each with its default."""
    plain = function.args.args
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(function.args.defaults))
    found: list[list[ast.AST]] = [
        [one] if default is None else [one, default]
        for one, default in zip(plain, [*defaults, *function.args.defaults], strict=True)
    ]
    return found + [[one] for one in function.args.kwonlyargs]


def _without(module: Module, items: Sequence[Sequence[ast.AST]], gone: set[int]) -> Iterator[Edit]:
    """The edits that take items, with their commas, out of a list of parameters or arguments."""
    spans = [
        replace(module.span(item[-1]), line=first.line, column=first.column)
        for item in items
        for first in [module.span(item[0])]
    ]
    kept = [n for n in range(len(spans)) if n not in gone]
    for which in sorted(gone):
        own = spans[which]
        if which + 1 < len(spans):
            after = spans[which + 1]
            yield Edit(replace(own, end_line=after.line, end_column=after.column), "")
        else:
            yield Edit(own, "")
    if gone and kept and kept[-1] + 1 < len(spans):
        # Nothing follows the last item that stays, so the comma behind it goes too.
        last, after = spans[kept[-1]], spans[kept[-1] + 1]
        yield Edit(Span(last.path, last.end_line, last.end_column, after.line, after.column), "")
