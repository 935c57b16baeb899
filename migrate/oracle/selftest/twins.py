"""Cases that an adversary would add: pairs that look alike, sums that cancel out, files of one side that disagree."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from migrate.oracle.model import Options, Verdict
from migrate.oracle.selftest.cases import Case, Write, fault, parquet
from migrate.oracle.selftest.tables import KEY

_EQUAL, _DIFFERENT = Verdict.EQUAL, Verdict.DIFFERENT

_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
_TEXTS: Mapping[str, tuple[str, str]] = {
    "composed and decomposed": ("caf\u00e9", "cafe\u0301"),
    "the Kelvin sign": ("K", "\u212a"),
    "a blank that does not break": ("a b", "a\u00a0b"),
    "a space without width": ("ab", "a\u200bb"),
    "a byte order mark": ("a", "\ufeffa"),
    "another line end": ("a\nb", "a\r\nb"),
    "a tab for blanks": ("a\tb", "a   b"),
    "one more zero byte": ("a" * 8, "a" * 8 + "\0"),
    "only zero bytes": ("\0", "\0\0"),
    "words of eight bytes exchanged": ("abcdefghABCDEFGH", "ABCDEFGHabcdefgh"),
    "the last of 300 letters": ("z" * 300 + "a", "z" * 300 + "b"),
    "another character beyond 16 bits": ("\U0001f600", "\U0001f601"),
}
_DOUBLES, _INTEGERS = pa.list_(pa.float64()), pa.list_(pa.int64())
_DEEP = pa.list_(_INTEGERS)
_MAP = pa.map_(pa.string(), pa.int64())
_NESTED: Mapping[str, tuple[pa.DataType, Any, Any]] = {
    "NULL and a list of NULL": (_INTEGERS, None, [None]),
    "empty and a list of empty": (_DEEP, [], [[]]),
    "two lists and one": (_DEEP, [[1], [2]], [[1, 2]]),
    "an empty list in another place": (_DEEP, [[1], []], [[], [1]]),
    "0.0 and -0.0 in a list": (_DOUBLES, [0.0], [-0.0]),
    "NULL and NaN in a list": (_DOUBLES, [None], [math.nan]),
    "0.0 and -0.0 in a struct": (pa.struct([("a", pa.float64())]), {"a": 0.0}, {"a": -0.0}),
    "values of two fields exchanged": (
        pa.struct([("a", pa.int64()), ("b", pa.int64())]),
        {"a": 1, "b": 2},
        {"a": 2, "b": 1},
    ),
    "NULL in another field": (
        pa.struct([("a", pa.int64()), ("b", pa.int64())]),
        {"a": 1, "b": None},
        {"a": None, "b": 1},
    ),
    "an entry of a map twice": (_MAP, [("a", 1)], [("a", 1), ("a", 1)]),
    "0.0 and -0.0 as keys of a map": (pa.map_(pa.float64(), pa.int64()), [(0.0, 1)], [(-0.0, 1)]),
    "elements from one list to the next": (_DEEP, [[1, 2], [3]], [[1], [2, 3]]),
}
_ROWS: Mapping[str, tuple[dict[str, list[Any]], dict[str, list[Any]]]] = {
    "one up and one down": ({"a": [1, 2, 3, 4]}, {"a": [2, 2, 2, 4]}),
    "signs of two columns": ({"a": [1.0, 5.0], "b": [2.0, 6.0]}, {"a": [-1.0, 5.0], "b": [-2.0, 6.0]}),
    "signs of one column in two rows": ({"a": [1.0, 2.0, 5.0]}, {"a": [-1.0, -2.0, 5.0]}),
    "two columns exchange their cells": (
        {"a": [1, 2], "b": [2, 1], "c": [0, 1]},
        {"a": [2, 1], "b": [1, 2], "c": [0, 1]},
    ),
    "the same cells in other rows": ({"a": [1, 1, 2, 2], "b": [1, 2, 1, 2]}, {"a": [1, 1, 2, 2], "b": [1, 1, 2, 2]}),
    "the other row twice": ({"a": [1, 1, 2]}, {"a": [1, 2, 2]}),
    "a pair of rows for another": ({"a": [7, 7, 7]}, {"a": [7, 8, 8]}),
}
_NAMES: Mapping[str, tuple[str, str]] = {
    "composed and decomposed": ("\u00e9", "e\u0301"),
    "a blank at the end": ("x", "x "),
    "a dot for an underscore": ("a.b", "a_b"),
    "empty and blank": ("", " "),
}


def twin_cases() -> Iterator[Case]:
    """All of them, always in the same order."""
    for name, (one, other) in _TEXTS.items():
        yield fault(f"texts: {name}", "columns", _keyed([one, "q"]), _keyed([other, "q"]))
    for name, (kind, left, right) in _NESTED.items():
        yield fault(f"nested: {name}", "columns", _keyed([left, None], kind), _keyed([right, None], kind))
    for name, (before, after) in _ROWS.items():
        yield fault(f"cancelling out: {name}", "rows", pa.table(before), pa.table(after))
    for name, (one, other) in _NAMES.items():
        yield fault(f"names: {name}", "schema", *(_keyed([1, 2]).rename_columns([KEY, each]) for each in (one, other)))
    yield from _dotted_names()
    yield from _disagreeing_files()
    yield from _folder_names()
    yield from _instants()
    yield from _storage()


def _keyed(values: list[Any], kind: pa.DataType | None = None) -> pa.Table:
    return pa.table({KEY: range(len(values)), "x": pa.array(values, kind)})


def _x(values: list[Any], kind: pa.DataType | None = None, **more: list[Any]) -> pa.Table:
    return pa.table({"x": pa.array(values, kind), **more})


Files = Mapping[str, pa.Table]


def _files(files: Files, **stored: Any) -> Write:
    def write(folder: Path) -> None:
        for name, table in files.items():
            place = folder / f"{name}.parquet"
            place.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(table, place, **stored)

    return write


def _case(
    name: str, expected: Verdict, left: Files, right: Files, options: Options | None = None, **stored: Any
) -> Case:
    """A case of several files a side; `stored` says how those of the right side are written."""
    return Case(name, "files", expected, _files(left), _files(right, **stored), options or Options())


def _single(name: str, expected: Verdict, left: pa.Table, right: pa.Table, **stored: Any) -> Case:
    return _case(name, expected, {"a": left}, {"a": right}, **stored)


def _dotted_names() -> Iterator[Case]:
    """A column whose name is the path of another's field."""
    left = pa.table({KEY: [1, 2], "a.b": [1, 2], "a": [{"b": 5}, {"b": 6}]})
    right = pa.table({KEY: [1, 2], "a": [{"b": 1}, {"b": 2}], "a.b": [5, 6]})
    yield Case("names: a dot is no path", "storage", _EQUAL, parquet(left), parquet(left.select([KEY, "a", "a.b"])))
    yield fault("names: a column and a field of its name exchanged", "schema", left, right)


