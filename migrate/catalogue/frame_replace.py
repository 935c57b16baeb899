"""``DataFrame.replace`` and ``na.replace``."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried
from migrate.translate.built import quoted
from migrate.translate.projections import literal_texts, mapped, name_list


class FrameReplace(Mapping):
    """
    ## Matches
    ``df.replace(old, new, subset)`` and ``df.na.replace`` with literals, lists of literals or a dict.

    ## Semantics
    Texts change in columns of text, whole numbers in columns of numbers, booleans in those of booleans; None puts NULL
    in. All changes look at what was there before.

    ## Not covered
    Fractions, values and names that are computed, old values of two types, and columns of decimals, over which the
    emitted code raises.
    """

    code = "SR314"
    symbols = ("DataFrame.replace", "DataFrameNaFunctions.replace")
    kind = Kind.PROJECT
    cost = Cost.NATIVE
    cases = (
        Case(
            "texts, one by another's name",
            'out = df.na.replace({"a": "b", "b": "a", "": None})',
            "out = df.map_batches(lambda batch: na_replace(batch, {'a': 'b', 'b': 'a', '': None}), "
            "batch_format='pyarrow')",
        ),
        Case(
            "numbers in some columns",
            'out = df.replace([0, 7, 3], [-1, 8, 4], subset=["i", "x", "y", "big", "k"])',
            "out = df.map_batches(lambda batch: na_replace(batch, {0: -1, 7: 8, 3: 4}, "
            "['i', 'x', 'y', 'big', 'k']), batch_format='pyarrow')",
        ),
        Case(
            "a list by one value",
            'out = df.replace(["a", "é"], "z", "k")',
            "out = df.map_batches(lambda batch: na_replace(batch, {'a': 'z', 'é': 'z'}, ['k']), "
            "batch_format='pyarrow')",
        ),
        Case("a fraction", 'out = df.replace(1.5, 2.5, "x")', None),
        Case("two types", 'out = df.replace({1: 2, "a": "b"})', None),
    )

    def emit(self, call: Call) -> Emission:
        old, new, subset = (call.argument(name, n) for n, name in enumerate(("to_replace", "value", "subset")))
        changes = _changes(old, new)
        if len({type(value) for value in changes}) != 1 or None in changes:
            raise NotCarried("values to replace that are not literals of one type are not mapped")
        kind = next(type(value) for value in changes)
        if any(value is not None and type(value) is not kind for value in changes.values()):
            raise NotCarried("new values of another type than the old ones are not mapped")
        pairs = ", ".join(f"{_source(one)}: {_source(other)}" for one, other in changes.items())
        names = subset.elts if isinstance(subset, ast.List | ast.Tuple) else [subset]
        given = (
            "" if subset is None else f", {name_list(literal_texts([n for n in names if n is not None], 'a subset'))}"
        )
        return mapped(f"na_replace(batch, {{{pairs}}}{given})", {"na_replace"})


_Value = str | int | bool | None


def _changes(old: ast.expr | None, new: ast.expr | None) -> dict[_Value, _Value]:
    """The new value of each old one."""
    if isinstance(old, ast.Dict):
        return {_value(key): _value(value) for key, value in zip(old.keys, old.values, strict=True)}
    olds = [_value(one) for one in old.elts] if isinstance(old, ast.List | ast.Tuple) else [_value(old)]
    news = [_value(one) for one in new.elts] if isinstance(new, ast.List | ast.Tuple) else [_value(new)] * len(olds)
    if len(news) != len(olds):
        raise NotCarried("as many new values as old ones are needed")
    return dict(zip(olds, news, strict=True))


def _value(node: ast.expr | None) -> _Value:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _value(node.operand)
        if type(value) is int:
            return -value
    if isinstance(node, ast.Constant) and (node.value is None or type(node.value) in {str, int, bool}):
        return node.value  # type: ignore[return-value]
    raise NotCarried("what is replaced is no text, whole number or boolean that is written down")


def _source(value: _Value) -> str:
    return quoted(value) if isinstance(value, str) else repr(value)
