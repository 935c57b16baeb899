"""Finds syntax nodes again from the places that the job graph names."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.ir import Span, Stage
from migrate.mapping import NotCarried

_Place = tuple[int, int]
_Bound = ast.expr | ast.FunctionDef | None
_KEPT = 16
"""Modules and functions whose index is at hand: a job is asked about as a whole before the next one."""


def _start(span: Span) -> _Place:
    return span.line, span.column


def _end(span: Span) -> _Place:
    return span.end_line, span.end_column


class _Places:
    """The expressions of a module by where they stand."""

    def __init__(self, module: Module) -> None:
        self.exact: dict[tuple[_Place, _Place], ast.expr] = {}
        self.calls_to: dict[_Place, ast.Call] = {}
        self.longest_to: dict[_Place, tuple[_Place, ast.expr]] = {}
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.expr):
                continue
            span = module.span(node)
            start, end = _start(span), _end(span)
            self.exact.setdefault((start, end), node)
            if isinstance(node, ast.Call):
                self.calls_to.setdefault(end, node)
            if start < end and (end not in self.longest_to or start < self.longest_to[end][0]):
                self.longest_to[end] = start, node


@lru_cache(maxsize=_KEPT)
def _places(module: Module) -> _Places:
    return _Places(module)


def expression_at(module: Module, span: Span) -> ast.expr:
    """The expression that stands at exactly that place; NotCarried when none does."""
    found = _places(module).exact.get((_start(span), _end(span)))
    if found is None:
        raise NotCarried(f"line {span.line} cannot be found again in {module.path}")
    return found


def call_of(module: Module, stage: Stage) -> ast.Call:
    """The call that makes a stage: the one that ends where the stage's chain ends; NotCarried when there is none."""
    found = _places(module).calls_to.get(_end(stage.chain))
    if found is None:
        raise NotCarried(f"{stage.symbol} on line {stage.span.line} is not a call")
    return found


def receiver_of(module: Module, stage: Stage) -> ast.expr | None:
    """The expression that a stage's chain begins behind (``df`` in ``df.persist()``), None for a chain without one."""
    _, found = _places(module).longest_to.get(_start(stage.chain), (None, None))
    return found


@lru_cache(maxsize=_KEPT)
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


def with_callees(module: Module, function: ast.FunctionDef) -> list[ast.FunctionDef]:
    """A function and those of its file that it names, and that these name."""
    found, known = [function], functions(module)
    for one in found:
        names = {node.id for node in ast.walk(one) if isinstance(node, ast.Name)}
        found += [known[name] for name in sorted(names & set(known)) if known[name] not in found]
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


def frames_of(node: ast.expr) -> set[str]:
    """The variables whose columns a chain has: the one that it starts from, and those that it joins."""
    root = root_name(node)
    found = {root} if root is not None else set()
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join":
            other = node.args[0] if node.args else None
            if isinstance(other, ast.Call) and len(other.args) == 1:  # F.broadcast(other)
                other = other.args[0]
            found |= {other.id} if isinstance(other, ast.Name) else set()
        node = node.func if isinstance(node, ast.Call) else node.value
    return found


def bound_value(module: Module, name: str, scope: str) -> ast.expr | None:
    """The value that a name is bound to in a scope or the nearest one around it; None when it has several.

    A parameter, a loop variable, an import or an unpacked name has no value that can be read.
    """
    bound = binding(module, name, scope)
    return bound if isinstance(bound, ast.expr) else None


def binding(module: Module, name: str, scope: str) -> _Bound:
    """The value or the function that a name stands for, None where that cannot be told."""
    holders: list[ast.FunctionDef | ast.Module] = [module.tree]
    parts = scope.split(".") if scope else []
    for depth in range(len(parts)):
        function = functions(module).get(".".join(parts[: depth + 1]))
        if function is not None:
            holders.append(function)
    for holder in reversed(holders):
        found = _bindings_in(holder).get(name)
        if found:
            return found[0] if len(found) == 1 else None
    return None


@lru_cache(maxsize=_KEPT)
def _bindings_in(holder: ast.FunctionDef | ast.Module) -> dict[str, list[_Bound]]:
    """What a function or module binds its names to, without what functions and classes inside it bind."""
    found: dict[str, list[_Bound]] = defaultdict(list)
    waiting: list[ast.AST] = list(ast.iter_child_nodes(holder))
    while waiting:
        node = waiting.pop()
        for name, value in _bindings(node):
            found[name].append(value)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))
    if isinstance(holder, ast.FunctionDef):
        for node in ast.walk(holder.args):
            if isinstance(node, ast.arg):
                found[node.arg].append(None)
    return dict(found)


def _bindings(node: ast.AST) -> Iterator[tuple[str, _Bound]]:
    """The names that one node binds, each with its value; None for a value that cannot be read."""
    if isinstance(node, ast.Assign):
        whole = {target.id for target in node.targets if isinstance(target, ast.Name)}
        yield from ((name, node.value) for name in whole)
        yield from ((name, None) for target in node.targets for name in _names(target) - whole)
    elif isinstance(node, ast.AnnAssign):
        if node.value is not None:
            yield from ((name, node.value) for name in _names(node.target))
    elif isinstance(node, ast.NamedExpr):
        yield node.target.id, node.value
    elif isinstance(node, ast.For | ast.AsyncFor | ast.AugAssign | ast.comprehension):
        yield from ((name, None) for name in _names(node.target))
    elif isinstance(node, ast.withitem):
        if node.optional_vars is not None:
            yield from ((name, None) for name in _names(node.optional_vars))
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from ((name, None) for name in {alias.asname or alias.name.split(".")[0] for alias in node.names})
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.ExceptHandler) and node.name:
        yield node.name, node if isinstance(node, ast.FunctionDef) else None


def _names(target: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


@lru_cache(maxsize=_KEPT)
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
