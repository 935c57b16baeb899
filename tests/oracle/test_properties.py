"""Random tables: the oracle's answer is that of a comparison row by row in plain Python, however they are stored."""

from __future__ import annotations

import datetime as dt
import math
import struct
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrate.oracle import Comparison, Options, Verdict, compare

quick = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

SMALL_FLOATS = st.sampled_from([0.0, -0.0, 1.0, 1.5, math.nan, math.inf, -math.inf])
CELLS: dict[str, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    "bool": (pa.bool_(), st.booleans()),
    "int": (pa.int64(), st.sampled_from([0, 1, -1, 2**53, 2**53 + 1, 2**63 - 1])),
    "unsigned": (pa.uint64(), st.sampled_from([0, 1, 2**63, 2**64 - 1])),
    "float": (pa.float64(), SMALL_FLOATS),
    "text": (pa.string(), st.sampled_from(["", "a", "a\0", "é", "long" * 30, "long" * 100, "long" * 100 + "x"])),
    "bytes": (pa.binary(), st.binary(max_size=10)),
    "decimal": (pa.decimal128(20, 2), st.integers(-3, 3).map(lambda n: Decimal(n).scaleb(-2))),
    "date": (pa.date32(), st.dates(dt.date(2024, 1, 1), dt.date(2024, 1, 4))),
    "time": (pa.timestamp("us"), st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2024, 1, 1, 0, 0, 1))),
    "list": (pa.list_(pa.float64()), st.lists(st.one_of(st.none(), SMALL_FLOATS), max_size=3)),
    "deep": (pa.list_(pa.list_(pa.int8())), st.lists(st.lists(st.integers(0, 2), max_size=2), max_size=2)),
    "struct": (
        pa.struct([("a", pa.int8()), ("b", pa.string())]),
        st.fixed_dictionaries({"a": st.one_of(st.none(), st.integers(0, 1)), "b": st.sampled_from(["", "x", None])}),
    ),
    "map": (
        pa.map_(pa.string(), pa.int8()),
        st.dictionaries(st.sampled_from("abc"), st.integers(0, 1)).map(dict.items).map(list),
    ),
}


@st.composite
def columns(draw: st.DrawFn) -> list[str]:
    return draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=3, unique=True))


@st.composite
def rows_of(draw: st.DrawFn, names: list[str]) -> list[tuple[Any, ...]]:
    row = st.tuples(*(st.one_of(st.none(), CELLS[name][1]) for name in names))
    return draw(st.lists(row, max_size=8))


