"""Faults of numbers: rounding, width, sign, scale, and NULL taken for a number."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from migrate.oracle.selftest.faults.fault import Change, Fault, Test, cast, null_to, one

_INTEGER: Test = pa.types.is_integer
_FLOAT: Test = pa.types.is_floating
_DECIMAL: Test = pa.types.is_decimal


def _through_double(array: pa.Array) -> pa.Array | None:
    """Out of an integer column through doubles and back, as a NumPy batch with a NULL does."""
    numbers = array.to_pylist()
    back = [None if value is None else int(float(value)) for value in numbers]
    limit = 1 << (array.type.bit_width - (1 if pa.types.is_signed_integer(array.type) else 0))
    kept = [
        value if value is None or value < limit else original for value, original in zip(back, numbers, strict=True)
    ]
    return None if kept == numbers else pa.array(kept, array.type)


def _bits(kind: pa.DataType) -> str:
    return {16: "<eH", 32: "<fI", 64: "<dQ"}[kind.bit_width]


def _next_float(array: pa.Array) -> pa.Array | None:
    """The last bit of one float."""
    code = _bits(array.type)

    def change(value: float) -> float:
        (bits,) = struct.unpack("<" + code[2], struct.pack(code[:2], value))
        return float(struct.unpack(code[:2], struct.pack("<" + code[2], bits + 1))[0])

    numpy_type = {16: np.float16, 32: np.float32, 64: np.float64}[array.type.bit_width]
    cells = array.to_pylist()
    row = next(row for row, value in enumerate(cells) if value is not None and math.isfinite(value) and value > 0.01)
    cells[row] = change(cells[row])
    return pa.array([None if value is None else numpy_type(value) for value in cells], array.type)


def _floats(change: Change, where: Callable[[Any], bool]) -> Callable[[pa.Array], pa.Array | None]:
    def damage(array: pa.Array) -> pa.Array | None:
        numpy_type = {16: np.float16, 32: np.float32, 64: np.float64}[array.type.bit_width]
        cells = array.to_pylist()
        if not any(where(value) for value in cells):
            return None
        changed = [change(value) if where(value) else value for value in cells]
        return pa.array([None if value is None else numpy_type(value) for value in changed], array.type)

    return damage


def _is_nan(value: Any) -> bool:
    return value is not None and math.isnan(value)


def _is_negative_zero(value: Any) -> bool:
    return value == 0 and math.copysign(1, value) < 0


def _finite(value: Any) -> bool:
    return value is not None and math.isfinite(value)


def _wider(kind: pa.DataType) -> pa.DataType:
    names = (
        ["int8", "int16", "int32", "int64"]
        if pa.types.is_signed_integer(kind)
        else ["uint8", "uint16", "uint32", "uint64"]
    )
    place = names.index(str(kind))
    return pa.type_for_alias(names[place + 1] if place < 3 else names[2])


FAULTS = (
    Fault("one integer is one more", _INTEGER, one(lambda value: value + 1 if value == 0 else value - 1)),
    Fault("NULL becomes 0", _INTEGER, null_to(0)),
    Fault(
        "NULL becomes -1 or the largest",
        _INTEGER,
        lambda a: null_to(-1 if pa.types.is_signed_integer(a.type) else 255)(a),
    ),
    Fault("integers pass through doubles", _INTEGER, _through_double),
    Fault(
        "the type becomes double, NULL becomes NaN",
        _INTEGER,
        lambda a: a.cast(pa.float64(), safe=False).fill_null(math.nan),
    ),
    Fault("the type becomes another width", _INTEGER, lambda array: array.cast(_wider(array.type), safe=False)),
    Fault("the type becomes text", _INTEGER, cast(pa.string())),
    Fault("the type becomes integer", pa.types.is_boolean, cast(pa.int32())),
    Fault("one boolean flips", pa.types.is_boolean, one(lambda value: not value)),
    Fault("NULL becomes false", pa.types.is_boolean, null_to(False)),
    Fault("the last bit of one float", _FLOAT, _next_float),
    Fault("NULL becomes NaN", _FLOAT, _floats(lambda _: math.nan, lambda value: value is None)),
    Fault("NaN becomes NULL", _FLOAT, _floats(lambda _: None, _is_nan)),
    Fault("NaN becomes 0", _FLOAT, _floats(lambda _: 0.0, _is_nan)),
    Fault("-0.0 becomes 0.0", _FLOAT, _floats(abs, _is_negative_zero)),
    Fault("an infinity becomes NaN", _FLOAT, _floats(lambda _: math.nan, lambda value: value == math.inf)),
    Fault("an infinity changes its sign", _FLOAT, _floats(lambda value: -value, lambda value: value == math.inf)),
    Fault("sample for population deviation", _FLOAT, _floats(lambda value: value * math.sqrt(200 / 199), _finite)),
    Fault(
        "rounded to three digits",
        _FLOAT,
        _floats(lambda value: round(value, 3), lambda v: _finite(v) and v != round(v, 3)),
    ),
    Fault(
        "very small numbers become 0",
        _FLOAT,
        _floats(lambda _: 0.0, lambda value: _finite(value) and 0 < value < 1e-30),
    ),
    Fault(
        "doubles pass through single precision", pa.types.is_float64, lambda a: a.cast(pa.float32()).cast(pa.float64())
    ),
    Fault("the type becomes single precision", pa.types.is_float64, cast(pa.float32())),
    Fault("the type becomes double precision", pa.types.is_float32, cast(pa.float64())),
    Fault(
        "one decimal's last digit", _DECIMAL, one(lambda value: value + Decimal(1).scaleb(value.as_tuple().exponent))
    ),
    Fault("the scale grows", _DECIMAL, lambda a: a.cast(pa.decimal256(76, a.type.scale + 1))),
    Fault("the precision grows", _DECIMAL, lambda a: a.cast(pa.decimal256(70, a.type.scale))),
    Fault("the type becomes double", _DECIMAL, cast(pa.float64())),
    Fault("NULL becomes 0", _DECIMAL, lambda a: null_to(Decimal(0).scaleb(-a.type.scale))(a)),
)
