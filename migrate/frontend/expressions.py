"""Evaluates expressions: names, attributes, operators, containers; calls are handed on."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from migrate.frontend import symbols
from migrate.frontend.calls import call_value, read_module
from migrate.frontend.inference import elsewhere, inferred
from migrate.frontend.machine import DEPTH, Machine
from migrate.frontend.scope import Scope
from migrate.frontend.spark_api import NOTEBOOK_NAMES, SHELL
from migrate.frontend.spark_calls import DATASETS, attribute_of, subscript_stage, type_of_class
from migrate.frontend.statements import assign, element
from migrate.frontend.values import (
    UNKNOWN,
    Class,
    Function,
    Instance,
    Items,
    Namespace,
    Ref,
    Spark,
    Text,
    Udf,
    Unknown,
    Value,
    derived,
    joined,
    udfs_of,
)


def evaluate(m: Machine, node: ast.AST | None) -> Value:
    """What is known of the value of an expression."""
    if node is None:
        return UNKNOWN
    handler = _HANDLERS.get(type(node))
    return handler(m, node) if handler is not None else _generic(m, node)


def _generic(m: Machine, node: ast.AST) -> Value:
    return derived(*(evaluate(m, child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)))


def _constant(m: Machine, node: ast.Constant) -> Value:
    return Text(node.value) if isinstance(node.value, str) else UNKNOWN


def _joined_string(m: Machine, node: ast.JoinedStr) -> Value:
    parts = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        else:
            inner = evaluate(m, part.value) if isinstance(part, ast.FormattedValue) else UNKNOWN
            parts.append(inner.text if isinstance(inner, Text) else "{}")
    return Text("".join(parts))


def _name(m: Machine, node: ast.Name) -> Value:
    value = lookup(m, node.id)
    if isinstance(value, Spark) and (value.links or value.type in DATASETS):
        # What follows the variable replaces text from its end on, wherever the builder calls before it stand.
        return replace(value, start=(node.end_lineno or node.lineno, node.end_col_offset or 0))
    return value


def lookup(m: Machine, name: str) -> Value:
    """The value of a name: a variable, a name behind a star import, or what the shell defines."""
    value = m.scope.find(name)
    if value is None:
        value = _from_star(m, m.scope.top, name)
    if value is None:
        if name in SHELL and not m.worker:
            return Spark(SHELL[name])
        if name in NOTEBOOK_NAMES:
            return Ref(NOTEBOOK_NAMES[name])
        return Ref(name) if name in _BUILTINS else inferred(m, name, UNKNOWN)
    return forced(m, value) if isinstance(value, Ref) else value


def forced(m: Machine, ref: Ref) -> Value:
    """The value that a dotted name has in the project; the name itself where it is a library's."""
    if ref.symbol.split(".", 1)[0] in symbols.roots():
        return ref
    asked = (m.module.path, ref.symbol)
    if asked in m.chased or len(m.chased) > DEPTH:
        # Modules that import a name from each other, or a file with the name of the library that it imports.
        return ref
    m.chased.add(asked)
    found = _chased(m, ref)
    m.chased.discard(asked)
    return found


def _chased(m: Machine, ref: Ref) -> Value:
    parts = ref.symbol.split(".")
    for cut in range(len(parts), 0, -1):
        path = m.project.locate(m.module.path, ".".join(parts[:cut]))
        scope = read_module(m, path) if path is not None else None
        if scope is None:
            continue
        value: Value = Namespace(scope)
        for index, part in enumerate(parts[cut:], cut + 1):
            holder = value.scope if isinstance(value, Namespace) else scope
            value = attribute_of_value(m, value, part) or ref
            if isinstance(value, Ref):
                # Not ours as far as it goes: what follows is asked for in one piece.
                whole = ".".join([value.symbol, *parts[index:]])
                return ref if value is ref else _forced_in(m, Ref(whole), holder) if parts[index:] else value
        return value
    return ref


