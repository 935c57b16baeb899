"""Operators and built-in functions of Spark Columns as PyArrow source: one table of what is known to agree."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from migrate.mapping import Column, NotCarried

FUNCTIONS = "pyspark.sql.functions."
COMPUTE = "import pyarrow.compute as pc"
ARROW = "import pyarrow as pa"

_COMPARED: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_CALCULATED: Mapping[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Mod: "%"}
_LOGIC: Mapping[type[ast.operator], str] = {ast.BitAnd: "and_kleene", ast.BitOr: "or_kleene"}
_LARGEST_INT = 2**31 - 1


class Columns(Protocol):
    """What the operands of an expression are asked of."""

    def column(self, node: ast.expr) -> Column:
        """The column of an operand; NotCarried where it has no counterpart."""

    def resolve(self, node: ast.expr) -> str | None:
        """The dotted origin of a name or attribute."""

    def is_column(self, node: ast.expr) -> bool:
        """Whether an operand is a Column and no Python value."""


def expression(columns: Columns, node: ast.expr) -> Column | None:
    """The column of an operator or a built-in function; None for what this table does not know."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _compared(columns, node)
    if isinstance(node, ast.BinOp):
        return _binary(columns, node)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        return made("pc.invert({})", columns.column(node.operand))
    if isinstance(node, ast.Call) and not node.keywords:
        return _function(columns, node) if columns.resolve(node.func) else _method(columns, node)
    return None


def _compared(columns: Columns, node: ast.Compare) -> Column | None:
    symbol = _COMPARED.get(type(node.ops[0]))
    if symbol is None:
        return None
    sides = [_operand(columns, side) for side in (node.left, node.comparators[0])]
    return made(f'compared({{}}, "{symbol}", {{}})', *sides, helper="compared")


def _binary(columns: Columns, node: ast.BinOp) -> Column | None:
    if type(node.op) in _LOGIC:
        sides = [columns.column(node.left), columns.column(node.right)]
        return made(f"pc.{_LOGIC[type(node.op)]}({{}}, {{}})", *sides)
    symbol = _CALCULATED.get(type(node.op))
    if symbol is None:
        return None
    sides = [_operand(columns, side, typed=True) for side in (node.left, node.right)]
    return made(f'calculated({{}}, "{symbol}", {{}})', *sides, helper="calculated")


def _method(columns: Columns, node: ast.Call) -> Column | None:
    """``column.isNull()``, ``column.isin(1, 2)``, ``column.between(a, b)``, ``column.startswith("a")``."""
    if not isinstance(node.func, ast.Attribute) or not columns.is_column(node.func.value):
        return None
    name, arguments = node.func.attr, node.args
    if name in _TESTS and not arguments:
        return made(_TESTS[name], columns.column(node.func.value))
    if name in _MATCHES and len(arguments) == 1:
        text = _text(arguments[0])
        return made(f"{_MATCHES[name]}({{}}, {text!r})".replace("'", '"'), columns.column(node.func.value))
    if name == "isin" and arguments:
        return _is_in(columns, node.func.value, arguments)
    if name == "between" and len(arguments) == 2:
        least = ast.Compare(node.func.value, [ast.GtE()], [arguments[0]])
        most = ast.Compare(node.func.value, [ast.LtE()], [arguments[1]])
        return made("pc.and_kleene({}, {})", *(columns.column(side) for side in (least, most)))
    if name == "otherwise" and len(arguments) == 1:
        return _when(columns, node.func.value, arguments[0])
    if name == "when":
        return _when(columns, node, None)
    return None


_TESTS = {"isNull": "pc.is_null({})", "isNotNull": "pc.is_valid({})"}
_MATCHES = {"startswith": "pc.starts_with", "endswith": "pc.ends_with", "contains": "pc.match_substring"}


def _is_in(columns: Columns, tested: ast.expr, arguments: list[ast.expr]) -> Column:
    values = arguments[0].elts if len(arguments) == 1 and isinstance(arguments[0], (ast.List, ast.Tuple)) else arguments
    constants = [value.value for value in values if isinstance(value, ast.Constant)]
    if len(constants) < len(values) or not constants or None in constants or len({type(c) for c in constants}) > 1:
        raise NotCarried("isin() takes literals of one type, None not among them")
    if isinstance(constants[0], float):
        raise NotCarried("isin() with floating numbers, where NaN and -0.0 have rules of their own, is not mapped yet")
    listed = ", ".join(ast.unparse(value).replace("'", '"') for value in values)
    return made(f"is_in({{}}, [{listed}])", columns.column(tested), helper="is_in")


def _when(columns: Columns, chain: ast.expr, otherwise: ast.expr | None) -> Column:
    """``F.when(c1, a).when(c2, b).otherwise(d)``: the first condition that is true decides, NULL is not true."""
    pairs: list[tuple[Column, Column]] = []
    node = chain
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and len(node.args) == 2:
        if node.func.attr != "when" or node.keywords:
            break
        pairs.insert(0, (columns.column(node.args[0]), _operand(columns, node.args[1], typed=True)))
        if columns.resolve(node.func) == f"{FUNCTIONS}when":
            last = [] if otherwise is None else [_operand(columns, otherwise, typed=True)]
            conditions = ", ".join("{}" for _ in pairs)
            values = ", ".join("{}" for _ in (*pairs, *last))
            parts = [condition for condition, _ in pairs] + [value for _, value in pairs] + last
            return made(f"case_when([{conditions}], [{values}])", *parts, helper="case_when")
        node = node.func.value
    raise NotCarried(f"the expression {ast.unparse(chain)} is not mapped yet")


