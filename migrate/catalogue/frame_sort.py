"""``DataFrame.orderBy`` and ``sort``."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried
from migrate.translate.built import each_row
from migrate.translate.orders import ORDERS, Order, order_of
from migrate.translate.projections import listed, name_list


class FrameSort(Mapping):
    """
    ## Matches
    ``df.orderBy(...)`` and ``df.sort(...)`` by columns and expressions, with ``F.desc("x")``, ``df.x.asc()``,
    ``ascending=`` and their kin.

    ## Semantics
    NULL stands in front where the order rises and behind where it falls, NaN is larger than any other number, and texts
    go by the bytes of UTF-8.

    ## Not covered
    Lists and structs as keys; the order of rows with equal keys, which Spark does not promise either.
    """

    code = "SR307"
    symbols = ("DataFrame.orderBy", "DataFrame.sort")
    kind = Kind.SORT
    cost = Cost.NATIVE
    cases = (
        Case(
            "rising",
            'out = df.orderBy("x")',
            'out = df.map_batches(lambda batch: ranked(batch, (batch["x"], True)), batch_format="pyarrow")'
            '.sort(["_nulls0", "_order0"], descending=[False, False]).drop_columns(["_nulls0", "_order0"])',
        ),
        Case(
            "falling, then rising",
            'out = df.orderBy(F.desc("k"), df.flag.asc_nulls_last(), F.col("id"))',
            'out = df.map_batches(lambda batch: ranked(batch, (batch["k"], False), (batch["flag"], False), '
            '(batch["id"], True)), batch_format="pyarrow")'
            '.sort(["_nulls0", "_order0", "_nulls1", "_order1", "_nulls2", "_order2"], '
            "descending=[False, True, False, False, False, False])"
            '.drop_columns(["_nulls0", "_order0", "_nulls1", "_order1", "_nulls2", "_order2"])',
        ),
        Case(
            "falling by an argument",
            'out = df.sort("day", "id", ascending=[False, True])',
            'out = df.map_batches(lambda batch: ranked(batch, (batch["day"], False), (batch["id"], True)), '
            'batch_format="pyarrow").sort(["_nulls0", "_order0", "_nulls1", "_order1"], '
            "descending=[False, True, False, False])"
            '.drop_columns(["_nulls0", "_order0", "_nulls1", "_order1"])',
        ),
        Case("a position", "out = df.orderBy(1)", None),
    )

    def emit(self, call: Call) -> Emission:
        rises = call.argument("ascending")
        orders = [order_of(call, node) for node in listed(call, besides="ascending")]
        if rises is not None:
            orders = _turned(orders, rises)
        if not orders:
            raise NotCarried("what is sorted by cannot be read")
        keys = ", ".join(f"({each_row(column).text}, {first})" for column, _, first in orders)
        names = [f"_{part}{number}" for number in range(len(orders)) for part in ("nulls", "order")]
        falls = ", ".join(str(fall) for _, falls, _ in orders for fall in (False, falls))
        return Emission(
            f'.map_batches(lambda batch: ranked(batch, {keys}), batch_format="pyarrow")'
            f".sort({name_list(names)}, descending=[{falls}]).drop_columns({name_list(names)})",
            helpers=tuple(sorted({"ranked"}.union(*(column.helpers for column, _, _ in orders)))),
            imports=tuple(sorted(frozenset().union(*(column.imports for column, _, _ in orders)))),
        )


def _turned(orders: list[Order], rises: ast.expr) -> list[Order]:
    """The keys in the order that ``ascending=`` says, for all or for each."""
    flags = rises.elts if isinstance(rises, ast.List | ast.Tuple) else [rises] * len(orders)
    values = [flag.value for flag in flags if isinstance(flag, ast.Constant) and flag.value in (0, 1)]
    if len(values) != len(orders) or any(falls or not first for _, falls, first in orders):
        raise NotCarried("ascending= of a sort cannot be read")
    return [(c, *ORDERS["asc" if up else "desc"]) for (c, _, _), up in zip(orders, values, strict=True)]
