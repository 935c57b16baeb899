"""Column expressions written in Python (``F.upper(df.s)``, ``df.x > 1``), read into columns."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Protocol

from migrate.mapping import Column, NotCarried
from migrate.translate import built, sql
from migrate.translate.functions import FUNCTIONS, OTHER_NAMES, Function, Value, called, struct

MODULE = "pyspark.sql.functions."

_COMPARED: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_CALCULATED: Mapping[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Mod: "%"}


class Columns(Protocol):
    """What the operands of an expression are asked of."""

    @property
    def session(self) -> built.Session:
        """What the job's session says about its expressions."""

    def column(self, node: ast.expr) -> Column:
        """The column of an operand; NotCarried where it has no counterpart."""

    def resolve(self, node: ast.expr) -> str | None:
        """The dotted origin of a name or attribute."""

    def is_column(self, node: ast.expr) -> bool:
        """Whether an operand is a Column and no Python value."""


def expression(columns: Columns, node: ast.expr) -> Column | None:
    """The column of an operator or a built-in function; None for what is not known."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _comparison(columns, node.left, node.ops[0], node.comparators[0])
    if isinstance(node, ast.BinOp):
        return _binary(columns, node)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        return built.inverted(columns.column(node.operand))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return built.negative(columns.column(node.operand), columns.session)
    if isinstance(node, ast.Subscript) and columns.is_column(node.value):
        return _item(columns, node.value, node.slice)
    if isinstance(node, ast.Attribute) and columns.is_column(node):
        return built.field(columns.column(node.value), node.attr)
    if isinstance(node, ast.Call) and not node.keywords:
        return _function(columns, node) if columns.resolve(node.func) else _method(columns, node)
    return None


def _comparison(columns: Columns, left: ast.expr, sign: ast.cmpop, right: ast.expr) -> Column | None:
    symbol = _COMPARED.get(type(sign))
    if symbol is None:
        return None
    if not columns.is_column(left):
        # Python asks the Column on the right, which turns the comparison round.
        turned = _TURNED.get(symbol, symbol)
        return built.compared(_operand(columns, right), turned, _value(columns, left), columns.session)
    return built.compared(columns.column(left), symbol, _operand(columns, right), columns.session)


def _binary(columns: Columns, node: ast.BinOp) -> Column | None:
    if isinstance(node.op, ast.BitAnd):
        return built.both(columns.column(node.left), columns.column(node.right))
    if isinstance(node.op, ast.BitOr):
        return built.either(columns.column(node.left), columns.column(node.right))
    symbol = _CALCULATED.get(type(node.op))
    if symbol is None:
        return None
    left, right = node.left, node.right
    if symbol in "+*" and not columns.is_column(left):
        left, right = right, left  # a Column's own operator is called, so that Spark names it the other way round
    return built.calculated(_operand(columns, left), symbol, _operand(columns, right), columns.session)


def _method(columns: Columns, node: ast.Call) -> Column | None:
    """``column.isNull()``, ``column.isin(1, 2)``, ``column.between(a, b)``, ``column.startswith("a")``."""
    if not isinstance(node.func, ast.Attribute) or not columns.is_column(node.func.value):
        return None
    name, arguments, tested = node.func.attr, node.args, node.func.value
    if name == "isNull" and not arguments:
        return built.null(columns.column(tested))
    if name == "isNotNull" and not arguments:
        return built.valid(columns.column(tested))
    if name == "isin" and arguments:
        listed = (
            arguments[0].elts if len(arguments) == 1 and isinstance(arguments[0], ast.List | ast.Tuple) else arguments
        )
        return built.is_in(columns.column(tested), [_constant(one) for one in listed])
    if name == "between" and len(arguments) == 2:
        least, most = (_operand(columns, side) for side in arguments)
        return built.between(columns.column(tested), least, most, columns.session)
    if name == "eqNullSafe" and len(arguments) == 1:
        return built.same(columns.column(tested), _operand(columns, arguments[0]), columns.session)
    if name == "otherwise" and len(arguments) == 1:
        return _when(columns, tested, arguments[0])
    if name == "when":
        return _when(columns, node, None)
    if name == "getItem" and len(arguments) == 1:
        return _item(columns, tested, arguments[0])
    if name == "getField" and len(arguments) == 1:
        return built.field(columns.column(tested), str(_constant(arguments[0])))
    if name == "substr" and len(arguments) == 2:
        return _of_table(columns, "substring", [tested, *arguments])
    if name in {"startswith", "endswith", "contains", "like", "rlike"} and len(arguments) == 1:
        return _of_table(columns, name, [tested, *arguments])
    return None


def _item(columns: Columns, collection: ast.expr, key: ast.expr) -> Column:
    """``df.tags[0]``, ``df.place["city"]``."""
    value = _constant(key)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise NotCarried(f"the item {ast.unparse(key)} of a column is not mapped yet")
    inner = columns.column(collection)
    return built.field(inner, value) if isinstance(value, str) else built.item(inner, value, columns.session)


def _when(columns: Columns, chain: ast.expr, otherwise: ast.expr | None) -> Column:
    """``F.when(c1, a).when(c2, b).otherwise(d)``: the first condition that is true decides, NULL is not true."""
    pairs: list[tuple[Column, Column]] = []
    node = chain
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name) and len(node.args) == 2:
        first = columns.resolve(node.func) == f"{MODULE}when"
        if node.keywords or not (first or (isinstance(node.func, ast.Attribute) and node.func.attr == "when")):
            break
        pairs.insert(0, (columns.column(node.args[0]), _operand(columns, node.args[1])))
        if first:
            last = None if otherwise is None else _operand(columns, otherwise)
            return built.case_when(pairs, last, columns.session)
        assert isinstance(node.func, ast.Attribute)
        node = node.func.value
    raise NotCarried(f"the expression {ast.unparse(chain)} is not mapped yet")


def _function(columns: Columns, node: ast.Call) -> Column | None:
    """A call of a function of ``pyspark.sql.functions``."""
    origin = columns.resolve(node.func) or ""
    if not origin.startswith(MODULE) or any(isinstance(argument, ast.Starred) for argument in node.args):
        return None
    name = origin.removeprefix(MODULE)
    if name == "lit" and len(node.args) == 1:
        return _value(columns, node.args[0])
    if name == "when":
        return _when(columns, node, None)
    if name == "expr" and len(node.args) == 1:
        return _of_sql(columns, node.args[0])
    arguments = node.args
    if name in {"array", "struct"} and arguments and isinstance(arguments[0], ast.List | ast.Tuple):
        arguments = arguments[0].elts
    if name == "struct" and arguments:
        return struct([columns.column(field) for field in arguments])
    return _of_table(columns, name, arguments) if OTHER_NAMES.get(name, name) in FUNCTIONS else None


def _of_sql(columns: Columns, node: ast.expr) -> Column | None:
    text = _constant(node)
    return sql.expression(text, columns.session) if isinstance(text, str) else None


def _of_table(columns: Columns, name: str, arguments: list[ast.expr]) -> Column:
    """A function of the table."""
    function = FUNCTIONS[OTHER_NAMES.get(name, name)]
    given = [_argument(columns, name, function, position, node) for position, node in enumerate(arguments)]
    defaults = function.defaults(len(given))
    if defaults is None:
        raise NotCarried(f"{name}() with {len(given)} arguments is not mapped")
    return called(OTHER_NAMES.get(name, name), function, [*given, *map(ast.literal_eval, defaults)], columns.session)


def _argument(columns: Columns, name: str, function: Function, position: int, node: ast.expr) -> Column | Value:
    kind = function.kind(position)
    if kind is None:
        raise NotCarried(f"{name}() with {position + 1} arguments is not mapped")
    if kind in {"column", "row"}:
        return columns.column(node)
    if kind == "number":
        is_number = isinstance(node, ast.Constant) and not isinstance(node.value, str)
        return _value(columns, node) if is_number else columns.column(node)
    value = _constant(node)
    wanted = {"int": int, "text": str, "bool": bool, "value": object}[kind]
    if not isinstance(value, wanted) or value is None or (kind == "int" and isinstance(value, bool)):
        raise NotCarried(f"{ast.unparse(node)} is no literal that {name}() takes there")
    return value


def _operand(columns: Columns, node: ast.expr) -> Column:
    """A side of an operator: a column or a Python value."""
    return columns.column(node) if columns.is_column(node) else _value(columns, node)


def _value(columns: Columns, node: ast.expr) -> Column:
    if columns.is_column(node):
        raise NotCarried(f"{ast.unparse(node)} is a column where a value is expected")
    try:
        return built.literal(_constant(node))
    except _NotLiteral:
        return built.computed(ast.unparse(node))


class _NotLiteral(NotCarried):
    pass


def _constant(node: ast.expr) -> Value:
    """The value of a literal, a negative number included; NotCarried for anything else."""
    inner = node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else node
    if not isinstance(inner, ast.Constant) or isinstance(inner.value, bytes | complex) or inner.value is ...:
        raise _NotLiteral(f"{ast.unparse(node)} is not a literal")
    if inner is node:
        value: Value = inner.value
        return value
    if isinstance(inner.value, bool) or not isinstance(inner.value, int | float):
        raise _NotLiteral(f"{ast.unparse(node)} is not a literal")
    return -inner.value
