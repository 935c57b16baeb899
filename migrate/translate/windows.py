"""Window functions (``F.lag("x").over(w)``) as source over a batch that holds whole partitions."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Protocol

from migrate.mapping import Column, NotCarried, Window
from migrate.translate.built import Session, each_row, literal, quoted
from migrate.translate.orders import Order, order_of

_FUNCTIONS = "pyspark.sql.functions."
_WINDOW = {"pyspark.sql.Window", "pyspark.sql.window.Window"}
_RANKS = {"row_number", "rank", "dense_rank"}
_SHIFTS = {"lag", "lead"}
_FOLDS = {"sum": "sum", "avg": "avg", "mean": "avg", "count": "count", "min": "min", "max": "max"}
_ENDS = {"first", "last"}
_BOUNDS = {"unboundedPreceding": None, "unboundedFollowing": None, "currentRow": 0}


class Columns(Protocol):
    """What the parts of a window are asked of."""

    @property
    def session(self) -> Session:
        """What the job's session says about its expressions."""

    @property
    def bound(self) -> Callable[[str], ast.expr | None]:
        """Gives the one value that a name is bound to."""

    def column(self, node: ast.expr) -> Column:
        """The column of an expression; NotCarried where it has no counterpart."""

    def resolve(self, node: ast.expr) -> str | None:
        """The dotted origin of a name or attribute."""


def over(columns: Columns, function: ast.expr, window: ast.expr) -> Column:
    """The column of a function over a window; NotCarried where one of them has no counterpart on Ray."""
    keys, orders, frame = _window(columns, window)
    name = (columns.resolve(function.func) or "").removeprefix(_FUNCTIONS) if isinstance(function, ast.Call) else ""
    if not isinstance(function, ast.Call) or function.keywords:
        raise NotCarried(f"{ast.unparse(function)} over a window is not mapped")
    if name in _RANKS | _SHIFTS and (not orders or frame is not None):
        raise NotCarried(f"{name}() takes a window with an order and without a frame")
    if name == "sum" and columns.session.ansi:
        raise NotCarried("a sum over a window that does not fit ends the job in ANSI mode, which is not mapped")
    if name in _ENDS and not orders:
        raise NotCarried(f"{name}() over a window without an order depends on how rows arrive")
    values, options = _arguments(columns, name, function)
    used = [*values, *(each_row(column) for column, _, _ in orders)]
    order = "".join(f", ({each_row(column).text}, {falls}, {first})" for column, falls, first in orders)
    rows = "" if frame is None else f", rows=({frame[0]}, {frame[1]})"
    passed = ", ".join([*(column.text for column in values), *options])
    made_by = f"OverWindow(batch, [{', '.join(map(quoted, keys))}]{order}{rows})"
    return Column(
        "",
        f"{made_by}.{_FOLDS.get(name, name)}({passed})",
        helpers=frozenset({"over_window"}).union(*(column.helpers for column in used)),
        imports=frozenset[str]().union(*(column.imports for column in used)),
        window=Window(tuple(keys), f"OverWindow(batch, []{order}).by", bool(orders)),
        fails=any(column.fails for column in used),
    )


def specifications(node: ast.AST) -> set[str]:
    """The names of the windows that an expression refers to."""
    calls = [one for one in ast.walk(node) if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute)]
    windows = [one.args[0] for one in calls if one.func.attr == "over" and one.args]  # type: ignore[attr-defined]
    names = (part for window in windows for part in ast.walk(window))
    return {part.id for part in names if isinstance(part, ast.Name)}


def _arguments(columns: Columns, name: str, function: ast.Call) -> tuple[list[Column], list[str]]:
    """The columns that a window function takes, and its other arguments as source."""
    nodes = function.args
    if name in _RANKS and not nodes:
        return [], []
    if name in _SHIFTS and 1 <= len(nodes) <= 3:
        return [each_row(columns.column(nodes[0]))], [_option(node) for node in nodes[1:]]
    if name in {*_FOLDS, *_ENDS} and len(nodes) == 1:
        rows = name == "count" and isinstance(nodes[0], ast.Constant) and nodes[0].value == "*"
        return [each_row(literal(1) if rows else columns.column(nodes[0]))], []
    raise NotCarried(f"{ast.unparse(function)} over a window is not mapped")


def _option(node: ast.expr) -> str:
    """The offset or the default of ``lag`` and ``lead``, which have to be literals."""
    value = _number(node) if not isinstance(node, ast.Constant) else node.value
    if isinstance(value, str | int | float | None):
        return repr(value) if not isinstance(value, str) else quoted(value)
    raise NotCarried(f"{ast.unparse(node)} is no literal that lag() or lead() takes")


def _number(node: ast.expr) -> int:
    """A whole number as it is written; NotCarried for anything else."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_number(node.operand)
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    raise NotCarried(f"{ast.unparse(node)} in a window is no whole number that is written down")


_Frame = tuple[int | None, int | None]


def _window(columns: Columns, node: ast.expr) -> tuple[list[str], list[Order], _Frame | None]:
    """The keys, the order and the frame of rows of a window, None for Spark's default frame."""
    if isinstance(node, ast.Name) and columns.resolve(node) not in _WINDOW:
        bound = columns.bound(node.id)
        if bound is None:
            raise NotCarried(f"the window {node.id} cannot be read")
        return _window(columns, bound)
    if columns.resolve(node) in _WINDOW:
        return [], [], None
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.keywords:
        raise NotCarried(f"the window {ast.unparse(node)} cannot be read")
    keys, orders, frame = _window(columns, node.func.value)
    given = list(node.args[0].elts) if len(node.args) == 1 and isinstance(node.args[0], ast.List) else node.args
    if node.func.attr == "partitionBy":
        made = [columns.column(one) for one in given]
        if any(column.plain is None or column.plain != column.name for column in made):
            raise NotCarried("a window by anything but plain columns is not mapped")
        return [column.name for column in made], orders, frame
    if node.func.attr == "orderBy":
        return keys, [order_of(columns, one) for one in given], frame
    if node.func.attr in {"rowsBetween", "rangeBetween"} and len(given) == 2:
        return keys, orders, _frame(node.func.attr, [_bound(columns, one) for one in given], bool(orders))
    raise NotCarried(f"{node.func.attr} of a window is not mapped")


def _bound(columns: Columns, node: ast.expr) -> int | None:
    """How many rows behind the current one a frame ends, None for the end of the partition."""
    if isinstance(node, ast.Attribute) and columns.resolve(node.value) in _WINDOW and node.attr in _BOUNDS:
        return _BOUNDS[node.attr]
    return _number(node)


def _frame(name: str, bounds: list[int | None], ordered: bool) -> _Frame | None:
    if name == "rowsBetween":
        return bounds[0], bounds[1]
    if bounds == [None, None]:
        return None, None
    if bounds == [None, 0] and ordered:
        return None
    raise NotCarried("a frame by values (rangeBetween) is not mapped")
