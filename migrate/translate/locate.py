"""Finds syntax nodes again from the places that the job graph names."""

from __future__ import annotations

import ast
from functools import lru_cache

from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.ir import Span, Stage

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
    """The expression that stands at exactly that place; KeyError when none does."""
    return _expressions(module)[_start(span), _end(span)]


def call_of(module: Module, stage: Stage) -> ast.Call:
    """The call that makes a stage: the one that ends where the stage's chain ends; KeyError when there is none."""
    for (_, end), node in _expressions(module).items():
        if end == _end(stage.chain) and isinstance(node, ast.Call):
            return node
    raise KeyError(stage.id)


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
    """What a name is bound to in a scope or, failing that, in the module; None when it is bound more than once or never."""
    bodies = [functions(module)[scope].body] if scope in functions(module) else []
    for body in [*bodies, module.tree.body]:
        values = [value for statement in body for value in _bindings(statement, name)]
        if len(values) == 1:
            return values[0]
        if values:
            return None
    return None


def _bindings(statement: ast.stmt, name: str) -> list[ast.expr]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return []
    found = []
    for node in ast.walk(statement):
        if (isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets)) or (
            isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and node.target.id == name
            and node.value
        ):
            found.append(node.value)
    return found
