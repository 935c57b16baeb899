"""Finds syntax nodes again from the places that the job graph names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.ir import Span, Stage
from migrate.mapping import NotCarried

_Place = tuple[int, int]


def _start(span: Span) -> _Place:
    return span.line, span.column


def _end(span: Span) -> _Place:
    return span.end_line, span.end_column


@lru_cache(maxsize=64)
def _expressions(module: Module) -> dict[tuple[_Place, _Place], ast.expr]:
    found: dict[tuple[_Place, _Place], ast.expr] = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.expr):
            span = module.span(node)
            found.setdefault((_start(span), _end(span)), node)
    return found


def expression_at(module: Module, span: Span) -> ast.expr:
    """The expression that stands at exactly that place; NotCarried when none does."""
    found = _expressions(module).get((_start(span), _end(span)))
    if found is None:
        raise NotCarried(f"line {span.line} cannot be found again in {module.path}")
    return found


def call_of(module: Module, stage: Stage) -> ast.Call:
    """The call that makes a stage: the one that ends where the stage's chain ends; NotCarried when there is none."""
    for (_, end), node in _expressions(module).items():
        if end == _end(stage.chain) and isinstance(node, ast.Call):
            return node
    raise NotCarried(f"{stage.symbol} on line {stage.span.line} is not a call")


def receiver_of(module: Module, stage: Stage) -> ast.expr | None:
    """The expression that a stage's chain begins behind (``df`` in ``df.persist()``), None for a chain without one."""
    best: ast.expr | None = None
    for (start, end), node in _expressions(module).items():
        if end == _start(stage.chain) and start < end and (best is None or start < _start(module.span(best))):
            best = node
    return best


@lru_cache(maxsize=64)
def functions(module: Module) -> dict[str, ast.FunctionDef]:
    """The functions of a module by qualified name (``main``, ``Trainer.fit``)."""
    found: dict[str, ast.FunctionDef] = {}

    def visit(body: list[ast.stmt], prefix: str) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef):
                found[prefix + node.name] = node
                visit(node.body, f"{prefix}{node.name}.")
            elif isinstance(node, ast.ClassDef):
                visit(node.body, f"{prefix}{node.name}.")

    visit(module.tree.body, "")
    return found


def defined(project: Project, module: Module, origin: str) -> tuple[Module, ast.FunctionDef] | None:
    """The function of the repository that a dotted origin (``photo_functions.decode``) names, with its module."""
    dotted, _, name = origin.rpartition(".")
    home = module if dotted == module.name else None
    if home is None and dotted:
        path = project.locate(module.path, dotted)
        home = project.module(path) if path else None
    function = functions(home).get(name) if home is not None else None
    return None if home is None or function is None else (home, function)


def root_name(node: ast.expr) -> str | None:
    """The variable that a chain starts from (``spark`` in ``spark.read.parquet(p)``), None when it starts otherwise."""
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def bound_value(module: Module, name: str, scope: str) -> ast.expr | None:
    """The value that a name is bound to in a scope or the nearest one around it; None when it has several.

    A parameter, a loop variable, an import or an unpacked name has no value that can be read.
    """
    bound = binding(module, name, scope)
    return bound if isinstance(bound, ast.expr) else None


def binding(module: Module, name: str, scope: str) -> ast.expr | ast.FunctionDef | None:
    """The value or the function that a name stands for, None where that cannot be told."""
    inner: list[ast.FunctionDef | ast.Module] = [module.tree]
    parts = scope.split(".") if scope else []
    for depth in range(len(parts)):
        function = functions(module).get(".".join(parts[: depth + 1]))
        if function is not None:
            inner.append(function)
    for holder in reversed(inner):
        found: list[ast.expr | ast.FunctionDef | None] = []
        for node in _own(holder):
            found += _bindings(node, name)
        if isinstance(holder, ast.FunctionDef) and name in _parameters(holder):
            found.append(None)
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _own(holder: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function or module, without what stands in functions and classes inside it."""
    for child in ast.iter_child_nodes(holder):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield from _own(child)


def _parameters(function: ast.FunctionDef) -> set[str]:
    return {node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg)}


def _bindings(node: ast.AST, name: str) -> Iterator[ast.expr | ast.FunctionDef | None]:
    """The values that one node binds a name to; None for a binding whose value cannot be read."""
    if isinstance(node, ast.Assign):
        if any(isinstance(target, ast.Name) and target.id == name for target in node.targets):
            yield node.value
        elif any(_names(target, name) for target in node.targets):
            yield None
    elif isinstance(node, ast.AnnAssign):
        if _names(node.target, name) and node.value is not None:
            yield node.value
    elif isinstance(node, ast.NamedExpr):
        if node.target.id == name:
            yield node.value
    elif isinstance(node, ast.For | ast.AsyncFor | ast.AugAssign | ast.comprehension):
        if _names(node.target, name):
            yield None
    elif isinstance(node, ast.withitem):
        if node.optional_vars is not None and _names(node.optional_vars, name):
            yield None
    elif isinstance(node, ast.Import | ast.ImportFrom):
        if name in {alias.asname or alias.name.split(".")[0] for alias in node.names}:
            yield None
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.ExceptHandler) and (
        node.name == name
    ):
        yield node if isinstance(node, ast.FunctionDef) else None


def _names(target: ast.expr, name: str) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store) for node in ast.walk(target)
    )


@lru_cache(maxsize=64)
def deferred(module: Module) -> frozenset[ast.AST]:
    """The calls inside lambdas and comprehensions: they run elsewhere, or more than once, than their statement does."""
    kinds = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    return frozenset(
        inner
        for node in ast.walk(module.tree)
        if isinstance(node, kinds)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Call)
    )
