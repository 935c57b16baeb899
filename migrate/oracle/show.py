"""Cell values as JSON and people can read them: short, never ambiguous, never a reason to fail."""

from __future__ import annotations

import json
import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

LONGEST_TEXT = 200
_LONGEST_LIST = 8
_SHOWN_BYTES = 16


def cell(array: pa.Array, row: int, *, json_cells: bool = False) -> Any:
    """One cell as a JSON value; floats that are not finite become their names, long values are cut short."""
    scalar = array[row]
    if json_cells:
        return "(absent)" if not scalar.is_valid else _plain(json.loads(_text(scalar)))
    if not scalar.is_valid:
        return None
    if pa.types.is_timestamp(array.type) or pa.types.is_duration(array.type) or pa.types.is_time(array.type):
        # Not by way of Python's own types: these lack nanoseconds, and years beyond 9999.
        return (
            str(scalar.cast(pa.string()))
            if not pa.types.is_duration(array.type)
            else f"{scalar.value} {array.type.unit}"
        )
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        return _plain(_text(scalar))
    return _plain(scalar.as_py())


def _text(scalar: pa.Scalar) -> str:
    return bytes(scalar.as_buffer()).decode("utf-8", "replace")


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else "NaN" if math.isnan(value) else f"{'-' if value < 0 else ''}Infinity"
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else f"{value[:LONGEST_TEXT]}... ({len(value)} characters)"
    if isinstance(value, bytes):
        shown = value[:_SHOWN_BYTES].hex()
        return f"0x{shown}" if len(value) <= _SHOWN_BYTES else f"0x{shown}... ({len(value)} bytes)"
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        shown_items = [_plain(item) for item in value[:_LONGEST_LIST]]
        return shown_items if len(value) <= _LONGEST_LIST else [*shown_items, f"... ({len(value)} elements)"]
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta | Decimal):
        return str(value)
    return str(value)