def _from_star(m: Machine, scope: Scope, name: str) -> Value | None:
    """The value of a name behind a module's star imports; the last of them wins."""
    asked = (scope.module.path, f"*.{name}")
    if asked in m.chased:
        return None
    m.chased.add(asked)
    found = _behind_stars(m, scope, name)
    m.chased.discard(asked)
    return found


def _behind_stars(m: Machine, scope: Scope, name: str) -> Value | None:
    likely = possible = None
    for base in reversed(scope.stars):
        if base.split(".", 1)[0] not in symbols.roots():
            # Only a module has a star: what is none of ours is not looked for among the names of its package.
            path = m.project.locate(scope.module.path, base)
            module = read_module(m, path) if path is not None else None
            found = attribute_of_value(m, Namespace(module), name) if module is not None else None
            if found is not None:
                return found
        elif _exports(base, name):
            ref = Ref(f"{base}.{name}")
            op = symbols.of_name(ref.symbol)
            if op is None:
                possible = possible or ref
            elif op.symbol == ref.symbol or symbols.is_named(op, name):
                return ref
            elif op.option("names") is None:
                likely = likely or ref
    return likely or possible


def _exports(module: str, name: str) -> bool:
    """Whether a module of Spark may have that name: what it surely hasn't must not shadow builtins and the shell."""
    if (name in _BUILTINS and name not in _SHADOWED) or name in SHELL:
        return False
    if module.endswith("types"):
        return name[:1].isupper()
    return not module.endswith("functions") or name[:1].islower()


def _attribute(m: Machine, node: ast.Attribute) -> Value:
    base = evaluate(m, node.value)
    if isinstance(base, Unknown) and not m.worker and not elsewhere(base.origin):
        owner = symbols.owner_of(node.attr)
        if owner is not None:
            base = Spark(owner, udfs=base.udfs, sure=False)
    found = attribute_of_value(m, base, node.attr, node)
    return found if found is not None else derived(base)


def attribute_of_value(m: Machine, base: Value, name: str, node: ast.Attribute | None = None) -> Value | None:
    """The value of an attribute; None where nothing is known of it."""
    if isinstance(base, Ref):
        return _ref_attribute(m, base, name, node)
    if isinstance(base, Spark):
        return attribute_of(m, base, name, node)
    if isinstance(base, Namespace):
        value = base.scope.variables.get(name)
        if value is None:
            return _submodule(m, base, name) or _from_star(m, base.scope, name)
        return _forced_in(m, value, base.scope)
    if isinstance(base, Instance):
        return instance_attribute(m, base, name, node)
    if isinstance(base, Class):
        found = class_member(base, name)
        return _bound(found, None) if found is not None else None
    if isinstance(base, Udf) and name in ("func", "__wrapped__"):
        return UNKNOWN
    return None


def _forced_in(m: Machine, value: Value, scope: Scope) -> Value:
    if not isinstance(value, Ref):
        return value
    frame = m.frame
    before = frame.scope
    frame.scope = scope
    result = forced(m, value)
    frame.scope = before
    return result


def _submodule(m: Machine, base: Namespace, name: str) -> Value | None:
    path = m.project.locate(
        base.scope.module.path, f"{base.scope.module.name}.{name}" if base.scope.module.name else name
    )
    scope = read_module(m, path) if path else None
    return Namespace(scope) if scope is not None else None


def _ref_attribute(m: Machine, base: Ref, name: str, node: ast.Attribute | None) -> Value:
    op = symbols.of_name(base.symbol)
    if op is not None and symbols.is_class(op):
        cls = Spark(type_of_class(op, base.symbol), source=op, source_name=base.symbol)
        return attribute_of(m, cls, name, node) or UNKNOWN
    return forced(m, Ref(f"{base.symbol}.{name}"))


