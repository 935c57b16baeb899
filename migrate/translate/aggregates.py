"""Aggregates of groups (``F.sum("v")``) as Ray source."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from migrate.mapping import Call, Column, Emission, NotCarried
from migrate.translate.built import Session, compared, each_row, literal, made, quoted
from migrate.translate.frames import opened
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


_PIVOTED = {kind: kind for kind in ("avg", "max", "min", "stddev", "stddev_pop", "sum", "var_pop", "variance")} | {
    "rows": "some_rows"
}
"""The kinds that a pivot may have, with what they are there."""


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


def _kind(call: Call, name: str) -> tuple[str, str]:
    if name == "sum" and call.ansi():
        raise NotCarried("a sum that does not fit ends the job in ANSI mode, and which one does depends on partitions")
    return _KINDS[name]


def _aggregate(call: Call, name: str, values: ast.expr) -> Aggregate:
    kind, title = _kind(call, name)
    rows = isinstance(values, ast.Constant) and values.value == "*"
    column = literal(1) if rows else call.column(values)
    shown = title.format(column.title.replace("{", "{{").replace("}", "}}")) if column.title else ""
    return Aggregate("rows" if rows and kind == "count" else kind, each_row(column), shown)


def aggregates_of(call: Call, nodes: Sequence[ast.expr]) -> list[Aggregate] | None:
    """The built-in aggregates that expressions are, None where one of them is none."""
    if len(nodes) == 1 and isinstance(nodes[0], ast.Dict):
        return [_of_dict(call, nodes[0])]
    found = [aggregate(call, node) for node in nodes]
    return [one for one in found if one is not None] if found and all(found) else None


def _of_dict(call: Call, node: ast.Dict) -> Aggregate:
    """``agg({"x": "max"})``."""
    pair = [*node.keys, *node.values]
    texts = [one.value for one in pair if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    if len(pair) != 2 or len(texts) != 2 or texts[1] not in _KINDS:
        raise NotCarried("a dict of several aggregates, whose columns come in an order of Java's, is not mapped")
    return _aggregate(call, texts[1], node.keys[0] or node)


def of_names(call: Call, name: str, nodes: Sequence[ast.expr]) -> list[Aggregate]:
    """``grouped.sum("a", "b")``."""
    return [_aggregate(call, name, node) for node in nodes]


def counted() -> Aggregate:
    """``grouped.count()``."""
    return Aggregate("rows", each_row(literal(1)), "count")


def columns_made(aggregates: Sequence[Aggregate], keys: Sequence[str] = ()) -> tuple[str, set[str], set[str]]:
    """The aggregates as the source of a dict, with the helpers and imports that it needs."""
    if not all(one.name for one in aggregates):
        raise NotCarried("how Spark names an aggregate is not known; give it an alias")
    names = [*keys, *(one.name for one in aggregates)]
    if len({name.lower() for name in names}) < len(names):
        raise NotCarried("two columns of one name")
    kinds = ["count" if one.kind == "rows" else one.kind for one in aggregates]
    pairs = zip(aggregates, kinds, strict=True)
    body = ", ".join(f'{quoted(one.name)}: ("{kind}", {one.values.text})' for one, kind in pairs)
    helpers = set().union(*(one.values.helpers for one in aggregates))
    return f"{{{body}}}", helpers, set().union(*(one.values.imports for one in aggregates))


def grouped(call: Call, keys: Sequence[str], aggregates: Sequence[Aggregate]) -> Emission:
    """The emission that makes one row of each group; without keys all rows are one."""
    source, helpers, imports = columns_made(aggregates, keys)
    if not keys:
        return _whole(call, source, helpers, imports)
    function = f"lambda batch: aggregated(batch, {key_list(list(keys))}, {source})"
    return shuffled(call, list(keys), function, {"aggregated", *helpers}, imports)


def pivoted(call: Call, aggregates: Sequence[Aggregate]) -> list[Aggregate]:
    """The aggregates of the rows of each value of a pivot, as many columns; NotCarried where the values are not known.

    A count of no rows is NULL there.
    """
    column, *given = call.link("GroupedData.pivot") or ()
    if not given or not isinstance(given[0], ast.List | ast.Tuple):
        raise NotCarried("the columns of a pivot without a list of values come from the data")
    pivot, values = call.column(column), [one.value for one in given[0].elts if isinstance(one, ast.Constant)]
    if len(values) < len(given[0].elts) or any(type(value) not in {str, int, bool} for value in values):
        raise NotCarried("the values of a pivot are not texts, whole numbers or booleans that are written down")
    if any(one.kind not in _PIVOTED for one in aggregates):
        raise NotCarried("a pivot of counts of a column and of lists is not mapped")
    found = []
    for value in values:
        title = str(value).lower() if isinstance(value, bool) else str(value)
        for one in aggregates:
            kept = made("pc.if_else({}, {}, None)", compared(pivot, "==", literal(value), Session()), one.values)
            name = title if len(aggregates) == 1 else f"{title}_{one.name}" if one.name else ""
            found.append(Aggregate(_PIVOTED[one.kind], kept, name))
    return found


def all_numbers(call: Call, kind: str, keys: Sequence[str]) -> Emission:
    """The emission of ``grouped.sum()``: of all columns of numbers, which only the data names."""
    kind, title = _kind(call, kind)
    names = key_list(list(keys))
    source = f'of_all_numbers(batch, {names}, "{kind}", {quoted(title)})'
    if not keys:
        return _whole(call, source, {"of_all_numbers"}, set())
    function = f"lambda batch: aggregated(batch, {names}, {source})"
    return shuffled(call, list(keys), function, {"aggregated", "of_all_numbers"}, set())


def _whole(call: Call, source: str, helpers: Set[str], imports: Set[str]) -> Emission:
    return Emission(
        f", lambda batch: {source})",
        helpers=("aggregated_whole", *sorted(helpers)),
        imports=tuple(sorted(imports)),
        edits=(opened(call, "aggregated_whole"),),
    )
