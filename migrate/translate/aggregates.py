"""Aggregates of groups (``F.sum("v")``) as Ray source."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from migrate.mapping import Call, Column, Emission, NotCarried
from migrate.translate.built import each_row, literal, quoted
from migrate.translate.groups import key_list, shuffled

_MODULE = "pyspark.sql.functions."
_KINDS: Mapping[str, tuple[str, str]] = {
    "avg": ("avg", "avg({})"),
    "collect_list": ("list", "collect_list({})"),
    "collect_set": ("set", "collect_set({})"),
    "count": ("count", "count({})"),
    "countDistinct": ("distinct", "count(DISTINCT {})"),
    "count_distinct": ("distinct", "count(DISTINCT {})"),
    "max": ("max", "max({})"),
    "mean": ("avg", "avg({})"),
    "min": ("min", "min({})"),
    "stddev": ("stddev", "stddev({})"),
    "stddev_pop": ("stddev_pop", "stddev_pop({})"),
    "stddev_samp": ("stddev", "stddev_samp({})"),
    "sum": ("sum", "sum({})"),
    "var_pop": ("var_pop", "var_pop({})"),
    "var_samp": ("variance", "var_samp({})"),
    "variance": ("variance", "var_samp({})"),
}
"""By PySpark's name: the kind that the emitted helper knows, and how Spark names the result."""


@dataclass(frozen=True)
class Aggregate:
    """What is made of the values of a group: its kind, the values, and the name of the result."""

    kind: str
    values: Column
    name: str


def aggregate(call: Call, node: ast.expr) -> Aggregate | None:
    """The built-in aggregate that an expression is, None where it is none."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"alias", "name"}:
        inner = aggregate(call, node.func.value)
        if inner is None:
            return None
        if len(node.args) != 1 or not isinstance(node.args[0], ast.Constant) or not isinstance(node.args[0].value, str):
            raise NotCarried(f"the name {ast.unparse(node)} of a column is not a literal")
        return replace(inner, name=node.args[0].value)
    origin = call.resolve(node.func) if isinstance(node, ast.Call) else None
    name = (origin or "").removeprefix(_MODULE)
    if not isinstance(node, ast.Call) or origin != f"{_MODULE}{name}" or name not in _KINDS:
        return None
    if len(node.args) != 1 or node.keywords:
        raise NotCarried(f"{name}() of several columns is not mapped yet")
    return _aggregate(call, name, node.args[0])


def _aggregate(call: Call, name: str, values: ast.expr) -> Aggregate:
    kind, title = _KINDS[name]
    rows = isinstance(values, ast.Constant) and values.value == "*"
    column = literal(1) if rows else call.column(values)
    shown = title.format(column.title.replace("{", "{{").replace("}", "}}")) if column.title else ""
    return Aggregate(kind, each_row(column), shown)


def of_names(call: Call, name: str, nodes: Sequence[ast.expr]) -> list[Aggregate]:
    """``grouped.sum("a", "b")``."""
    if not nodes:
        raise NotCarried(f"{name}() of all numeric columns, which only the data names, is not mapped")
    return [_aggregate(call, name, node) for node in nodes]


def counted() -> Aggregate:
    """``grouped.count()``."""
    return Aggregate("count", each_row(literal(1)), "count")


def grouped(call: Call, keys: Sequence[str], aggregates: Sequence[Aggregate]) -> Emission:
    """The emission that makes one row of each group."""
    if not all(one.name for one in aggregates):
        raise NotCarried("how Spark names an aggregate is not known; give it an alias")
    names = [*keys, *(one.name for one in aggregates)]
    if len({name.lower() for name in names}) < len(names):
        raise NotCarried("two columns of one name")
    body = ", ".join(f'{quoted(one.name)}: ("{one.kind}", {one.values.text})' for one in aggregates)
    return shuffled(
        call,
        list(keys),
        f"lambda batch: aggregated(batch, {key_list(list(keys))}, {{{body}}})",
        {"aggregated"}.union(*(one.values.helpers for one in aggregates)),
        frozenset().union(*(one.values.imports for one in aggregates)),
    )