def instance_attribute(m: Machine, base: Instance, name: str, node: ast.AST | None) -> Value | None:
    """An attribute of an object: what its methods set, else what its class has."""
    value = base.attributes.get(name)
    if value is not None:
        if isinstance(value, Spark) and isinstance(node, ast.Attribute) and (value.links or value.type in DATASETS):
            return replace(value, start=(node.end_lineno or node.lineno, node.end_col_offset or 0))
        return value
    found = class_member(base.cls, name)
    if found is None:
        guess = inferred(m, name, UNKNOWN)
        return guess
    if isinstance(found, Function) and isinstance(found.node, ast.FunctionDef):
        kinds = {d.id if isinstance(d, ast.Name) else getattr(d, "attr", "") for d in found.node.decorator_list}
        if "property" in kinds or "cached_property" in kinds:
            return m.call(m, replace(found, owner=base), [], {}, node or found.node)
        if "staticmethod" in kinds:
            return found
    return _bound(found, base)


def _bound(found: Value, owner: Instance | None) -> Value:
    if isinstance(found, Function) and isinstance(found.node, ast.FunctionDef) and found.scope.is_class:
        kinds = {d.id for d in found.node.decorator_list if isinstance(d, ast.Name)}
        if "staticmethod" in kinds:
            return found
        if owner is None and "classmethod" in kinds:
            return replace(found, owner=UNKNOWN)
        if owner is not None:
            return replace(found, owner=owner)
    return found


def class_member(cls: Class, name: str, depth: int = 0) -> Value | None:
    """A member of a class or of the classes of the program that it extends."""
    value = cls.scope.variables.get(name)
    if value is not None or depth > 10:
        return value
    for base in cls.bases:
        if isinstance(base, Class):
            value = class_member(base, name, depth + 1)
            if value is not None:
                return value
    return None


def _subscript(m: Machine, node: ast.Subscript) -> Value:
    base = evaluate(m, node.value)
    index = evaluate(m, node.slice)
    if isinstance(base, Items):
        return _item(base, node.slice)
    if isinstance(base, Spark):
        if base.many or base.type in ("Model", "PandasFrame"):
            return replace(base, many=False)
        if base.type in DATASETS and base.type not in ("RDD", "DStream"):
            return subscript_stage(m, node, base, index)
        return derived(base, index)
    if isinstance(base, Text):
        return Text("{}")
    return derived(base, index)


def _item(base: Items, where: ast.expr) -> Value:
    index: object = None
    if isinstance(where, ast.Constant):
        index = where.value
    elif isinstance(where, ast.UnaryOp) and isinstance(where.op, ast.USub) and isinstance(where.operand, ast.Constant):
        index = -where.operand.value if isinstance(where.operand.value, int) else None
    if base.keys:
        for key, value in zip(reversed(base.keys), reversed(base.members), strict=False):
            if key == index and index is not None:
                return value
    elif (
        isinstance(index, int)
        and not isinstance(index, bool)
        and base.exact
        and -len(base.members) <= index < len(base.members)
    ):
        return base.members[index]
    return element(replace(base, keys=()))


def _operation(m: Machine, node: ast.expr) -> Value:
    operands: list[Value] = []
    if isinstance(node, ast.BinOp):
        operands = [evaluate(m, node.left), evaluate(m, node.right)]
        texts = [value.text if isinstance(value, Text) else "{}" for value in operands]
        if isinstance(node.op, ast.Add) and any(isinstance(value, Text) for value in operands):
            return Text("".join(texts))
        if isinstance(node.op, ast.Mod) and isinstance(operands[0], Text):
            return operands[0]
        lists = [value for value in operands if isinstance(value, Items)]
        if isinstance(node.op, ast.Add) and len(lists) == len(operands):
            return Items(tuple(part for value in lists for part in value.members))
        if isinstance(node.op, ast.Add) and isinstance(operands[0], Spark) and operands[0].type == "RDD":
            return replace(
                operands[0], producers=operands[0].producers | getattr(operands[1], "producers", frozenset())
            )
    elif isinstance(node, ast.Compare):
        operands = [evaluate(m, node.left), *(evaluate(m, part) for part in node.comparators)]
    elif isinstance(node, ast.UnaryOp):
        operands = [evaluate(m, node.operand)]
    if any(isinstance(value, Spark) and value.type in ("Column", "DataFrame") for value in operands):
        udfs = frozenset().union(
            *(udfs_of(value) for value in operands if not (isinstance(value, Spark) and value.type in DATASETS))
        )
        return Spark("Column", udfs=udfs)
    return derived(*operands)