@dataclass(frozen=True)
class _Built:
    """A built-in function: how many columns it takes, its PyArrow source, and what that needs."""

    least: int
    most: int
    source: Callable[[int], str]
    helper: str | None = None


def _same(source: str) -> Callable[[int], str]:
    return lambda count: source


_BUILT_IN: Mapping[str, _Built] = {
    "abs": _Built(1, 1, _same("pc.abs({})")),
    "coalesce": _Built(1, 99, lambda count: f"pc.coalesce({', '.join(['{}'] * count)})"),
    "exp": _Built(1, 1, _same("pc.exp(pc.cast({}, pa.float64()))")),
    "isnan": _Built(1, 1, _same("pc.fill_null(pc.is_nan({}), False)")),
    "isnull": _Built(1, 1, _same("pc.is_null({})")),
    "length": _Built(1, 1, _same("pc.utf8_length({})")),
    "reverse": _Built(1, 1, _same("pc.utf8_reverse({})")),
    "sqrt": _Built(1, 1, _same("pc.sqrt(pc.cast({}, pa.float64()))")),
    "trim": _Built(1, 1, _same('pc.utf8_trim({}, " ")')),
    "ltrim": _Built(1, 1, _same('pc.utf8_ltrim({}, " ")')),
    "rtrim": _Built(1, 1, _same('pc.utf8_rtrim({}, " ")')),
}
"""Functions whose arguments are columns, and whose answer was the same on both engines over the adversarial table."""


def _function(columns: Columns, node: ast.Call) -> Column | None:
    origin = columns.resolve(node.func) or ""
    if not origin.startswith(FUNCTIONS):
        return None
    name = origin.removeprefix(FUNCTIONS)
    if name == "lit" and len(node.args) == 1:
        return made("pa.repeat({}, len(batch))", _literal(columns, node.args[0]))
    if name == "when":
        return _when(columns, node, None)
    built = _BUILT_IN.get(name)
    if built is None or not built.least <= len(node.args) <= built.most:
        return None
    if any(isinstance(argument, ast.Starred) for argument in node.args):
        return None
    return made(built.source(len(node.args)), *(columns.column(argument) for argument in node.args))


def _operand(columns: Columns, node: ast.expr, *, typed: bool = False) -> Column:
    """A side of an operator: a column, or a Python value, ``typed`` where its Spark type decides the result's."""
    if isinstance(node, ast.Call) and (columns.resolve(node.func) or "") == f"{FUNCTIONS}lit" and len(node.args) == 1:
        return _operand(columns, node.args[0], typed=typed)
    if columns.is_column(node):
        return columns.column(node)
    return _literal(columns, node) if typed else _value(node)


def _value(node: ast.expr) -> Column:
    if isinstance(node, ast.Constant) and node.value is None:
        raise NotCarried("a comparison with None, which is NULL for every row, is not mapped")
    return Column("", ast.unparse(node) if not isinstance(node, ast.Constant) else _quoted(node))


def _literal(columns: Columns, node: ast.expr) -> Column:
    """A Python value as the scalar of the type that Spark gives it: an int is 32 bits wide where it fits."""
    if columns.is_column(node):
        raise NotCarried(f"{ast.unparse(node)} is a column where a value is expected")
    constant = node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else node
    if not isinstance(constant, ast.Constant):
        return Column("", f"literal({ast.unparse(node)})", helpers=frozenset({"literal"}))
    kind = _type(constant.value)
    return Column("", f"pa.scalar({_quoted(node)}, {kind})", imports=frozenset({ARROW}))


def _type(value: object) -> str:
    if isinstance(value, bool):
        return "pa.bool_()"
    if isinstance(value, int) and abs(value) < 2**63:
        return "pa.int32()" if abs(value) <= _LARGEST_INT else "pa.int64()"
    if isinstance(value, float):
        return "pa.float64()"
    if isinstance(value, str):
        return "pa.string()"
    raise NotCarried(f"the literal {value!r} is not mapped yet")


def _quoted(node: ast.expr) -> str:
    import json

    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return json.dumps(node.value, ensure_ascii=False)
    return ast.unparse(node)


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and "'" not in node.value:
        return node.value
    raise NotCarried(f"{ast.unparse(node)} is not a literal text")


def made(source: str, *parts: Column, helper: str | None = None) -> Column:
    """A column whose source is made of those of its parts, with all that they need."""
    helpers = frozenset({helper} if helper else ()).union(*(part.helpers for part in parts))
    imports = frozenset({line for name, line in (("pc.", COMPUTE), ("pa.", ARROW)) if name in source})
    return Column(
        "", source.format(*(part.text for part in parts)), None, helpers, imports.union(*(p.imports for p in parts))
    )
