"""The table that every mapping is run over: each type that jobs use, with the values that engines disagree on."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

SCHEMA = pa.schema(
    [
        pa.field("id", pa.int64()),
        pa.field("k", pa.string()),
        pa.field("i", pa.int32()),
        pa.field("big", pa.int64()),
        pa.field("x", pa.float64()),
        pa.field("y", pa.float32()),
        pa.field("s", pa.string()),
        pa.field("flag", pa.bool_()),
        pa.field("price", pa.decimal128(10, 2)),
        pa.field("day", pa.date32()),
        pa.field("at", pa.timestamp("us", tz="UTC")),
        pa.field("raw", pa.binary()),
        pa.field("tags", pa.list_(pa.string())),
        pa.field("weights", pa.list_(pa.float64())),
        pa.field("place", pa.struct([("city", pa.string()), ("zip", pa.int32())])),
    ]
)
"""``id`` is unique and never NULL; ``k`` repeats; every other column holds NULLs."""

NAN, INF = float("nan"), float("inf")


def _rows() -> list[tuple[object, ...]]:
    utc = dt.timezone.utc
    return [
        (1, "a", 1, 1, 1.5, 1.5, "plain", True, Decimal("1.10"), dt.date(2024, 2, 29), dt.datetime(2024, 2, 29, 23, 59, 59, 999999, utc), b"\x00\xff", ["a", "b"], [1.0, 2.5], {"city": "Bern", "zip": 3000}),
        (2, "a", None, 2**53 + 1, None, None, None, None, None, None, None, None, None, None, None),
        (3, "b", -1, -(2**53) - 1, NAN, NAN, "", False, Decimal("-0.01"), dt.date(1969, 12, 31), dt.datetime(1969, 12, 31, 23, 0, 0, 1, utc), b"", [], [], {"city": None, "zip": None}),
        (4, "b", 2147483647, 2**63 - 1, INF, INF, "ÄÖ straße 東京 \U0001f600", True, Decimal("99999999.99"), dt.date(9999, 12, 31), dt.datetime(2262, 1, 1, tzinfo=utc), "é".encode(), [None, ""], [NAN, None], {"city": "Genève", "zip": 1200}),
        (5, None, -2147483648, -(2**63), -INF, -INF, "  trim me\t", None, Decimal("0.00"), dt.date(1582, 10, 15), dt.datetime(1900, 1, 1, tzinfo=utc), b"5", ["x"], [0.1], None),
        (6, "A", 0, 0, -0.0, -0.0, "007", False, Decimal("7.00"), dt.date(2000, 1, 1), dt.datetime(2000, 1, 1, tzinfo=utc), b"007", ["007", "7"], [-0.0], {"city": "", "zip": 0}),
        (7, "a", 7, 7, 0.1 + 0.2, 0.1, "1e3", True, Decimal("0.30"), dt.date(2024, 3, 31), dt.datetime(2024, 3, 31, 1, 30, tzinfo=utc), b"7", ["é"], [1e308, 1e-308], {"city": "Bern", "zip": 3001}),
        (8, "c", None, None, 5e-324, 1e-45, "NULL", None, None, dt.date(2024, 12, 30), None, None, None, [3.0], {"city": "Zürich", "zip": 8000}),
        (9, "", 3, 3, 0.0, 0.0, "a,b\"c\nd", True, Decimal("3.33"), None, dt.datetime(2024, 10, 27, 0, 30, tzinfo=utc), b"\n", ["dup", "dup"], None, {"city": "a", "zip": None}),
        (10, "é", 9, 9, -2.5, -2.5, "%_\\", False, Decimal("-2.50"), dt.date(2023, 1, 1), dt.datetime(2023, 1, 1, 12, tzinfo=utc), b"%", ["%"], [2.5, -2.5], {"city": "Bern", "zip": 3000}),
    ]  # fmt: skip


def table() -> pa.Table:
    """Ten rows, the same each time."""
    columns = list(zip(*_rows(), strict=True))
    return pa.table([pa.array(values, field.type) for values, field in zip(columns, SCHEMA, strict=True)], SCHEMA)


def write(folder: Path) -> None:
    """The table as a Parquet data set of three files, the middle one without rows."""
    folder.mkdir(parents=True)
    rows = table()
    for name, part in (("a", rows.slice(0, 6)), ("b", rows.slice(0, 0)), ("c", rows.slice(6))):
        pq.write_table(part, folder / f"part-{name}.parquet")
