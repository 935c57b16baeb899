"""``DataFrame.na.fill`` and ``na.drop``, and their other names."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried
from migrate.translate.built import quoted
from migrate.translate.projections import literal_texts, mapped, name_list


class FrameMissing(Mapping):
    """
    ## Matches
    ``df.na.fill(value)``, ``df.fillna(value, subset)`` and with a dict, ``df.na.drop(how, thresh, subset)`` and
    ``df.dropna``, with literals.

    ## Semantics
    A number fills the columns of numbers, of integers with its whole part; NaN counts as missing beside NULL. A text
    fills columns of text, a boolean those of booleans; columns of another type stay as they are.

    ## Not covered
    ``replace``, values and names that are computed, and filling decimals, over which the emitted code raises.
    """

    code = "SR312"
    symbols = ("DataFrame.fillna", "DataFrameNaFunctions.fill", "DataFrame.dropna", "DataFrameNaFunctions.drop")
    kind = Kind.PROJECT
    cost = Cost.NATIVE
    cases = (
        Case(
            "a number",
            'out = df.drop("price").na.fill(1.7)',
            'out = df.map_batches(lambda batch: without(batch, ["price"]), batch_format="pyarrow")'
            '.map_batches(lambda batch: na_fill(batch, 1.7), batch_format="pyarrow")',
        ),
        Case(
            "a text in some columns",
            'out = df.fillna("none", subset=["k", "i"])',
            'out = df.map_batches(lambda batch: na_fill(batch, "none", ["k", "i"]), batch_format="pyarrow")',
        ),
        Case(
            "a value for each column",
            'out = df.na.fill({"i": 9, "k": "none", "flag": False})',
            'out = df.map_batches(lambda batch: na_fill(na_fill(na_fill(batch, 9, ["i"]), "none", ["k"]), False, '
            '["flag"]), batch_format="pyarrow")',
        ),
        Case(
            "rows with something missing",
            "out = df.na.drop()",
            'out = df.map_batches(lambda batch: na_drop(batch), batch_format="pyarrow")',
        ),
        Case(
            "rows with too much missing",
            'out = df.dropna(thresh=2, subset=["i", "x", "flag"])',
            'out = df.map_batches(lambda batch: na_drop(batch, ["i", "x", "flag"], 2), batch_format="pyarrow")',
        ),
        Case(
            "rows with nothing",
            'out = df.na.drop("all", subset=["i", "x"])',
            'out = df.map_batches(lambda batch: na_drop(batch, ["i", "x"], 1), batch_format="pyarrow")',
        ),
        Case("a computed value", "least = abs(-1)\nout = df.na.fill(least)", None),
    )

    def emit(self, call: Call) -> Emission:
        drops = call.stage.symbol.endswith(("dropna", "drop"))
        return self._drop(call) if drops else self._fill(call)

    def _fill(self, call: Call) -> Emission:
        value, subset = call.argument("value", 0), call.argument("subset", 1)
        text = "batch"
        if isinstance(value, ast.Dict) and subset is None:
            names = literal_texts([key for key in value.keys if key is not None], "filling columns")
            for name, one in zip(names, value.values, strict=True):
                text = f"na_fill({text}, {_literal(one)}, [{quoted(name)}])"
        else:
            given = "" if subset is None else f", {name_list(_names(subset))}"
            text = f"na_fill(batch, {_literal(value)}{given})"
        return mapped(text, {"na_fill"})

    def _drop(self, call: Call) -> Emission:
        how, least, subset = (call.argument(name, n) for n, name in enumerate(("how", "thresh", "subset")))
        names = None if subset is None else name_list(_names(subset))
        if least is not None:
            if not isinstance(least, ast.Constant) or type(least.value) is not int:
                raise NotCarried("thresh of a drop is not a literal")
            enough = str(least.value)
        else:
            way = "any" if how is None else how.value if isinstance(how, ast.Constant) else None
            if way not in {"any", "all"}:
                raise NotCarried("how rows are dropped is not one of the literals that Spark knows")
            enough = "" if way == "any" else "1"
        given = ", ".join(part for part in (names or ("None" if enough else ""), enough) if part)
        return mapped(f"na_drop(batch{', ' if given else ''}{given})", {"na_drop"})


def _literal(node: ast.expr | None) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float | str):
        return quoted(node.value) if isinstance(node.value, str) else repr(node.value)
    raise NotCarried("the value that is filled in is not a literal")


def _names(subset: ast.expr) -> list[str]:
    return literal_texts(subset.elts if isinstance(subset, ast.List | ast.Tuple) else [subset], "a subset")
