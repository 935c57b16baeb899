"""Runs statements: assignments, branches, loops, imports and definitions."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from migrate.frontend import symbols
from migrate.frontend.inference import inferred
from migrate.frontend.machine import STEPS, Machine
from migrate.frontend.parsing import UNREADABLE, parse_expression
from migrate.frontend.scope import Scope
from migrate.frontend.spark_calls import make_udf
from migrate.frontend.values import (
    UNKNOWN,
    Class,
    Function,
    Instance,
    Items,
    Ref,
    Spark,
    Text,
    Udf,
    Unknown,
    Value,
    derived,
    joined,
)

_TEST_RUNNERS = frozenset({"doctest", "pytest", "unittest"})
"""A function that imports one of these tests its module."""


def run_block(m: Machine, body: list[ast.stmt]) -> bool:
    """Run statements in order; True where control does not go on after them."""
    for statement in body:
        m.steps += 1
        handler = _HANDLERS.get(type(statement))
        if handler is None:
            continue
        m.frame.statement = statement
        if handler(m, statement):
            return True
    return False


def bind(m: Machine, name: str, value: Value) -> None:
    """Assign a variable of the scope under way."""
    m.trail.assign(m.scope.holder(name).variables, name, value)


def assign(m: Machine, target: ast.expr, value: Value) -> None:
    """Assign a value to a target of an assignment, a loop or a ``with``."""
    if isinstance(target, ast.Name):
        if isinstance(value, Unknown):
            value = inferred(m, target.id, value)
        bind(m, target.id, value)
    elif isinstance(target, (ast.Tuple, ast.List)):
        for index, part in enumerate(target.elts):
            if isinstance(part, ast.Starred):
                assign(m, part.value, Items((value,), exact=False))
            else:
                assign(m, part, member(value, index, len(target.elts)))
    elif isinstance(target, ast.Attribute):
        owner = m.evaluate(m, target.value)
        if isinstance(owner, Instance):
            m.trail.assign(owner.attributes, target.attr, value)
        elif isinstance(owner, Class):
            m.trail.assign(_class_attributes(m, owner), target.attr, value)
    elif isinstance(target, ast.Subscript):
        owner = m.evaluate(m, target.value)
        m.evaluate(m, target.slice)
        if isinstance(owner, Items) and isinstance(target.value, (ast.Name, ast.Attribute)):
            key = target.slice.value if isinstance(target.slice, ast.Constant) else None
            grown = Items(
                (*owner.members, value),
                (*owner.keys, key) if len(owner.keys) == len(owner.members) else (),
                exact=False,
            )
            assign(m, target.value, grown)
        elif isinstance(owner, Unknown) and not isinstance(value, Unknown) and isinstance(target.value, ast.Name):
            assign(m, target.value, Items((value,), exact=False))


def _class_attributes(m: Machine, cls: Class) -> dict[str, Value]:
    return cls.scope.variables


def member(value: Value, index: int, count: int) -> Value:
    """One of the values that unpacking gives."""
    if isinstance(value, Items):
        if value.exact and len(value.members) == count:
            return value.members[index]
        return element(value)
    return element(value)


def element(value: Value) -> Value:
    """What iterating over a value gives."""
    if isinstance(value, Items):
        if value.keys and all(isinstance(key, str) for key in value.keys):
            return Text("{}")
        result: Value | None = None
        for item in value.members:
            result = item if result is None else joined(result, item)
        return result if result is not None else UNKNOWN
    if isinstance(value, Spark):
        return replace(value, many=False) if value.many else derived(value)
    if isinstance(value, Text):
        return Text("{}")
    return derived(value)


def _note_result(m: Machine, node: ast.expr, target: str) -> None:
    """The stage that an assigned expression ends in knows the variable."""
    key = (m.module.path, node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0)
    draft = m.recorder.draft(key)
    if draft is not None:
        draft.result = target


def _assign(m: Machine, node: ast.Assign) -> bool:
    value = m.evaluate(m, node.value)
    for target in node.targets:
        if isinstance(target, (ast.Name, ast.Attribute, ast.Tuple)):
            _note_result(m, node.value, m.module.segment(target))
        assign(m, target, value)
    return False


def _ann_assign(m: Machine, node: ast.AnnAssign) -> bool:
    value: Value = UNKNOWN
    if node.value is not None:
        value = m.evaluate(m, node.value)
        _note_result(m, node.value, m.module.segment(node.target))
    if isinstance(value, Unknown):
        value = hinted(m, value, node.annotation)
    if node.value is not None or not isinstance(value, Unknown):
        assign(m, node.target, value)
    return False


def hinted(m: Machine, value: Unknown, annotation: ast.expr | None) -> Value:
    """An unknown value with what its type annotation adds: a Spark type, or that it is another library's."""
    hint = annotated(m, annotation)
    if isinstance(hint, Unknown):
        return replace(value, origin=value.origin or hint.origin)
    return value if hint is None else hint