def _disagreeing_files() -> Iterator[Case]:
    one, two, two_as_one = _x([1]), _x([2], pa.int32()), _x([2])
    mixed = {"a": one, "b": two}
    yield _case("files: the same types in another order", _EQUAL, mixed, {"a": two, "b": one})
    yield _case("files: one has another type", _DIFFERENT, {"a": one, "b": two_as_one}, mixed)
    others = {"a": _x([1], pa.int32()), "b": two_as_one}
    yield _case("files: the types change their values", _DIFFERENT, mixed, others)
    whole = {"a": _x([1], y=[1]), "b": _x([2], y=[3])}
    yield _case("files: one lacks a column", _DIFFERENT, whole, {**whole, "b": two_as_one})
    more = {"a": one, "b": _x([], pa.string())}
    yield _case("files: one without rows has another type", _DIFFERENT, {"a": one}, more)
    ordered = Options(ordered=True)
    early, late = {"a": _x([1]), "b": _x([2, 3, 4])}, {"a": _x([1, 2, 3]), "b": _x([4])}
    yield _case("files: split elsewhere, ordered", _EQUAL, early, late, ordered)
    exchanged = {"a": two_as_one, "b": one}
    yield _case("files: names exchanged, ordered", _DIFFERENT, {"a": one, "b": two_as_one}, exchanged, ordered)
    yield _case("files: names exchanged", _EQUAL, {"a": one, "b": two_as_one}, exchanged)