def _bool(m: Machine, node: ast.BoolOp) -> Value:
    values = [evaluate(m, part) for part in node.values]
    result = values[0]
    for value in values[1:]:
        result = joined(result, value)
    return result


def _if_expression(m: Machine, node: ast.IfExp) -> Value:
    evaluate(m, node.test)
    return joined(evaluate(m, node.body), evaluate(m, node.orelse))


def _sequence(m: Machine, node: ast.List | ast.Tuple | ast.Set) -> Value:
    exact = not any(isinstance(part, ast.Starred) for part in node.elts)
    return Items(tuple(evaluate(m, part) for part in node.elts), exact=exact)


def _dict(m: Machine, node: ast.Dict) -> Value:
    keys = tuple(key.value if isinstance(key, ast.Constant) else None for key in node.keys)
    return Items(tuple(evaluate(m, value) for value in node.values), keys, exact=None not in keys)


def _comprehension(m: Machine, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Value:
    frame = m.frame
    before = frame.scope
    # The variables that a comprehension binds, looked up in its surroundings' node for their likely types.
    frame.scope = Scope(before.module, before, before.name, node=before.node)
    for generator in node.generators:
        assign(m, generator.target, element(evaluate(m, generator.iter)))
        for test in generator.ifs:
            evaluate(m, test)
    value = evaluate(m, node.value if isinstance(node, ast.DictComp) else node.elt)
    frame.scope = before
    return Items((value,), exact=False)


def _lambda(m: Machine, node: ast.Lambda) -> Value:
    value = m.functions.get(node)
    if value is None or value.scope is not m.scope:
        value = Function(node, m.scope, "<lambda>")
        m.functions[node] = value
    return value


def _walrus(m: Machine, node: ast.NamedExpr) -> Value:
    value = evaluate(m, node.value)
    assign(m, node.target, value)
    return value


def _yield(m: Machine, node: ast.Yield | ast.YieldFrom) -> Value:
    value = evaluate(m, node.value)
    m.frame.returned.append(Items((value,), exact=False))
    return UNKNOWN


def _wrapped(m: Machine, node: ast.Await | ast.Starred) -> Value:
    return evaluate(m, node.value)


def _call(m: Machine, node: ast.Call) -> Value:
    if isinstance(node.func, ast.Attribute):
        base = evaluate(m, node.func.value)
        return call_value(m, node, base, node.func.attr)
    return call_value(m, node, evaluate(m, node.func), None)


_BUILTINS = frozenset(dir(builtins))
_SHADOWED = frozenset({"abs", "max", "min", "sum", "round", "pow", "filter", "hash", "ascii", "slice", "bin", "hex"})
# Each takes the kind of node that it stands beside.
_HANDLERS: dict[type, Callable[[Machine, Any], Value]] = {
    ast.Constant: _constant,
    ast.JoinedStr: _joined_string,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.BinOp: _operation,
    ast.Compare: _operation,
    ast.UnaryOp: _operation,
    ast.BoolOp: _bool,
    ast.IfExp: _if_expression,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Set: _sequence,
    ast.Dict: _dict,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _comprehension,
    ast.Lambda: _lambda,
    ast.NamedExpr: _walrus,
    ast.Yield: _yield,
    ast.YieldFrom: _yield,
    ast.Await: _wrapped,
    ast.Starred: _wrapped,
    ast.Call: _call,
}
