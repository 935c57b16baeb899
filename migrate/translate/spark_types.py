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
    "DateType": ("pa.date32()", "date"),
    "TimestampType": ('pa.timestamp("us", tz="UTC")', "timestamp"),
    "TimestampNTZType": ('pa.timestamp("us")', "timestamp"),
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
    "date": "DateType",
    "timestamp": "TimestampType",
    "timestamp_ltz": "TimestampType",
    "timestamp_ntz": "TimestampNTZType",
}
_DECIMALS = {"decimal", "dec", "numeric"}
_TOKEN = re.compile(r"\s*(`[^`]+`|\w+|[<>:,()])")
_Values = Callable[[str], "ast.expr | None"]
_Resolve = Callable[[ast.expr], "str | None"]


@dataclass(frozen=True)
class ArrowType:
    """A PyArrow type as source text, with the sorts of type inside it (``floating``, ``list``, ``struct``, ...).

    ``fields`` are the fields of a struct by name, None for another type.
    """

    text: str
    sorts: frozenset[str]
    fields: tuple[tuple[str, ArrowType], ...] | None = None

    @property
    def schema(self) -> str:
        """The schema of rows of this struct; NotCarried for a type that is none."""
        if self.fields is None:
            raise NotCarried(f"the type {self.text} is none of rows")
        return f"pa.schema({self.text.removeprefix('pa.struct(').removesuffix(')') if self._written else self.text})"

    @property
    def _written(self) -> bool:
        return self.text.startswith("pa.struct(")


def _simple(name: str) -> ArrowType:
    text, sort = _SIMPLE[name]
    return ArrowType(text, frozenset({sort}))


def _list(item: ArrowType) -> ArrowType:
    return ArrowType(f"pa.list_({item.text})", item.sorts | {"list"})


def _map(key: ArrowType, value: ArrowType) -> ArrowType:
    return ArrowType(f"pa.map_({key.text}, {value.text})", key.sorts | value.sorts | {"map"})


def _decimal(precision: int = 10, scale: int = 0) -> ArrowType:
    return ArrowType(f"pa.decimal128({precision}, {scale})", frozenset({"decimal"}))


def _struct(fields: list[tuple[str, ArrowType]]) -> ArrowType:
    body = ", ".join(f"({json.dumps(name, ensure_ascii=False)}, {kind.text})" for name, kind in fields)
    sorts = frozenset({"struct"}).union(*(kind.sorts for _, kind in fields))
    return ArrowType(f"pa.struct([{body}])", sorts, tuple(fields))


def from_ddl(ddl: str) -> ArrowType:
    """The type of a DDL string (``int``, ``array<double>``, ``struct<a:int,b:string>``, ``a int, b string``)."""
    tokens = _TOKEN.findall(ddl)
    if "".join(tokens).replace("`", "") != re.sub(r"[\s`]+", "", ddl):
        raise _Unknown(ddl)
    reader = _Ddl(ddl, tokens)
    try:
        return reader.whole(reader.type)
    except _Unknown:
        return _Ddl(ddl, tokens).row()


class _Unknown(NotCarried):
    def __init__(self, ddl: str) -> None:
        super().__init__(f"the type {ddl!r} is not mapped yet")


class _Ddl:
    """Reads the tokens of one DDL string from left to right."""

    def __init__(self, ddl: str, tokens: list[str]) -> None:
        self._ddl, self._tokens = ddl, tokens

    def whole(self, read: Callable[[], ArrowType]) -> ArrowType:
        """What ``read`` reads, which has to be all there is."""
        kind = read()
        if self._tokens:
            raise _Unknown(self._ddl)
        return kind

    def row(self) -> ArrowType:
        """The struct of a row's fields (``a int, b string``)."""
        return self.whole(self._fields)

    def type(self) -> ArrowType:
        """One type."""
        head = self._next().lower()
        if head in _DDL:
            return _simple(_DDL[head])
        if head in _DECIMALS:
            return self._decimal()
        if head not in {"array", "map", "struct"}:
            raise _Unknown(self._ddl)
        self._expect("<")
        if head == "struct":
            kind = self._fields()
        elif head == "array":
            kind = _list(self.type())
        else:
            key = self.type()
            self._expect(",")
            kind = _map(key, self.type())
        self._expect(">")
        return kind

    def _decimal(self) -> ArrowType:
        if not self._skip("("):
            return _decimal()
        digits = [self._next()]
        if self._skip(","):
            digits.append(self._next())
        self._expect(")")
        if not all(digit.isdecimal() for digit in digits):
            raise _Unknown(self._ddl)
        return _decimal(*map(int, digits))

    def _fields(self) -> ArrowType:
        fields = [self._field()]
        while self._skip(","):
            fields.append(self._field())
        return _struct(fields)

    def _field(self) -> tuple[str, ArrowType]:
        name = self._next().strip("`")
        self._skip(":")
        kind = self.type()
        if self._skip("not") and not self._skip("null"):
            raise _Unknown(self._ddl)
        return name, kind

    def _next(self) -> str:
        if not self._tokens:
            raise _Unknown(self._ddl)
        token, *self._tokens = self._tokens
        return token

    def _skip(self, token: str) -> bool:
        found = bool(self._tokens) and self._tokens[0].lower() == token
        if found:
            self._next()
        return found

    def _expect(self, token: str) -> None:
        if not self._skip(token):
            raise _Unknown(self._ddl)