def _folder_names() -> Iterator[Case]:
    one, two = _x([1]), _x([2])
    nothing = f"k={_NO_VALUE}/a"
    for name, expected, left, right in (
        ("a number as a number", _EQUAL, {"k=1/a": one}, {"a": _x([1], k=[1])}),
        ("a number as a text", _EQUAL, {"k=1/a": one}, {"a": _x([1], k=["1"])}),
        ("another value", _DIFFERENT, {"k=1/a": one}, {"k=2/a": one}),
        ("another case of the name", _DIFFERENT, {"k=1/a": one}, {"K=1/a": one}),
        ("007 is not 7", _DIFFERENT, {"k=007/a": one}, {"a": _x([1], k=[7])}),
        ("escapes", _EQUAL, {"k=a%20b%2Fc/a": one}, {"a": _x([1], k=["a b/c"])}),
        ("no value is NULL", _EQUAL, {nothing: one}, {"a": _x([1], k=pa.nulls(1, pa.string()))}),
        ("no value is not empty", _DIFFERENT, {nothing: one}, {"a": _x([1], k=[""])}),
        ("two levels in another order", _EQUAL, {"k=1/j=2/a": one}, {"j=2/k=1/a": one}),
        ("rows in each other's folders", _DIFFERENT, {"k=1/a": one, "k=2/a": two}, {"k=1/a": two, "k=2/a": one}),
    ):
        yield _case(f"folder names: {name}", expected, left, right)


def _instants() -> Iterator[Case]:
    naive = dt.datetime(2024, 1, 1, 1, 2, 3, 456_789)
    instant = naive.replace(tzinfo=dt.timezone.utc)
    micros, nanos = pa.timestamp("us", "UTC"), pa.timestamp("ns")
    int96 = {"use_deprecated_int96_timestamps": True}
    written = _x([naive], nanos)
    yield _single("INT96 is the instant", _EQUAL, _x([instant], micros), written, **int96)
    yield _single("INT96 is no local time", _DIFFERENT, _x([naive], pa.timestamp("us")), written, **int96)
    lists = _x([[instant, None]], pa.list_(micros)), _x([[naive, None]], pa.list_(nanos))
    yield _single("INT96 in lists", _EQUAL, *lists, **int96)
    digits = pa.array([1_700_000_000_123_456_789])
    fine = pa.table({KEY: [1], "x": digits.cast(nanos)})
    instants = digits.cast(pa.timestamp("ns", "UTC")).cast(micros, safe=False)
    yield _single("INT96: nanoseconds are lost", _DIFFERENT, fine.set_column(1, "x", instants), fine, **int96)
    coarse = fine.set_column(1, "x", digits.cast(nanos).cast(pa.timestamp("us"), safe=False))
    yield fault("timestamps: nanoseconds are lost", "columns", fine, coarse)


def _storage() -> Iterator[Case]:
    prices = _x([Decimal("1.10"), None], pa.decimal128(5, 2))
    yield _single("storage: decimals as integers", _EQUAL, prices, prices, store_decimal_as_integer=True)
    pairs = _x([[1.0, 2.0], None, [3.0, -0.0]], pa.list_(pa.float64(), 2))
    lists = pa.table({"x": pairs["x"].cast(_DOUBLES)})
    yield _single("storage: lists of fixed length", _EQUAL, pairs, lists)
    yield _single("storage: another name for elements", _EQUAL, lists, lists, use_compliant_nested_type=False)
    odd = np.array([0x7FF8_0000_0000_0123, 0xFFF8_0000_0000_0001], np.uint64).view(np.float64)
    nans = pa.table({"x": pa.ListArray.from_arrays(pa.array([0, 2], pa.int32()), pa.array(odd))})
    yield _single("storage: other NaNs in lists", _EQUAL, _x([[math.nan, math.nan]]), nans)
    words = ["abc", None, "a text of more than twelve bytes"]
    yield _single("storage: views of texts", _EQUAL, _x(words), _x(words, pa.string_view()))
    encoded = pa.table({"x": pa.array(words).dictionary_encode().cast(pa.dictionary(pa.int8(), pa.large_string()))})
    yield _single("storage: dictionaries of large texts", _EQUAL, _x(words), encoded)
    yield _single("storage: texts and bytes", _DIFFERENT, _x(words), _x(words, pa.large_binary()))
