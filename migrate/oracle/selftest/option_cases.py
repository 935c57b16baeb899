"""Cases of keys, order and tolerances: what each option lets pass, and what it must not."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from migrate.oracle.model import Options, Tolerance, Verdict
from migrate.oracle.selftest.cases import Case, parquet
from migrate.oracle.selftest.tables import KEY, duplicates, table

_EQUAL, _DIFFERENT = Verdict.EQUAL, Verdict.DIFFERENT
_EDGE = 0.125
"""A tolerance that doubles hold exactly, so that its edge is where it is said to be."""


def option_cases() -> Iterator[Case]:
    yield from _tolerances()
    yield from _dense()
    yield from _keys_and_order()
    yield from _emptiness()


def _numbers(values: list[Any], kind: pa.DataType | None = None, **more: Any) -> pa.Table:
    return pa.table({"x": pa.array(values, kind or pa.float64()), **more})


def _within(abs: float = 0.0, rel: float = 0.0, column: str = "*") -> Options:
    return Options(tolerances={column: Tolerance(abs, rel)})


def _case(name: str, expected: Verdict, left: pa.Table, right: pa.Table, options: Options) -> Case:
    return Case(name, "options", expected, parquet(left), parquet(right), options)


def _tolerances() -> Iterator[Case]:
    edge = _within(_EDGE)
    base = [1.0, 2.0, 50.0, None]
    for name, expected, values in (
        ("on the edge", _EQUAL, [1.0 + _EDGE, 2.0 - _EDGE, 50.0, None]),
        ("just beyond the edge", _DIFFERENT, [math.nextafter(1.0 + _EDGE, 9), 2.0, 50.0, None]),
        ("one value far beyond", _DIFFERENT, [1.0, 2.0, 51.0, None]),
        ("NULL for a number", _DIFFERENT, [1.0, 2.0, None, None]),
        ("a number for NULL", _DIFFERENT, [1.0, 2.0, 50.0, 0.0]),
        ("NaN for a number", _DIFFERENT, [1.0, math.nan, 50.0, None]),
        ("an infinity for a number", _DIFFERENT, [1.0, math.inf, 50.0, None]),
        ("a row more", _DIFFERENT, [1.0, 2.0, 50.0, 50.0, None]),
        ("shuffled", _EQUAL, [50.0 + _EDGE, None, 2.0, 1.0]),
    ):
        yield _case(f"absolute tolerance: {name}", expected, _numbers(base), _numbers(values), edge)
    half = _within(rel=0.5)
    yield _case("relative tolerance: on the edge", _EQUAL, _numbers([1.0, 150.0]), _numbers([2.0, 100.0]), half)
    beyond = _numbers([math.nextafter(150.0, 999), 1.0])
    yield _case("relative tolerance: just beyond the edge", _DIFFERENT, beyond, _numbers([100.0, 1.0]), half)
    infinite = _numbers([math.inf, -math.inf, math.nan])
    yield _case("tolerance: infinities and NaN agree with themselves", _EQUAL, infinite, infinite.slice(0), edge)
    yield _case(
        "tolerance: an infinity is not its negative",
        _DIFFERENT,
        infinite,
        _numbers([math.inf, math.inf, math.nan]),
        half,
    )
    yield _case("tolerance: 0.0 and -0.0", _EQUAL, _numbers([0.0]), _numbers([-0.0]), edge)
    integers = _numbers([1, 2], pa.int64())
    yield _case("tolerance: never integers", _DIFFERENT, integers, _numbers([1, 3], pa.int64()), _within(9.0))
    yield _case(
        "tolerance: float is still not double", _DIFFERENT, _numbers([1.0]), _numbers([1.0], pa.float32()), edge
    )
    yield _case("tolerance: of another column", _DIFFERENT, *_two_columns(), _within(1.0, column="y"))
    yield _case("tolerance: of this column", _EQUAL, *_two_columns(), _within(1.0, column="x"))
    yield from _nested()


def _two_columns() -> tuple[pa.Table, pa.Table]:
    return _numbers([1.0, 2.0], y=pa.array([5.0, 6.0])), _numbers([1.5, 2.5], y=pa.array([5.0, 6.0]))


def _nested() -> Iterator[Case]:
    options = _within(_EDGE)
    lists = pa.list_(pa.float64())
    structs = pa.struct([("x", pa.float64()), ("n", pa.int64())])
    maps = pa.map_(pa.string(), pa.float64())
    deep = pa.list_(pa.struct([("v", lists)]))
    for name, kind, one, near, far in (
        ("lists", lists, [1.0, None, 2.0], [1.125, None, 2.0], [1.25, None, 2.0]),
        ("lists of another length", lists, [1.0, 2.0], [1.125, 2.0], [1.0, 2.0, 2.0]),
        ("lists in another order", lists, [1.0, 2.0], [1.125, 2.0], [2.0, 1.0]),
        ("a NULL in a list", lists, [1.0, 2.0], [1.125, 2.0], [None, 2.0]),
        ("structs", structs, {"x": 1.0, "n": 1}, {"x": 1.125, "n": 1}, {"x": 1.25, "n": 1}),
        ("integers in structs", structs, {"x": 1.0, "n": 1}, {"x": 1.125, "n": 1}, {"x": 1.0, "n": 2}),
        ("maps", maps, [("a", 1.0), ("b", 2.0)], [("b", 2.125), ("a", 1.0)], [("a", 2.0), ("b", 1.0)]),
        ("lists in structs in lists", deep, [{"v": [1.0, 2.0]}], [{"v": [1.125, 2.0]}], [{"v": [1.0, 2.25]}]),
    ):
        left = _numbers([one, None], kind)
        yield _case(f"tolerance in {name}: within", _EQUAL, left, _numbers([None, near], kind), options)
        yield _case(f"tolerance in {name}: beyond", _DIFFERENT, left, _numbers([None, far], kind), options)


def _dense() -> Iterator[Case]:
    """Values closer to each other than the tolerance, where a hasty pairing finds differences that are none."""
    options = _within(1.0)
    yield _case(
        "tolerance: the nearest would be the wrong partner", _EQUAL, _numbers([0.0, 1.0]), _numbers([1.0, 2.0]), options
    )
    yield _case("tolerance: no pairing fits", _DIFFERENT, _numbers([0.0, 1.0]), _numbers([1.0, 2.5]), options)
    plane = pa.table({"x": [0.0, 0.5, 1.0], "y": [0.0, 1.0, 0.0]})
    moved = pa.table({"x": [1.0, 0.0, 0.5], "y": [0.75, 0.0, 0.25]})
    yield _case("tolerance: two columns, one pairing fits", _EQUAL, plane, moved, options)
    yield _case(
        "tolerance: two columns, none fits",
        _DIFFERENT,
        plane,
        moved.set_column(1, "y", pa.array([0.75, 3.0, 0.25])),
        options,
    )
    rng = np.random.default_rng(3)
    values = rng.normal(size=2000)
    for columns in (1, 2):
        names = ["x", "y"][:columns]
        left = pa.table({name: rng.permutation(values) for name in names})
        noise = {name: left[name].to_numpy() + rng.uniform(-0.01, 0.01, len(values)) for name in names}
        order = pa.array(rng.permutation(len(values)))
        right = pa.table(noise).take(order)
        yield _case(f"tolerance: 2,000 noisy rows, {columns} columns", _EQUAL, left, right, _within(0.01))
        worse = right.set_column(0, "x", pa.array(np.where(np.arange(len(values)) == 5, 9.0, right["x"].to_numpy())))
        yield _case(
            f"tolerance: 2,000 noisy rows, {columns} columns, one wrong", _DIFFERENT, left, worse, _within(0.01)
        )


def _keys_and_order() -> Iterator[Case]:
    whole = table()
    shuffled = whole.take(pa.array(np.random.default_rng(1).permutation(whole.num_rows)))
    keyed, ordered = Options(keys=(KEY,)), Options(ordered=True)
    yield _case("key: rows shuffled", _EQUAL, whole, shuffled, keyed)
    yield _case("key: a value changed", _DIFFERENT, whole, _one_more(shuffled, "int32"), keyed)
    yield _case("key: a key changed", _DIFFERENT, whole, _one_more(shuffled, KEY), keyed)
    yield _case(
        "key: not unique, rows shuffled", _EQUAL, duplicates(), _reversed(duplicates()), Options(keys=("word",))
    )
    fewer = duplicates().slice(1)
    yield _case("key: not unique, a row lost", _DIFFERENT, duplicates(), fewer, Options(keys=("word",)))
    yield _case(
        "key and tolerance: within",
        _EQUAL,
        *_keyed_floats(0.125),
        Options(keys=("k",), tolerances={"*": Tolerance(_EDGE)}),
    )
    yield _case(
        "key and tolerance: beyond",
        _DIFFERENT,
        *_keyed_floats(0.25),
        Options(keys=("k",), tolerances={"*": Tolerance(_EDGE)}),
    )
    yield _case("ordered: the same order", _EQUAL, whole, whole.slice(0), ordered)
    yield _case("ordered: rows shuffled", _DIFFERENT, whole, shuffled, ordered)
    yield _case(
        "ordered: two rows change places",
        _DIFFERENT,
        whole,
        whole.take(pa.array([1, 0, *range(2, whole.num_rows)])),
        ordered,
    )
    yield _case("ordered: rows shuffled, but not asked for", _EQUAL, whole, shuffled, Options())
    lossy = whole.set_column(1, "bool", pa.nulls(whole.num_rows, pa.bool_()))
    yield _case("ignore: the damaged column", _EQUAL, whole, lossy, Options(ignore=("bool",)))
    yield _case("ignore: another column", _DIFFERENT, whole, lossy, Options(ignore=("int8",)))


def _one_more(dataset: pa.Table, name: str) -> pa.Table:
    values = dataset[name].to_pylist()
    row = next(row for row, value in enumerate(values) if value is not None and value < 100)
    values[row] += 1000
    return dataset.set_column(dataset.column_names.index(name), name, pa.array(values, dataset[name].type))


def _reversed(dataset: pa.Table) -> pa.Table:
    return dataset.take(pa.array(range(dataset.num_rows)[::-1]))


def _keyed_floats(apart: float) -> tuple[pa.Table, pa.Table]:
    left = pa.table({"k": ["a", "a", "b"], "x": [1.0, 2.0, 3.0]})
    return left, pa.table({"k": ["b", "a", "a"], "x": [3.0 + apart, 2.0, 1.0]})


def _emptiness() -> Iterator[Case]:
    none = table().slice(0, 0)
    other = none.set_column(1, "bool", pa.array([], pa.int8()))
    yield _case("no rows on either side", Verdict.INCONCLUSIVE, none, none, Options())
    yield _case("no rows on either side, allowed", _EQUAL, none, none, Options(allow_empty=True))
    yield _case("no rows, other types", _DIFFERENT, none, other, Options(allow_empty=True))
    yield _case("no rows on one side", _DIFFERENT, table(), none, Options(allow_empty=True))
