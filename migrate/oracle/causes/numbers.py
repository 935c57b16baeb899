"""Causes that show in numbers: batches without NULLs, rounding, deviations, constants, order of summation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from migrate.oracle.arrays import valid, words
from migrate.oracle.causes.cause import Cause, Evidence, both, either_way, floats, is_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from migrate.oracle.causes.cause import Mask

_TWO_53 = 1 << 53
_MOST_FIT = 0.9
_SINGLE_SUMS = 1e-6
"""How far sums of single precision stray from those of double precision, relatively, while they do not cancel out."""


def _null_or_nan(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not (pa.types.is_floating(left.type) or pa.types.is_floating(right.type)):
        return None
    return either_way(_null_for_nan, left, right), ""


def _null_for_nan(null: pa.Array, nan: pa.Array) -> Mask:
    if not pa.types.is_floating(nan.type):
        return np.zeros(len(null), np.bool_)
    found: Mask = ~valid(null) & valid(nan) & np.isnan(words(nan))
    return found


def _rounded_integer(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not both(is_number, left, right) or both(pa.types.is_floating, left, right):
        return None
    one, other = floats(left), floats(right)
    return (one == other) & (np.abs(one) >= _TWO_53), ""


def _negative_zero(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not both(pa.types.is_floating, left, right):
        return None
    return (floats(left) == 0) & (floats(right) == 0), ""


def _single_precision(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not both(pa.types.is_float64, left, right):
        return None
    one, other = floats(left), floats(right)
    with np.errstate(over="ignore", invalid="ignore"):
        return (one.astype(np.float32) == other) | (one == other.astype(np.float32)), ""


def _last_digits(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not both(pa.types.is_floating, left, right):
        return None
    apart = _relative(left, right)
    fits = apart <= (1e-5 if pa.types.is_float32(left.type) else 1e-11)
    return (fits, f"{apart[fits].max():.1g}") if fits.any() else None


def _single_sums(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not both(pa.types.is_float64, left, right):
        return None
    apart = _relative(left, right)
    fits = apart <= _SINGLE_SUMS
    return (fits, f"{apart[fits].max():.1g}") if fits.any() else None


def _relative(left: pa.Array, right: pa.Array) -> NDArray[np.float64]:
    one, other = floats(left), floats(right)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        apart: NDArray[np.float64] = np.abs(one - other) / np.maximum(np.abs(one), np.abs(other))
    return apart


def _deviation(left: pa.Array, right: pa.Array) -> Evidence | None:
    found = _ratio(left, right)
    if found is None:
        return None
    fits, ratio = found
    square = max(ratio, 1 / ratio) ** 2
    rows = square / (square - 1)
    # The ratio tells n only while n is well inside a double's digits; beyond that any ratio near 1 would fit.
    if not (1.5 < rows < 1e7 and abs(rows - round(rows)) < 1e-9 * rows**2 + 1e-6):
        return None
    return fits, f"{ratio:.9g} times the {{left}} side's, which is sqrt(n/(n-1)) or its inverse for n = {round(rows):,}"


def _scaled(left: pa.Array, right: pa.Array) -> Evidence | None:
    found = _ratio(left, right)
    return None if found is None else (found[0], f"{found[1]:.9g}")


def _shifted(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not both(pa.types.is_floating, left, right) or len(left) < 2:
        return None
    one, other = floats(left), floats(right)
    with np.errstate(invalid="ignore", over="ignore"):
        apart = other - one
        shift = float(np.median(apart[np.isfinite(apart)])) if np.isfinite(apart).any() else 0.0
        size = np.maximum(np.maximum(np.abs(one), np.abs(other)), abs(shift))
        fits = np.abs(apart - shift) <= size * (1e-5 if pa.types.is_float32(left.type) else 1e-12)
        known = fits & (np.abs(apart) > 10 * np.abs(apart - shift))
    return (fits, f"{shift:+.9g}") if shift and known.mean() >= _MOST_FIT else None


def _ratio(left: pa.Array, right: pa.Array) -> tuple[Mask, float] | None:
    """The one factor between both sides, where there is one."""
    if not both(pa.types.is_floating, left, right) or len(left) < 2:
        return None
    one, other = floats(left), floats(right)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratios = other / one
    known = ratios[np.isfinite(ratios)]
    ratio = float(np.median(known)) if len(known) else 0.0
    precision = 1e-5 if pa.types.is_float32(left.type) else 1e-9
    if not ratio or abs(ratio - 1) < 10 * precision:
        return None
    with np.errstate(invalid="ignore"):
        fits = np.abs(ratios / ratio - 1) < precision
    return (fits, ratio) if fits.mean() >= _MOST_FIT else None


def _truncated(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not both(is_number, left, right):
        return None
    one, other = floats(left), floats(right)
    return np.isfinite(one) & (np.trunc(one) == other) & (one != other), ""


CAUSES = (
    Cause(
        _null_or_nan,
        "`{column}`: {count} NULL on one side and NaN on the other. NumPy and pandas batches have no NULL among "
        'numbers: use batch_format="pyarrow".',
        rule="SR403",
    ),
    Cause(
        _rounded_integer,
        "`{column}`: {count} beyond 2^53 and the same once rounded to a double. Integers went through floating point, "
        'as in a NumPy batch with a NULL: use batch_format="pyarrow".',
        rule="SR403",
    ),
    Cause(_negative_zero, "`{column}`: {count} 0.0 on one side and -0.0 on the other; a tolerance makes them equal."),
    Cause(_single_precision, "`{column}`: {count} the same once rounded to float32: one side has single precision."),
    Cause(
        _deviation,
        "`{column}`: the {right} side's values are {detail}. One side divides by n, the other by n - 1: population "
        "against sample deviation, as in Ray's StandardScaler against Spark's.",
        certain=False,
        rule="SR604",
    ),
    Cause(
        _last_digits,
        "`{column}`: {count} the same but for the last digits (relative difference at most {detail}), as sums in "
        "another order are; a relative tolerance accepts that.",
        certain=False,
        rule="SR508",
    ),
    Cause(_scaled, "`{column}`: the {right} side's values are {detail} times the {left} side's.", certain=False),
    Cause(_shifted, "`{column}`: the {right} side's values are the {left} side's {detail}.", certain=False),
    Cause(
        _single_sums,
        "`{column}`: {count} the same to about seven digits (relative difference at most {detail}), as what one side "
        "computed in single precision, PyTorch's default, and wrote as doubles is.",
        certain=False,
        rule="SR508",
    ),
    Cause(_truncated, "`{column}`: {count} cut to a whole number on the {right} side.", certain=False, rule="SR358"),
)
