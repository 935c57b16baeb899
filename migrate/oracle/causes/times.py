"""Causes that show in timestamps: lost fractions, time zones, years that nanoseconds cannot hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from migrate.oracle.arrays import instants, valid
from migrate.oracle.causes.cause import Cause, Evidence, both

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HOUR = 3600
_MOST_ZONE_HOURS = 26
_MOST_SHIFTS = 2
"""A zone with summer time has two offsets."""
_UNITS = ((1_000_000_000, "fractional second"), (1_000_000, "digits beyond the millisecond"), (1_000, "nanoseconds"))


def _times(array: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    seconds, nanos = instants(array)
    return seconds, nanos


def _fraction_lost(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not both(pa.types.is_timestamp, left, right):
        return None
    (seconds, nanos), (other_seconds, other_nanos) = _times(left), _times(right)
    same = valid(left) & valid(right) & (seconds == other_seconds)
    best: Evidence | None = None
    for size, unit in _UNITS:
        for one, other, side in ((nanos, other_nanos, "{right}"), (other_nanos, nanos, "{left}")):
            lost = same & (other == one // size * size) & (one != other)
            if lost.any() and (best is None or lost.sum() > best[0].sum()):
                best = lost, f"{unit} on the {side} side"
    return best


def _hours_apart(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not both(pa.types.is_timestamp, left, right):
        return None
    (seconds, nanos), (other_seconds, other_nanos) = _times(left), _times(right)
    apart = other_seconds - seconds
    # Zones differ by quarters of an hour at the finest.
    fits = valid(left) & valid(right) & (nanos == other_nanos) & (apart % (_HOUR // 4) == 0)
    fits &= (apart != 0) & (np.abs(apart) <= _MOST_ZONE_HOURS * _HOUR)
    shifts = sorted(set((apart[fits] / _HOUR).tolist()))
    if not 0 < len(shifts) <= _MOST_SHIFTS:
        return None
    return fits, " and ".join(f"{shift:+g}" for shift in shifts)


def _wrapped_nanoseconds(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not both(pa.types.is_timestamp, left, right):
        return None
    (seconds, nanos), (other_seconds, other_nanos) = _times(left), _times(right)
    with np.errstate(over="ignore"):
        # Modulo 2^64 on purpose: there a wrapped timestamp is the right one but for its last digits.
        apart = (seconds - other_seconds) * 1_000_000_000 + (nanos - other_nanos)
    return valid(left) & valid(right) & (np.abs(apart) < 1_000) & (seconds != other_seconds), ""


CAUSES = (
    Cause(_fraction_lost, "`{column}`: {count} without the {detail}."),
    Cause(
        _hours_apart,
        "`{column}`: {count} {detail} hours away on the {right} side: a session's time zone was dropped or applied "
        "twice.",
        certain=False,
        rule="SR104",
    ),
    Cause(
        _wrapped_nanoseconds,
        "`{column}`: {count} a multiple of 2^64 nanoseconds away: a year outside 1678 to 2261 wrapped around when "
        "INT96 was read as nanoseconds; read it as microseconds.",
        rule="SR201",
    ),
)
