"""Spark's data types, as written in a job, as PyArrow types."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from migrate.mapping import NotCarried

TYPES = "pyspark.sql.types."
_SIMPLE = {
    "BooleanType": ("pa.bool_()", "boolean"),
    "ByteType": ("pa.int8()", "integer"),
    "ShortType": ("pa.int16()", "integer"),
    "IntegerType": ("pa.int32()", "integer"),
    "LongType": ("pa.int64()", "integer"),
    "FloatType": ("pa.float32()", "floating"),
    "DoubleType": ("pa.float64()", "floating"),
    "StringType": ("pa.string()", "string"),
    "BinaryType": ("pa.binary()", "binary"),
}
_DDL = {
    "boolean": "BooleanType",
    "tinyint": "ByteType",
    "byte": "ByteType",
    "smallint": "ShortType",
    "short": "ShortType",
    "int": "IntegerType",
    "integer": "IntegerType",
    "bigint": "LongType",
    "long": "LongType",
    "float": "FloatType",
    "real": "FloatType",
    "double": "DoubleType",
    "string": "StringType",
    "binary": "BinaryType",
}
_TOKEN = re.compile(r"\s*([A-Za-z_]\w*|[<>:,])")


@dataclass(frozen=True)
class ArrowType:
    """A PyArrow type as source text, with the sorts of type inside it (``floating``, ``list``, ``struct``, ...)."""

    text: str
    sorts: frozenset[str]


def _simple(name: str) -> ArrowType:
    text, sort = _SIMPLE[name]
    return ArrowType(text, frozenset({sort}))


def _list(item: ArrowType) -> ArrowType:
    return ArrowType(f"pa.list_({item.text})", item.sorts | {"list"})


def _struct(fields: list[tuple[str, ArrowType]]) -> ArrowType:
    body = ", ".join(f"({json.dumps(name, ensure_ascii=False)}, {kind.text})" for name, kind in fields)
    return ArrowType(f"pa.struct([{body}])", frozenset({"struct"}).union(*(kind.sorts for _, kind in fields)))


def from_ddl(ddl: str) -> ArrowType:
    """The type of a DDL string (``int``, ``array<double>``, ``struct<a:int,b:string>``, ``a int, b string``)."""
    tokens = _TOKEN.findall(ddl)
    if "".join(tokens) != re.sub(r"\s+", "", ddl):
        raise NotCarried(f"the type {ddl!r} is not mapped yet")
    top_level_row = len(tokens) >= 2 and tokens[1] not in {"<"} and tokens[0].lower() not in {"array", "struct"}
    if top_level_row:
        fields, rest = _fields(tokens, ddl)
        return _end(_struct(fields), rest, ddl)
    kind, rest = _type(tokens, ddl)
    return _end(kind, rest, ddl)


def _end(kind: ArrowType, rest: list[str], ddl: str) -> ArrowType:
    if rest:
        raise NotCarried(f"the type {ddl!r} is not mapped yet")
    return kind


def _type(tokens: list[str], ddl: str) -> tuple[ArrowType, list[str]]:
    head, rest = (tokens[0].lower(), tokens[1:]) if tokens else ("", [])
    if head in _DDL:
        return _simple(_DDL[head]), rest
    if head == "array" and rest[:1] == ["<"]:
        item, rest = _type(rest[1:], ddl)
        if rest[:1] == [">"]:
            return _list(item), rest[1:]
    if head == "struct" and rest[:1] == ["<"]:
        fields, rest = _fields(rest[1:], ddl)
        if rest[:1] == [">"]:
            return _struct(fields), rest[1:]
    raise NotCarried(f"the type {ddl!r} is not mapped yet")


def _fields(tokens: list[str], ddl: str) -> tuple[list[tuple[str, ArrowType]], list[str]]:
    fields = []
    while True:
        if not tokens:
            raise NotCarried(f"the type {ddl!r} is not mapped yet")
        name, tokens = tokens[0], tokens[1:]
        if tokens[:1] == [":"]:
            tokens = tokens[1:]
        kind, tokens = _type(tokens, ddl)
        fields.append((name, kind))
        if tokens[:1] != [","]:
            return fields, tokens
        tokens = tokens[1:]


def arrow_type(
    node: ast.expr, resolve: Callable[[ast.expr], str | None], value_of: Callable[[str], ast.expr | None]
) -> ArrowType:
    """The PyArrow type of a type expression. A name bound to a call keeps its name.

    ``value_of`` gives what a name is bound to.

    Raises NotCarried for a type that is not mapped.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return from_ddl(node.value)
    if isinstance(node, ast.Name):
        bound = value_of(node.id)
        if isinstance(bound, ast.Name) and bound.id == node.id:
            raise NotCarried(f"the type {node.id} is not mapped yet")
        if bound is not None:
            kind = arrow_type(bound, resolve, value_of)
            # Only a call is edited where it stands; a DDL string or a class of types would keep its Spark value there.
            return ArrowType(node.id, kind.sorts) if isinstance(bound, ast.Call) else kind
    if isinstance(node, ast.Call):
        name = (resolve(node.func) or "").removeprefix(TYPES)
        if name in _SIMPLE:
            return _simple(name)
        if name == "ArrayType" and node.args:
            return _list(arrow_type(node.args[0], resolve, value_of))
        if name == "StructType" and node.args and isinstance(node.args[0], ast.List):
            return _struct([_field(item, resolve, value_of) for item in node.args[0].elts])
    if isinstance(node, ast.Attribute | ast.Name):
        name = (resolve(node) or "").removeprefix(TYPES)
        if name in _SIMPLE:
            return _simple(name)
    raise NotCarried(f"the type {ast.unparse(node)} is not mapped yet")


def _field(
    node: ast.expr, resolve: Callable[[ast.expr], str | None], value_of: Callable[[str], ast.expr | None]
) -> tuple[str, ArrowType]:
    if isinstance(node, ast.Call) and resolve(node.func) == f"{TYPES}StructField" and len(node.args) >= 2:
        name = node.args[0]
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            return name.value, arrow_type(node.args[1], resolve, value_of)
    raise NotCarried(f"the field {ast.unparse(node)} is not a literal name with its type")
