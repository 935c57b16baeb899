"""How far apart differing cells are, exactly where their type allows it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from migrate.oracle.arrays import instants, lists, valid, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

Distance = int | float | None
_EXACT_PAIRS = 10_000


def largest(left: pa.Array, right: pa.Array) -> Distance:
    """The largest distance between two numbers of a pair of cells, None where no pair has two numbers.

    Timestamps, times and durations are apart by seconds, dates by days, lists and structs as far as their numbers are.
    """
    both = valid(left) & valid(right)
    if not both.all():
        left, right = left.filter(pa.array(both)), right.filter(pa.array(both))
    if not len(left):
        return None
    kinds = left.type, right.type
    if all(_is_time(kind) for kind in kinds):
        return _seconds(left, right)
    if all(_is_number(kind) for kind in kinds):
        return _numbers(left, right)
    if all(pa.types.is_struct(kind) for kind in kinds):
        return _structs(left, right)
    if all(_is_list(kind) for kind in kinds):
        return _lists(left, right)
    return None


def further(one: Distance, other: Distance) -> Distance:
    """The larger of two distances, None being less than any."""
    if one is None or other is None:
        return one if other is None else other
    return max(one, other)


def _is_time(kind: pa.DataType) -> bool:
    return bool(pa.types.is_temporal(kind)) and not pa.types.is_interval(kind)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def _seconds(left: pa.Array, right: pa.Array) -> Distance:
    (seconds, nanos), (other_seconds, other_nanos) = instants(left), instants(right)
    apart = np.abs((seconds - other_seconds) + (nanos - other_nanos) / 1e9)
    days = pa.types.is_date(left.type) and pa.types.is_date(right.type)
    return int(apart.max()) // 86_400 if days else float(apart.max())


def _numbers(left: pa.Array, right: pa.Array) -> Distance:
    floats = [pa.types.is_floating(array.type) for array in (left, right)]
    if all(floats):
        return _floats(words(left).astype(np.float64), words(right).astype(np.float64))
    if not any(floats) and not any(pa.types.is_decimal(array.type) for array in (left, right)):
        return _integers(words(left), words(right))
    if len(left) > _EXACT_PAIRS:
        return _floats(_as_floats(left), _as_floats(right))
    apart = [_apart(one, other) for one, other in zip(left.to_pylist(), right.to_pylist(), strict=True)]
    most = max((gap for gap in apart if gap is not None), default=None)
    return most if most is None else int(most) if most.denominator == 1 else float(most)


def _apart(one: object, other: object) -> Fraction | None:
    try:
        return abs(Fraction(one) - Fraction(other))  # type: ignore[call-overload, no-any-return]  # int, float or Decimal
    except (ValueError, OverflowError):
        return None  # NaN and infinities have no distance


def _as_floats(array: pa.Array) -> NDArray[np.float64]:
    return words(array.cast(pa.float64(), safe=False))


def _floats(left: NDArray[np.float64], right: NDArray[np.float64]) -> Distance:
    with np.errstate(invalid="ignore", over="ignore"):
        apart = np.abs(left - right)
    known = apart[~np.isnan(apart)]
    return float(known.max()) if len(known) else None


def _integers(left: NDArray[np.integer], right: NDArray[np.integer]) -> Distance:
    if left.dtype != right.dtype and np.dtype(np.uint64) in (left.dtype, right.dtype):
        return max(abs(int(one) - int(other)) for one, other in zip(left.tolist(), right.tolist(), strict=True))
    wide = np.uint64 if left.dtype == np.uint64 else np.int64
    one, other = left.astype(wide), right.astype(wide)
    # The difference of two int64 may need one bit more, which the unsigned subtraction has.
    low, high = np.minimum(one, other).view(np.uint64), np.maximum(one, other).view(np.uint64)
    return int((high - low).max())


def _structs(left: pa.Array, right: pa.Array) -> Distance:
    sides = [{array.type.field(i).name: child for i, child in enumerate(array.flatten())} for array in (left, right)]
    distance: Distance = None
    for name in sides[0].keys() & sides[1].keys():
        distance = further(distance, largest(sides[0][name], sides[1][name]))
    return distance


def _lists(left: pa.Array, right: pa.Array) -> Distance:
    same = left.value_lengths().to_numpy(zero_copy_only=False) == right.value_lengths().to_numpy(zero_copy_only=False)
    if not same.all():
        left, right = left.filter(pa.array(same)), right.filter(pa.array(same))
    return largest(lists(left)[1], lists(right)[1]) if len(left) else None
