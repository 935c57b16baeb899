"""Which names a statement reads, binds and changes in its own scope."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_MUTATORS = {
    "add",
    "append",
    "clear",
    "discard",
    "extend",
    "insert",
    "pop",
    "popitem",
    "remove",
    "reverse",
    "setdefault",
    "sort",
    "update",
}


def loads(node: ast.AST) -> set[str]:
    """The names that a node reads from the scope it stands in, also through functions and lambdas inside it."""
    if isinstance(node, ast.Name):
        return set() if isinstance(node.ctx, ast.Store) else {node.id}
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        return {node.target.id} | loads(node.value)
    inside = _union(loads(child) for child in ast.iter_child_nodes(node))
    outside = _outside(node) if isinstance(node, _FUNCTIONS) else []
    return (inside - _own_names(node)) | _union(loads(part) for part in outside)


def reads(node: ast.AST, names: set[str]) -> Iterator[ast.Name]:
    """The places where a node reads one of those names of the scope it stands in, also in functions inside it."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        yield node
    outside = _outside(node) if isinstance(node, _FUNCTIONS) else []
    hidden = _own_names(node)
    for child in ast.iter_child_nodes(node):
        yield from reads(child, names if child in outside else names - hidden)


def _own_names(node: ast.AST) -> set[str]:
    """The names that stand for something else inside a function or a comprehension."""
    if isinstance(node, _COMPREHENSIONS):
        return _union(_targets(generator.target) for generator in node.generators)
    if not isinstance(node, _FUNCTIONS):
        return set()
    own = set(parameters(node.args))
    if isinstance(node, ast.Lambda):
        return own
    declared = {
        name for inner in ast.walk(node) if isinstance(inner, ast.Global | ast.Nonlocal) for name in inner.names
    }
    return (own | _union(stores(statement) for statement in node.body)) - declared


def stores(node: ast.AST) -> set[str]:
    """The names that a node binds in the scope it stands in."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Lambda):
        return set()
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.split(".")[0] for alias in node.names}
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Store) else set()
    inside = _union(stores(child) for child in ast.iter_child_nodes(node))
    if isinstance(node, _COMPREHENSIONS):
        return inside - _union(_targets(generator.target) for generator in node.generators)
    name = getattr(node, "name", None) if isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) else None
    return inside | {name} if name else inside


def changes(node: ast.AST) -> set[str]:
    """The names whose object a node changes in place: ``d[k] = v``, ``x.a = v``, ``rows.append(r)``."""
    found = set()
    for inner in ast.walk(node):
        target: ast.expr | None = None
        if isinstance(inner, ast.Subscript | ast.Attribute) and not isinstance(inner.ctx, ast.Load):
            target = inner
        elif isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.func.attr in _MUTATORS:
            target = inner.func.value
        while isinstance(target, ast.Subscript | ast.Attribute):
            target = target.value
        if isinstance(target, ast.Name):
            found.add(target.id)
    return found


def parameters(arguments: ast.arguments) -> list[str]:
    """The names of all parameters."""
    extra = [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
    return [argument.arg for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *extra]]


def blocks(statement: ast.AST) -> list[list[ast.stmt]]:
    """The blocks of statements inside a compound statement, in their order."""
    found = [getattr(statement, "body", None)]
    found += [handler.body for handler in getattr(statement, "handlers", [])]
    found += [getattr(statement, name, None) for name in ("orelse", "finalbody")]
    found += [case.body for case in getattr(statement, "cases", [])]
    return [block for block in found if isinstance(block, list) and block]


def header(statement: ast.AST) -> list[ast.expr]:
    """The expressions of a compound statement itself, without its blocks."""
    found: list[ast.expr] = []
    for _, value in ast.iter_fields(statement):
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.expr):
                found.append(item)
            elif isinstance(item, ast.withitem):
                found += [item.context_expr, *([item.optional_vars] if item.optional_vars else [])]
            elif isinstance(item, ast.ExceptHandler) and item.type is not None:
                found.append(item.type)
            elif isinstance(item, ast.match_case) and item.guard is not None:
                found.append(item.guard)
    return found


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all inside it, without what stands in functions and classes inside it."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        inside = [child for child in ast.iter_child_nodes(node) if not isinstance(child, (*_FUNCTIONS, ast.ClassDef))]
        waiting += reversed(inside)


def _outside(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.expr]:
    """What a function definition evaluates in the scope around it."""
    defaults = [*node.args.defaults, *(default for default in node.args.kw_defaults if default is not None)]
    if isinstance(node, ast.Lambda):
        return defaults
    annotations = [inner.annotation for inner in ast.walk(node.args) if isinstance(inner, ast.arg)]
    return [*defaults, *node.decorator_list, *(one for one in (*annotations, node.returns) if one is not None)]


def _targets(target: ast.expr) -> set[str]:
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name)}


def _union(sets: Iterable[set[str]]) -> set[str]:
    return set().union(*sets)