def arrow_type(node: ast.expr, resolve: _Resolve, value_of: _Values) -> ArrowType:
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
            return ArrowType(node.id, kind.sorts, kind.fields) if isinstance(bound, ast.Call) else kind
    found = _made(node, resolve, value_of) if isinstance(node, ast.Call) else _named(node, resolve)
    if found is None:
        raise NotCarried(f"the type {ast.unparse(node)} is not mapped yet")
    return found


def _named(node: ast.expr, resolve: _Resolve) -> ArrowType | None:
    """The type of a class of types (``IntegerType``)."""
    name = (resolve(node) or "").removeprefix(TYPES) if isinstance(node, ast.Attribute | ast.Name) else ""
    return _simple(name) if name in _SIMPLE else None


def _made(node: ast.Call, resolve: _Resolve, value_of: _Values) -> ArrowType | None:
    """The type that a call makes (``ArrayType(IntegerType())``, ``StructType().add("a", "int")``)."""
    if isinstance(node.func, ast.Attribute) and node.func.attr == "add" and len(node.args) >= 2:
        inner = node.func.value
        before = _made(inner, resolve, value_of) if isinstance(inner, ast.Call) else None
        if before is None or before.fields is None:
            return None
        return _struct([*before.fields, _field(node.args, resolve, value_of)])
    name = (resolve(node.func) or "").removeprefix(TYPES)
    if name in _SIMPLE:
        return _simple(name)
    inner_types = [keyword.value for keyword in node.keywords if keyword.arg in {"elementType", "keyType", "valueType"}]
    given = [*node.args, *inner_types]
    if name == "ArrayType" and given:
        return _list(arrow_type(given[0], resolve, value_of))
    if name == "MapType" and len(given) >= 2:
        return _map(arrow_type(given[0], resolve, value_of), arrow_type(given[1], resolve, value_of))
    if name == "DecimalType":
        return _decimal_of(node)
    if name == "StructType":
        fields = next((keyword.value for keyword in node.keywords if keyword.arg == "fields"), None)
        fields = node.args[0] if node.args else fields
        if fields is None:
            return _struct([])
        if isinstance(fields, ast.List | ast.Tuple):
            return _struct([_struct_field(item, resolve, value_of) for item in fields.elts])
    return None


def _decimal_of(node: ast.Call) -> ArrowType | None:
    given = {"precision": 10, "scale": 0}
    named = [*zip(given, node.args, strict=False), *((keyword.arg, keyword.value) for keyword in node.keywords)]
    for name, value in named:
        if name not in given or not isinstance(value, ast.Constant) or not isinstance(value.value, int):
            return None
        given[name] = value.value
    return _decimal(**given)


def _struct_field(node: ast.expr, resolve: _Resolve, value_of: _Values) -> tuple[str, ArrowType]:
    if isinstance(node, ast.Call) and resolve(node.func) == f"{TYPES}StructField":
        named = {keyword.arg: keyword.value for keyword in node.keywords}
        given = [*node.args, *(named[name] for name in ("name", "dataType") if name in named)]
        if len(given) >= 2:
            return _field(given, resolve, value_of)
    raise NotCarried(f"the field {ast.unparse(node)} is not a literal name with its type")


def _field(given: list[ast.expr], resolve: _Resolve, value_of: _Values) -> tuple[str, ArrowType]:
    """A field by the expressions of its name and of its type."""
    name, kind = given[:2]
    if isinstance(name, ast.Constant) and isinstance(name.value, str):
        return name.value, arrow_type(kind, resolve, value_of)
    raise NotCarried(f"the name {ast.unparse(name)} of a field is not a literal")
