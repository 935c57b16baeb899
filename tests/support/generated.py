"""Tables that hypothesis makes: each type that jobs use, full of what engines disagree on."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

_EDGES = [0.0, -0.0, float("nan"), float("inf"), float("-inf"), 5e-324, 1.7976931348623157e308, 2.0**53 + 2, -0.5]
_SIGNS = st.sampled_from(["a", "B", "é", "ß", "東", "\U0001f600", " ", "\t", ",", "%", "_", "0", "7", "-", ".", "e"])


def _whole(bits: int) -> st.SearchStrategy[int]:
    least, most = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    return st.sampled_from([0, 1, -1, least, least + 1, most, most - 1]) | st.integers(-9, 9) | st.integers(least, most)


def _floating(width: Any) -> st.SearchStrategy[float]:
    edges = [float(edge) for edge in _EDGES if width == 64 or abs(edge) not in {5e-324, 1.7976931348623157e308}]
    return st.sampled_from(edges) | st.integers(-3, 3).map(float) | st.floats(width=width)


_FIELDS: dict[str, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    "k": (pa.string(), st.sampled_from(["a", "b", "A", "", "é"])),
    "s": (
        pa.string(),
        st.lists(_SIGNS, max_size=6).map("".join) | st.sampled_from(["7", " -12 ", "1e3", "2.5", "NaN"]),
    ),
    "i": (pa.int32(), _whole(32)),
    "big": (pa.int64(), _whole(64)),
    "x": (pa.float64(), _floating(64)),
    "y": (pa.float32(), _floating(32)),
    "flag": (pa.bool_(), st.booleans()),
    "price": (
        pa.decimal128(10, 2),
        st.integers(-(10**10) + 1, 10**10 - 1).map(lambda cents: Decimal(cents).scaleb(-2)),
    ),
    "day": (pa.date32(), st.dates(dt.date(1583, 1, 1)) | st.dates(dt.date(2024, 2, 27), dt.date(2024, 3, 2))),
    "at": (
        pa.timestamp("us", tz="UTC"),
        st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2262, 1, 1), timezones=st.just(dt.timezone.utc)),
    ),
}
_ROWS = st.lists(st.fixed_dictionaries({name: st.none() | kind for name, (_, kind) in _FIELDS.items()}), max_size=9)


def tables(count: int, *, derandomize: bool = True) -> pa.Table:
    """So many tables in one, numbered in the column ``t``; ``id`` numbers the rows of all.

    They are the same each time, unless others are looked for (``derandomize=False``).
    """
    found: list[list[dict[str, Any]]] = []

    @settings(
        max_examples=count,
        derandomize=derandomize,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(_ROWS)
    def collect(rows: list[dict[str, Any]]) -> None:
        found.append(rows)

    collect()
    rows = [{"t": number, **row} for number, table in enumerate(found) for row in table]
    columns = {name: pa.array([row[name] for row in rows], kind) for name, (kind, _) in _FIELDS.items()}
    numbers = {"id": pa.array(range(len(rows)), pa.int64()), "t": pa.array([row["t"] for row in rows], pa.int32())}
    return pa.table({**numbers, **columns})