def annotated(m: Machine, annotation: ast.expr | None) -> Value | None:
    """The value that a type annotation promises; None where it says nothing."""
    if annotation is None:
        return None
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = parse_expression(annotation.value)
        except UNREADABLE:
            return None
    if isinstance(annotation, ast.Subscript):
        name = (
            annotation.value.attr
            if isinstance(annotation.value, ast.Attribute)
            else getattr(annotation.value, "id", "")
        )
        inner = annotated(m, annotation.slice)
        if name in ("Optional", "Union", "Annotated", "Final", "ClassVar"):
            return inner
        if name in ("List", "list", "Iterable", "Sequence", "Iterator") and isinstance(inner, Spark):
            return Items((inner,), exact=False)
        return annotated(m, annotation.value) if name in ("RDD", "DStream", "Broadcast") else None
    if isinstance(annotation, ast.Tuple):
        return _either([annotated(m, part) for part in annotation.elts])
    if isinstance(annotation, ast.BinOp):
        return _either([annotated(m, annotation.left), annotated(m, annotation.right)])
    if not isinstance(annotation, (ast.Name, ast.Attribute)):
        return None
    value = m.evaluate(m, annotation)
    if isinstance(value, Class):
        return Unknown(origin=value.scope.name)
    if not isinstance(value, Ref):
        return None
    op = symbols.of_name(value.symbol)
    if op is not None and symbols.is_class(op) and symbols.known_type(op.result):
        return Spark(op.result)
    root = value.symbol.split(".", 1)[0]
    return None if root in symbols.roots() or root.startswith("typing") else Unknown(origin=value.symbol)


def _either(values: list[Value | None]) -> Value | None:
    """What a union of types promises: Spark's where one of them is."""
    known = [value for value in values if value is not None]
    return next((value for value in known if not isinstance(value, Unknown)), known[0] if known else None)


def _aug_assign(m: Machine, node: ast.AugAssign) -> bool:
    left = (
        m.evaluate(m, ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target))
        if isinstance(node.target, ast.Name)
        else UNKNOWN
    )
    right = m.evaluate(m, node.value)
    if isinstance(left, Text) and isinstance(right, Text):
        assign(m, node.target, Text(left.text + right.text))
    elif isinstance(left, Items):
        assign(
            m, node.target, Items(left.members + (right.members if isinstance(right, Items) else (right,)), exact=False)
        )
    elif not isinstance(left, Spark):
        assign(m, node.target, derived(left, right))
    return False


def _expression(m: Machine, node: ast.Expr) -> bool:
    if not isinstance(node.value, ast.Constant):
        m.evaluate(m, node.value)
    return False


def _return(m: Machine, node: ast.Return) -> bool:
    m.frame.returned.append(m.evaluate(m, node.value) if node.value is not None else UNKNOWN)
    return True


def _leave(m: Machine, node: ast.stmt) -> bool:
    if isinstance(node, ast.Raise):
        m.evaluate(m, node.exc)
    return True


def is_main_guard(node: ast.stmt) -> bool:
    """Whether a statement is ``if __name__ == "__main__"``."""
    if not isinstance(node, ast.If):
        return False
    return any(isinstance(part, ast.Name) and part.id == "__name__" for part in ast.walk(node.test))


def _if(m: Machine, node: ast.If) -> bool:
    if is_main_guard(node) and (m.scope.parent is not None or m.module is not m.entry):
        return False
    m.evaluate(m, node.test)
    return _branches(m, [lambda: run_block(m, node.body), lambda: run_block(m, node.orelse)])


def _branches(m: Machine, ways: list[Callable[[], bool]]) -> bool:
    outcomes = [m.trail.attempt(way) for way in ways]
    going_on = [changes for leaves, changes in outcomes if not leaves]
    m.trail.merge(going_on)
    return not going_on


def _loop(m: Machine, node: ast.For | ast.AsyncFor | ast.While) -> bool:
    if isinstance(node, ast.While):
        m.evaluate(m, node.test)
        iterated: Value = UNKNOWN
    else:
        iterated = m.evaluate(m, node.iter)

    def once() -> bool:
        if not isinstance(node, ast.While):
            assign(m, node.target, element(iterated))
        run_block(m, node.body)
        return False

    for _ in range(2):
        # A second round, so that what the first leaves behind reaches the stages at the top of the body.
        _, changes = m.trail.attempt(once)
        if not m.trail.merge([{}, changes]) or m.steps > STEPS:
            break
    run_block(m, node.orelse)
    return False


def _with(m: Machine, node: ast.With | ast.AsyncWith) -> bool:
    backends = 0
    for item in node.items:
        value = m.evaluate(m, item.context_expr)
        backends += isinstance(value, Spark) and value.type == "SparkBackend"
        if item.optional_vars is not None:
            assign(m, item.optional_vars, value)
    m.spark_backend += backends
    leaves = run_block(m, node.body)
    m.spark_backend -= backends
    return leaves


