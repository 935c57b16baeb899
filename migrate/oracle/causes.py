"""Known differences between engines, recognised by the traces they leave in differing cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from migrate.oracle.cells import hash_cells, instants, lists, runs_of_bytes, valid, words
from migrate.oracle.codec import codec
from migrate.oracle.hashing import seed, sum_runs
from migrate.oracle.logical import logical
from migrate.oracle.sources.delimited import is_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

Evidence = tuple["Mask", str]
"""Which of the differing cells fit a cause, and what the sentence should say about them."""
Test = Callable[[pa.Array, pa.Array], "Evidence | None"]

_TWO_53 = 1 << 53
_HOUR = 3600


@dataclass(frozen=True)
class Cause:
    """A cause: `test` says which differing cells it explains (None where it cannot apply to the types), `sentence` what
    to tell people; it knows {column}, {count}, {left}, {right} (the sides' names) and {detail}."""

    test: Test
    sentence: str


def _cause(sentence: str) -> Callable[[Test], Test]:
    def register(test: Test) -> Test:
        CAUSES.append(Cause(test, sentence))
        return test

    return register


CAUSES: list[Cause] = []


def _floats(array: pa.Array) -> NDArray[np.float64]:
    """Numbers as doubles, NaN where there is none."""
    values: NDArray[np.float64] = words(array.cast(pa.float64(), safe=False)).copy()
    values[~valid(array)] = np.nan
    return values


def _both(test: Callable[[pa.DataType], bool], left: pa.Array, right: pa.Array) -> bool:
    return test(left.type) and test(right.type)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_nan(array: pa.Array) -> Mask:
    found: Mask = valid(array) & np.isnan(words(array))
    return found


@_cause(
    "`{column}`: {count} where one side is NULL and the other NaN. NumPy and pandas batches have no NULL among "
    'numbers: use batch_format="pyarrow".'
)
def _null_or_nan(left: pa.Array, right: pa.Array) -> Evidence | None:
    found = np.zeros(len(left), np.bool_)
    for one, other in ((left, right), (right, left)):
        if pa.types.is_floating(other.type):
            found |= ~valid(one) & _is_nan(other)
    return found, ""


@_cause(
    "`{column}`: {count} beyond 2^53 that agree once rounded to doubles. Integers went through floating point, as in a "
    'NumPy batch with a NULL: use batch_format="pyarrow".'
)
def _rounded_integer(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not _both(_is_number, left, right) or (_both(pa.types.is_floating, left, right)):
        return None
    one, other = _floats(left), _floats(right)
    return (one == other) & (np.abs(one) >= _TWO_53), ""


@_cause("`{column}`: {count} with 0.0 on one side and -0.0 on the other; a tolerance on it makes them equal.")
def _negative_zero(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not _both(pa.types.is_floating, left, right):
        return None
    return (_floats(left) == 0) & (_floats(right) == 0), ""


@_cause("`{column}`: {count} {detail}.")
def _fraction_lost(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not _both(pa.types.is_timestamp, left, right):
        return None
    present = valid(left) & valid(right)
    (seconds, nanos), (other_seconds, other_nanos) = instants(left), instants(right)
    same = present & (seconds == other_seconds)
    for digits, unit in (
        (1, "fractional second"),
        (1_000_000, "digits beyond the millisecond"),
        (1_000, "digits beyond the microsecond"),
    ):
        size = 1_000_000_000 if digits == 1 else digits
        for one, other, side in ((nanos, other_nanos, "{right}"), (other_nanos, nanos, "{left}")):
            lost = same & (other == one // size * size) & (one != other)
            if lost.all():
                return lost, f"on the {side} side that lack the {unit}"
    return None


@_cause("`{column}`: {count} {detail} on the {right} side. Time zones: a session's zone was dropped or applied twice.")
def _hours_apart(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not _both(pa.types.is_timestamp, left, right):
        return None
    present = valid(left) & valid(right)
    (seconds, nanos), (other_seconds, other_nanos) = instants(left), instants(right)
    apart = other_seconds - seconds
    # Zones differ by quarters of an hour at the finest, and by no more than 26 hours.
    fits = present & (nanos == other_nanos) & (apart % (_HOUR // 4) == 0) & (apart != 0) & (np.abs(apart) <= 26 * _HOUR)
    shifts = sorted(set((apart[fits] / _HOUR).tolist()))
    if not 0 < len(shifts) <= 2:
        return None
    return fits, "are later or earlier by " + " and ".join(f"{shift:+g} hours" for shift in shifts)


@_cause(
    "`{column}`: {count} apart by a multiple of 2^64 nanoseconds. Timestamps outside the years 1678 to 2261 wrapped "
    "around when INT96 was read as nanoseconds: read them as microseconds."
)
def _wrapped_nanoseconds(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not _both(pa.types.is_timestamp, left, right):
        return None
    (seconds, nanos), (other_seconds, other_nanos) = instants(left), instants(right)
    with np.errstate(over="ignore"):
        # Modulo 2^64 on purpose: a wrapped timestamp is equal there.
        apart = (seconds - other_seconds) * 1_000_000_000 + (nanos - other_nanos)
    return valid(left) & valid(right) & (np.abs(apart) < 1_000) & (seconds != other_seconds), ""


@_cause("`{column}`: {count} equal once rounded to single precision: one side computed in float32.")
def _single_precision(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not _both(pa.types.is_floating, left, right):
        return None
    one, other = _floats(left), _floats(right)
    with np.errstate(over="ignore", invalid="ignore"):
        narrow_one, narrow_other = (
            one.astype(np.float32).astype(np.float64),
            other.astype(np.float32).astype(np.float64),
        )
    return (one != other) & ((narrow_one == other) | (one == narrow_other)), ""


@_cause(
    "`{column}`: the {right} side is {detail}. One side divides by n, the other by n - 1: population against sample "
    "deviation, as in Ray's StandardScaler against Spark's."
)
def _deviation(left: pa.Array, right: pa.Array) -> Evidence | None:
    found = _ratio(left, right)
    if found is None:
        return None
    fits, ratio = found
    square = max(ratio, 1 / ratio) ** 2
    rows = square / (square - 1)
    # sqrt(n / (n - 1)) for a whole n: far from a coincidence while n is well inside a double's digits.
    if not (1.5 < rows < 1e7 and abs(rows - round(rows)) < 1e-9 * rows**2 + 1e-6):
        return None
    return fits, f"{ratio:.9g} times the {{left}} side, which is sqrt(n/(n-1)) or its inverse for n = {round(rows):,}"


@_cause("`{column}`: the {right} side is {detail} the {left} side throughout: a constant differs.")
def _scaled(left: pa.Array, right: pa.Array) -> Evidence | None:
    found = _ratio(left, right)
    return None if found is None else (found[0], f"{found[1]:.9g} times")


def _ratio(left: pa.Array, right: pa.Array) -> tuple[Mask, float] | None:
    """The one factor between both sides, where there is one."""
    if not _both(pa.types.is_floating, left, right) or len(left) < 2:
        return None
    one, other = _floats(left), _floats(right)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratios = other / one
    known = ratios[np.isfinite(ratios)]
    if not len(known):
        return None
    ratio = float(np.median(known))
    precision = 1e-5 if pa.types.is_float32(left.type) else 1e-9
    with np.errstate(invalid="ignore"):
        fits = np.abs(ratios / ratio - 1) < precision if ratio else np.zeros(len(one), np.bool_)
    if abs(ratio - 1) < 10 * precision or not ratio or fits.mean() < 0.9:
        return None
    return fits, ratio


@_cause(
    "`{column}`: {count} the same but for the last digits, {detail}: sums in another order; a tolerance accepts that."
)
def _last_digits(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not _both(pa.types.is_floating, left, right):
        return None
    one, other = _floats(left), _floats(right)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        apart = np.abs(one - other) / np.maximum(np.abs(one), np.abs(other))
    limit = 1e-5 if pa.types.is_float32(left.type) else 1e-11
    fits = apart <= limit
    return (fits, f"relative difference at most {apart[fits].max():.1g}") if fits.any() else None


@_cause("`{column}`: {count} where every three numbers stand in reverse order: BGR on one side, RGB on the other.")
def _channels(left: pa.Array, right: pa.Array) -> Evidence | None:
    rows = []
    for one, other in _triples(left, right):
        same = len(one) == len(other) and len(one) % 3 == 0
        rows.append(bool(same and np.array_equal(one.reshape(-1, 3)[:, ::-1], other.reshape(-1, 3))))
    return (np.array(rows), "") if rows else None


def _triples(left: pa.Array, right: pa.Array) -> list[tuple[NDArray[np.generic], NDArray[np.generic]]]:
    if _both(pa.types.is_binary, left, right) or _both(pa.types.is_large_binary, left, right):
        sides = [runs_of_bytes(array) for array in (left, right)]
    elif (
        _both(pa.types.is_list, left, right) and _is_number(left.type.value_type) and _is_number(right.type.value_type)
    ):
        sides = []
        for array in (left, right):
            counts, elements = lists(array)
            if elements.null_count or pa.types.is_decimal(elements.type):
                return []
            sides.append((np.cumsum(counts) - counts, counts, words(elements)))
    else:
        return []
    (starts, sizes, values), (other_starts, other_sizes, other_values) = sides
    spans = zip(starts.tolist(), sizes.tolist(), other_starts.tolist(), other_sizes.tolist(), strict=True)
    return [(values[a : a + n], other_values[b : b + m]) for a, n, b, m in spans]


@_cause("`{column}`: {count} with the same elements in another order: lists gathered from unordered rows.")
def _reordered(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not _both(pa.types.is_list, left, right) or left.type != right.type:
        return None
    sums = []
    for array in (left, right):
        counts, elements = lists(array)
        hashed = hash_cells(elements, codec([logical(elements.type, "")]), seed("reordered"))
        sums.append(sum_runs(hashed, counts))
    return sums[0].equals(sums[1]), ""


@_cause(
    "`{column}`: {count} where one side is NULL and the other an empty text, as CSV readers and writers confuse them."
)
def _empty_or_null(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not _both(_is_text, left, right):
        return None
    found = np.zeros(len(left), np.bool_)
    for one, other in ((left, right), (right, left)):
        found |= ~valid(one) & pc.fill_null(pc.equal(other, ""), False).to_numpy(zero_copy_only=False)
    return found, ""


@_cause("`{column}`: {count} with a NULL on the {right} side where the {left} side has a value.")
def _lost(left: pa.Array, right: pa.Array) -> Evidence | None:
    return valid(left) & ~valid(right), ""


@_cause("`{column}`: {count} with a value on the {right} side where the {left} side has NULL.")
def _filled(left: pa.Array, right: pa.Array) -> Evidence | None:
    return ~valid(left) & valid(right), ""


@_cause("`{column}`: {count} that differ in blanks at the ends only.")
def _blanks(left: pa.Array, right: pa.Array) -> Evidence | None:
    return _same_after(pc.utf8_trim_whitespace, left, right)


@_cause("`{column}`: {count} that differ in upper and lower case only.")
def _letter_case(left: pa.Array, right: pa.Array) -> Evidence | None:
    return _same_after(pc.utf8_lower, left, right)


def _same_after(change: Callable[[pa.Array], pa.Array], left: pa.Array, right: pa.Array) -> Evidence | None:
    if not _both(_is_text, left, right):
        return None
    return pc.fill_null(pc.equal(change(left), change(right)), False).to_numpy(zero_copy_only=False), ""


@_cause(
    "`{column}`: {count} that are the same number in other digits, such as 1 and 1.0 or 1.0E10 and 1e10: integers that "
    "became floating point, or another way of printing."
)
def _spelling(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not _both(_is_text, left, right):
        return None
    pairs = zip(left.to_pylist(), right.to_pylist(), strict=True)
    return np.array([_same_number(one, other) for one, other in pairs], np.bool_), ""


def _same_number(one: str | None, other: str | None) -> bool:
    return bool(one and other and is_number(one) and is_number(other) and float(one) == float(other))
