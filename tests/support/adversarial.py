"""The table that every mapping is run over: each type that jobs use, with the values that engines disagree on."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

NAN, INF = float("nan"), float("inf")


def _at(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.timezone.utc)  # type: ignore[misc]


def _place(city: str | None, zip_code: int | None) -> dict[str, object]:
    return {"city": city, "zip": zip_code}


COLUMNS: dict[str, tuple[pa.DataType, list[object]]] = {
    "id": (pa.int64(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
    "k": (pa.string(), ["a", "a", "b", "b", None, "A", "a", "c", "", "é"]),
    "i": (pa.int32(), [1, None, -1, 2**31 - 1, -(2**31), 0, 7, None, 3, 9]),
    "big": (pa.int64(), [1, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63), 0, 7, None, 3, 9]),
    "x": (pa.float64(), [1.5, None, NAN, INF, -INF, -0.0, 0.1 + 0.2, 5e-324, 0.0, -2.5]),
    "y": (pa.float32(), [1.5, None, NAN, INF, -INF, -0.0, 0.1, 1e-45, 0.0, -2.5]),
    "s": (
        pa.string(),
        ["plain", None, "", "ÄÖ straße 東京 \U0001f600", "  trim me\t", "007", "1e3", "NULL", 'a,b"c\nd', "%_\\"],
    ),
    "flag": (pa.bool_(), [True, None, False, True, None, False, True, None, True, False]),
    "price": (
        pa.decimal128(10, 2),
        [
            *map(Decimal, ("1.10", "-0.01", "99999999.99", "0.00", "7.00", "0.30")),
            *(None, None),
            *map(Decimal, ("3.33", "-2.50")),
        ],
    ),
    "day": (
        pa.date32(),
        [
            *(dt.date(2024, 2, 29), None, dt.date(1969, 12, 31), dt.date(9999, 12, 31), dt.date(1582, 10, 15)),
            *(dt.date(2000, 1, 1), dt.date(2024, 3, 31), dt.date(2024, 12, 30), None, dt.date(2023, 1, 1)),
        ],
    ),
    "at": (
        pa.timestamp("us", tz="UTC"),
        [
            *(_at(2024, 2, 29, 23, 59, 59, 999999), None, _at(1969, 12, 31, 23, 0, 0, 1), _at(2262, 1, 1)),
            *(_at(1900, 1, 1), _at(2000, 1, 1), _at(2024, 3, 31, 1, 30), None),
            *(_at(2024, 10, 27, 0, 30), _at(2023, 1, 1, 12)),
        ],
    ),
    "raw": (pa.binary(), [b"\x00\xff", None, b"", "é".encode(), b"5", b"007", b"7", None, b"\n", b"%"]),
    "tags": (
        pa.list_(pa.string()),
        [["a", "b"], None, [], [None, ""], ["x"], ["007", "7"], ["é"], None, ["dup", "dup"], ["%"]],
    ),
    "weights": (
        pa.list_(pa.float64()),
        [[1.0, 2.5], None, [], [NAN, None], [0.1], [-0.0], [1e308, 1e-308], [3.0], None, [2.5, -2.5]],
    ),
    "place": (
        pa.struct([("city", pa.string()), ("zip", pa.int32())]),
        [
            *(_place("Bern", 3000), None, _place(None, None), _place("Genève", 1200), None, _place("", 0)),
            *(_place("Bern", 3001), _place("Zürich", 8000), _place("a", None), _place("Bern", 3000)),
        ],
    ),
}
"""``id`` is unique and never NULL; ``k`` repeats; every other column holds NULLs."""


def table() -> pa.Table:
    """Ten rows, the same each time."""
    return pa.table({name: pa.array(values, kind) for name, (kind, values) in COLUMNS.items()})


def write(folder: Path) -> None:
    """The table as a Parquet data set of three files, the middle one without rows."""
    folder.mkdir(parents=True)
    rows = table()
    for name, part in (("a", rows.slice(0, 6)), ("b", rows.slice(0, 0)), ("c", rows.slice(6))):
        pq.write_table(part, folder / f"part-{name}.parquet")