def _try(m: Machine, node: ast.Try) -> bool:
    def body() -> bool:
        return run_block(m, node.body) or run_block(m, node.orelse)

    handlers = (partial(run_block, m, handler.body) for handler in node.handlers)
    ways: list[Callable[[], bool]] = [body, *handlers]
    leaves = _branches(m, ways)
    return run_block(m, node.finalbody) or leaves


def _match(m: Machine, node: ast.Match) -> bool:
    m.evaluate(m, node.subject)
    ways: list[Callable[[], bool]] = [lambda: False, *(partial(run_block, m, case.body) for case in node.cases)]
    return _branches(m, ways)


def _import(m: Machine, node: ast.Import) -> bool:
    for alias in node.names:
        if alias.name.split(".", 1)[0] in _TEST_RUNNERS:
            m.tests.add(m.frame.name)
        if alias.asname:
            bind(m, alias.asname, Ref(alias.name))
        else:
            top = alias.name.split(".", 1)[0]
            bind(m, top, Ref(top))
    return False


def _import_from(m: Machine, node: ast.ImportFrom) -> bool:
    base = m.project.imported(m.module.path, node.level, node.module)
    for alias in node.names:
        if alias.name == "*":
            m.scope.top.stars.append(base)
        else:
            bind(m, alias.asname or alias.name, Ref(f"{base}.{alias.name}" if base else alias.name))
    return False


def _function(m: Machine, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    scope = m.scope
    prefix = f"{m.frame.name}." if m.frame.name else ""
    function = Function(node, scope, prefix + node.name)
    m.functions[node] = function
    value: Value = function
    for default in [*node.args.defaults, *filter(None, node.args.kw_defaults)]:
        m.evaluate(m, default)
    for decorator in reversed(node.decorator_list):
        value = _decorated(m, decorator, value)
    bind(m, node.name, value)
    return False


def _decorated(m: Machine, decorator: ast.expr, value: Value) -> Value:
    if isinstance(decorator, ast.Name) and decorator.id in ("staticmethod", "classmethod", "property"):
        return value
    made = m.evaluate(m, decorator)
    if isinstance(made, Udf) and made.pending:
        return make_udf(m, made.op, decorator, value, made.declared)
    if isinstance(made, Ref):
        op = symbols.of_name(made.symbol)
        if op is not None and op.udf is not None:
            return make_udf(m, op, decorator, value, None)
    if isinstance(made, (Ref, Unknown)) and isinstance(value, Function):
        op = symbols.of_name(made.symbol if isinstance(made, Ref) else made.origin)
        if op is not None and "entry" in op.flags:
            m.call(m, value, [], {}, decorator)
    if isinstance(made, Function) and not isinstance(made.node, ast.Lambda) and isinstance(value, (Function, Class)):
        wrapped = m.call(m, made, [value], {}, decorator)
        return wrapped if isinstance(wrapped, Udf) else value
    return value


def _class(m: Machine, node: ast.ClassDef) -> bool:
    bases = tuple(m.evaluate(m, base) for base in node.bases)
    name = f"{m.frame.name}.{node.name}" if m.frame.name else node.name
    scope = Scope(m.module, m.scope, name, is_class=True, node=node)
    frame = m.frame
    outer_scope, outer_name = frame.scope, frame.name
    frame.scope, frame.name = scope, name
    run_block(m, node.body)
    frame.scope, frame.name = outer_scope, outer_name
    cls = Class(node, scope, bases)
    m.classes[node] = cls
    value: Value = cls
    for decorator in reversed(node.decorator_list):
        value = _decorated(m, decorator, value)
    bind(m, node.name, value)
    return False


def _global(m: Machine, node: ast.Global | ast.Nonlocal) -> bool:
    for name in node.names:
        holder: Scope | None = m.scope.top if isinstance(node, ast.Global) else m.scope.parent
        while isinstance(node, ast.Nonlocal) and holder is not None and name not in holder.variables and holder.parent:
            holder = holder.parent
        if holder is not None and holder is not m.scope:
            m.scope.outer[name] = holder
    return False


def _delete(m: Machine, node: ast.Delete) -> bool:
    return False


def _assert(m: Machine, node: ast.Assert) -> bool:
    m.evaluate(m, node.test)
    return False


# Each takes the kind of node that it stands beside.
_HANDLERS: dict[type[ast.stmt], Callable[[Machine, Any], bool]] = {
    ast.Assign: _assign,
    ast.AnnAssign: _ann_assign,
    ast.AugAssign: _aug_assign,
    ast.Expr: _expression,
    ast.Return: _return,
    ast.Raise: _leave,
    ast.Continue: _leave,
    ast.Break: _leave,
    ast.If: _if,
    ast.For: _loop,
    ast.AsyncFor: _loop,
    ast.While: _loop,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.Match: _match,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Global: _global,
    ast.Nonlocal: _global,
    ast.Delete: _delete,
    ast.Assert: _assert,
}
if hasattr(ast, "TryStar"):
    _HANDLERS[ast.TryStar] = _try
