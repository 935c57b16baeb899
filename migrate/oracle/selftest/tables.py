"""A right dataset with a column of every type, its values chosen to be easy to damage unseen."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

ROWS = 200
KEY = "id"
_TWO_53 = 1 << 53
_UTC = dt.timezone.utc

Value = Callable[[int], Any]


def table() -> pa.Table:
    """The dataset: a unique `id`, and a column of every type in which every seventh value or so is NULL."""
    columns = {KEY: pa.array(range(ROWS), pa.int64())}
    for number, (name, (kind, values)) in enumerate(COLUMNS.items()):
        cells = [None if (row + number) % 7 == 0 else values(row) for row in range(ROWS)]
        columns[name] = pa.array(cells, kind)
    return pa.table(columns)


def duplicates() -> pa.Table:
    """A dataset without a key in which rows occur up to four times."""
    rows = [row for row in range(60) for _ in range(1 + row % 4)]
    return pa.table(
        {
            "word": pa.array([None if row % 9 == 0 else f"w{row}" for row in rows], pa.string()),
            "count": pa.array([row // 3 for row in rows], pa.int32()),
            "score": pa.array([math.sin(row) for row in rows], pa.float64()),
        }
    )


def _cycle(special: Sequence[Any], usual: Value) -> Value:
    """The special values first and again and again, the usual ones between."""
    return lambda row: special[row // 3 % len(special)] if row % 3 == 1 else usual(row)


def _integers(bits: int, *, signed: bool) -> Value:
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    special = [0, 1, low, high, high - 1] + ([_TWO_53, _TWO_53 + 1] if bits == 64 else [])
    return _cycle(special, lambda row: row % (high + 1))


def _instant(row: int) -> dt.datetime:
    return dt.datetime(2024, 3, 30, tzinfo=_UTC) + dt.timedelta(hours=row, microseconds=1_000_003 * row)


def _naive(row: int) -> dt.datetime:
    return _instant(row).replace(tzinfo=None)


_FLOATS = [0.0, -0.0, math.nan, math.inf, -math.inf, 1e-40, 0.1 + 0.2]
_TEXTS = ["", "NULL", "NaN", "007", "7", " padded ", "É", "日本", "a\0b", "x" * 100, "\N{GRINNING FACE}", 'a,b"c\nd']
_YEARS = [dt.datetime(1, 1, 1, tzinfo=_UTC), dt.datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=_UTC)]

COLUMNS: dict[str, tuple[pa.DataType, Value]] = {
    "bool": (pa.bool_(), lambda row: row % 3 == 0),
    "int8": (pa.int8(), _integers(8, signed=True)),
    "int16": (pa.int16(), _integers(16, signed=True)),
    "int32": (pa.int32(), _integers(32, signed=True)),
    "int64": (pa.int64(), _integers(64, signed=True)),
    "uint8": (pa.uint8(), _integers(8, signed=False)),
    "uint16": (pa.uint16(), _integers(16, signed=False)),
    "uint32": (pa.uint32(), _integers(32, signed=False)),
    "uint64": (pa.uint64(), _integers(64, signed=False)),
    "half": (pa.float16(), _cycle([np.float16(each) for each in _FLOATS], lambda row: np.float16(row / 8))),
    "float": (pa.float32(), _cycle(_FLOATS, lambda row: math.sin(row))),
    "double": (pa.float64(), _cycle(_FLOATS, lambda row: math.sin(row))),
    "decimal": (pa.decimal128(12, 3), lambda row: Decimal(row * 7919 - 40_000).scaleb(-3)),
    "decimal_wide": (pa.decimal256(60, 10), lambda row: Decimal(f"{10**40 + row}.{row:010d}")),
    "string": (pa.string(), _cycle(_TEXTS, lambda row: f"name-{row:05d}.jpg")),
    "binary": (pa.binary(), _cycle([b"", b"\0", b"\xff" * 100], lambda row: bytes([row % 256]) * (row % 20))),
    "image": (pa.binary(), lambda row: bytes((row * 31 + i * 17) % 251 for i in range(48))),
    "fixed_binary": (pa.binary(8), lambda row: row.to_bytes(8, "big")),
    "date": (pa.date32(), lambda row: dt.date(2024, 1, 1) + dt.timedelta(days=row)),
    "time": (pa.time64("us"), lambda row: (_naive(row)).time()),
    "duration": (pa.duration("us"), lambda row: dt.timedelta(microseconds=row * 1_000_001)),
    "timestamp": (pa.timestamp("us"), _naive),
    "instant": (pa.timestamp("us", "UTC"), _cycle(_YEARS, _instant)),
    "list": (pa.list_(pa.int64()), lambda row: [None if i == 3 else row + i for i in range(row % 6)]),
    "floats": (pa.list_(pa.float32()), lambda row: [math.sin(row + i) for i in range(row % 6)]),
    "words": (pa.list_(pa.string()), lambda row: [f"w{row}-{i}" for i in range(row % 4)]),
    "matrix": (pa.list_(pa.list_(pa.float64())), lambda row: [[row + i / 8, -i / 8] for i in range(row % 4)]),
    "struct": (
        pa.struct([("x", pa.float64()), ("n", pa.int32()), ("s", pa.string())]),
        lambda row: {"x": math.cos(row), "n": None if row % 5 == 0 else row, "s": f"s{row}"},
    ),
    "map": (pa.map_(pa.string(), pa.int64()), lambda row: [(f"k{i}", row * i) for i in range(row % 5)]),
    "structs": (
        pa.list_(pa.struct([("name", pa.string()), ("score", pa.float64())])),
        lambda row: [{"name": f"n{i}", "score": row / (i + 1)} for i in range(row % 4)],
    ),
}
