"""Sort keys (``F.desc("x")``, ``df.x.asc_nulls_last()``) as columns with their direction."""

from __future__ import annotations

import ast
from typing import Protocol

from migrate.mapping import Column

_MODULE = "pyspark.sql.functions."
ORDERS = {
    "asc": (False, True),
    "asc_nulls_first": (False, True),
    "asc_nulls_last": (False, False),
    "desc": (True, False),
    "desc_nulls_first": (True, True),
    "desc_nulls_last": (True, False),
}
"""Whether an order falls, and whether it has NULL in front."""

Order = tuple[Column, bool, bool]
"""The values of a sort key, whether it falls, and whether NULL stands in front."""


class Columns(Protocol):
    """What a sort key is asked of."""

    def column(self, node: ast.expr) -> Column:
        """The column of an expression; NotCarried where it has no counterpart."""

    def resolve(self, node: ast.expr) -> str | None:
        """The dotted origin of a name or attribute."""


def order_of(columns: Columns, node: ast.expr) -> Order:
    """One sort key; it rises where nothing else is said."""
    if isinstance(node, ast.Call):
        name = (columns.resolve(node.func) or "").removeprefix(_MODULE)
        if name in ORDERS and len(node.args) == 1:
            return (columns.column(node.args[0]), *ORDERS[name])
        if not name and isinstance(node.func, ast.Attribute) and node.func.attr in ORDERS and not node.args:
            return (columns.column(node.func.value), *ORDERS[node.func.attr])
    return (columns.column(node), *ORDERS["asc"])