@st.composite
def two_sides(draw: st.DrawFn) -> tuple[list[str], list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Two lists of rows, the right one mostly a shuffled left one with a few rows of its own."""
    names = draw(columns())
    left = draw(rows_of(names))
    right = draw(st.permutations(left))
    return names, left, right[draw(st.integers(0, 1)) :] + draw(st.one_of(st.just([]), rows_of(names)))


def table(names: list[str], rows: list[tuple[Any, ...]]) -> pa.Table:
    return pa.table({name: pa.array([row[i] for row in rows], CELLS[name][0]) for i, name in enumerate(names)})


def plainly(value: Any) -> Any:
    """A value that compares as the oracle should compare it."""
    if isinstance(value, float):
        return "nan" if math.isnan(value) else struct.pack("<d", value)
    if isinstance(value, dict):
        return tuple(sorted((name, plainly(item)) for name, item in value.items()))
    if isinstance(value, list):
        if value and isinstance(value[0], tuple):
            return ("map", *sorted(value))
        return ("list", *map(plainly, value))
    return value


def multiset(rows: list[tuple[Any, ...]]) -> Counter[Any]:
    return Counter(tuple(map(plainly, row)) for row in rows)


def ask(folder: Path, left: pa.Table, right: pa.Table, options: Options | None = None) -> Comparison:
    pq.write_table(left, folder / "left.parquet")
    pq.write_table(right, folder / "right.parquet")
    return compare(folder / "left.parquet", folder / "right.parquet", options or Options(allow_empty=True))


@quick
@given(two_sides())
def test_a_multiset_is_a_multiset(tmp_path: Path, sides: Any) -> None:
    names, left, right = sides
    found = ask(tmp_path, table(names, left), table(names, right))
    one, other = multiset(left), multiset(right)
    assert (found.verdict is Verdict.EQUAL) is (one == other)
    lost, gained = (one - other).total(), (other - one).total()
    assert found.only_left + found.changed == lost and found.only_right + found.changed == gained


@quick
@given(two_sides(), st.booleans())
def test_spilling_to_disk_changes_nothing(tmp_path: Path, sides: Any, keyed: bool) -> None:
    names, left, right = sides
    keys = (names[0],) if keyed else ()
    answers = [
        ask(tmp_path, table(names, left), table(names, right), Options(keys=keys, allow_empty=True, memory=memory))
        for memory in (1 << 30, 500)
    ]
    assert answers[0].verdict is answers[1].verdict
    totals = [(a.only_left + a.changed, a.only_right + a.changed) for a in answers]
    assert totals[0] == totals[1]


@quick
@given(two_sides())
def test_by_key_counts_are_those_of_each_key(tmp_path: Path, sides: Any) -> None:
    names, left, right = sides
    found = ask(tmp_path, table(names, left), table(names, right), Options(keys=(names[0],), allow_empty=True))
    one, other = multiset(left), multiset(right)
    lost, gained = one - other, other - one
    changed = sum((_by_key(lost) & _by_key(gained)).values())
    assert found.changed == changed
    assert (found.only_left, found.only_right) == (lost.total() - changed, gained.total() - changed)


def _by_key(rows: Counter[Any]) -> Counter[Any]:
    keys: Counter[Any] = Counter()
    for row, often in rows.items():
        keys[row[0]] += often
    return keys


@quick
@given(two_sides())
def test_ordered_is_row_by_row(tmp_path: Path, sides: Any) -> None:
    names, left, right = sides
    found = ask(tmp_path, table(names, left), table(names, right), Options(ordered=True, allow_empty=True))
    pairs = list(zip(left, right, strict=False))
    differing = sum(tuple(map(plainly, one)) != tuple(map(plainly, other)) for one, other in pairs)
    assert found.changed == differing
    assert (found.only_left, found.only_right) == (len(left) - len(pairs), len(right) - len(pairs))


@quick
@given(two_sides())
def test_the_sides_can_change_places(tmp_path: Path, sides: Any) -> None:
    names, left, right = sides
    one = ask(tmp_path, table(names, left), table(names, right))
    other = ask(tmp_path, table(names, right), table(names, left))
    assert one.verdict is other.verdict
    assert (one.only_left + one.changed, one.only_right + one.changed) == (
        other.only_right + other.changed,
        other.only_left + other.changed,
    )


@quick
@given(two_sides())
def test_a_column_is_blamed_only_for_its_own_differences(tmp_path: Path, sides: Any) -> None:
    names, rows, _ = sides
    left = table(names, rows).append_column("row", pa.array(range(len(rows)), pa.int32()))
    right = left.set_column(0, names[0], pa.nulls(len(rows), CELLS[names[0]][0]))
    found = ask(tmp_path, left, right, Options(keys=("row",), allow_empty=True))
    blamed = {column.name: column.mismatched for column in found.columns if column.mismatched}
    filled = sum(row[0] is not None for row in rows)
    assert blamed == ({names[0]: filled} if filled else {})
    assert found.changed == filled and not found.only_left and not found.only_right


NUMBERS = st.one_of(st.none(), st.integers(-8, 8).map(lambda n: n / 4), st.sampled_from([math.nan, math.inf]))


def agree(one: Any, other: Any, tolerance: float) -> bool:
    if one is None or other is None:
        return one is None and other is None
    if not (math.isfinite(one) and math.isfinite(other)):
        return bool(plainly(one) == plainly(other))
    return bool(abs(one - other) <= tolerance)


def largest_matching(left: list[Any], right: list[Any], tolerance: float) -> int:
    """How many rows can be paired at most, found by trying; a row is a tuple of numbers."""
    partner: dict[int, int] = {}

    def place(i: int, tried: set[int]) -> bool:
        for j, row in enumerate(right):
            fits = all(agree(one, other, tolerance) for one, other in zip(left[i], row, strict=True))
            if fits and j not in tried:
                tried.add(j)
                if j not in partner or place(partner[j], tried):
                    partner[j] = i
                    return True
        return False

    return sum(place(i, set()) for i in range(len(left)))


@pytest.mark.parametrize("width", [1, 2, 3])
@settings(quick, max_examples=80)
@given(data=st.data())
def test_rows_under_a_tolerance_are_equal_when_any_pairing_fits(
    tmp_path: Path, width: int, data: st.DataObject
) -> None:
    from migrate.oracle import Tolerance

    row = st.tuples(*([NUMBERS] * width))
    left = data.draw(st.lists(row, min_size=1, max_size=6))
    noise = st.tuples(*([st.integers(-2, 2).map(lambda n: n / 4)] * width))
    moved = [
        tuple(None if x is None else x + d for x, d in zip(cells, data.draw(noise), strict=True)) for cells in left
    ]
    right = data.draw(st.permutations(moved))[data.draw(st.integers(0, 1)) :] + data.draw(st.lists(row, max_size=1))
    names = [f"c{i}" for i in range(width)]
    one, other = (
        pa.table({n: pa.array([r[i] for r in rows], pa.float64()) for i, n in enumerate(names)})
        for rows in (left, right)
    )
    found = ask(tmp_path, one, other, Options(tolerances={"*": Tolerance(abs=0.25)}, allow_empty=True))
    matched = largest_matching(left, right, 0.25)
    assert (found.verdict is Verdict.EQUAL) is (matched == len(left) == len(right))
    assert found.changed + found.only_left == len(left) - matched
    assert found.changed + found.only_right == len(right) - matched
