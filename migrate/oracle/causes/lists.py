"""Causes that show in lists and bytes: colour channels, elements in another order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from migrate.oracle.arrays import lists, runs_of_bytes, words
from migrate.oracle.causes.cause import Cause, Evidence, both, is_number
from migrate.oracle.cells import hash_cells
from migrate.oracle.codec import codec
from migrate.oracle.hashing import seed, sum_runs
from migrate.oracle.logical import logical

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Runs = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any]]

_CHANNELS = 3


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))


def _channels(left: pa.Array, right: pa.Array) -> Evidence | None:
    one, other = _runs(left), _runs(right)
    if one is None or other is None:
        return None
    (starts, sizes, values), (other_starts, other_sizes, other_values) = one, other
    spans = zip(starts.tolist(), sizes.tolist(), other_starts.tolist(), other_sizes.tolist(), strict=True)
    found = [n == m and _swapped(values[a : a + n], other_values[b : b + m]) for a, n, b, m in spans]
    return np.array(found, np.bool_), ""


def _swapped(one: NDArray[Any], other: NDArray[Any]) -> bool:
    if len(one) % _CHANNELS:
        return False
    return bool(np.array_equal(one.reshape(-1, _CHANNELS)[:, ::-1], other.reshape(-1, _CHANNELS)))


def _runs(array: pa.Array) -> Runs | None:
    if _is_bytes(array.type):
        return runs_of_bytes(array)
    if not _is_list(array.type) or not is_number(array.type.value_type):
        return None
    counts, elements = lists(array)
    if elements.null_count or pa.types.is_decimal(elements.type):
        return None
    return np.cumsum(counts) - counts, counts, words(elements)


def _reordered(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not both(_is_list, left, right) or left.type != right.type:
        return None
    sums = []
    for array in (left, right):
        counts, elements = lists(array)
        hashed = hash_cells(elements, codec([logical(elements.type)]), seed("reordered"))
        sums.append(sum_runs(hashed, counts))
    return sums[0].equals(sums[1]), ""


CAUSES = (
    Cause(
        _channels,
        "`{column}`: {count} with every three numbers in reverse: BGR on one side, RGB on the other.",
        rule="SR206",
    ),
    Cause(
        _reordered,
        "`{column}`: {count} with the same elements in another order, as lists gathered from unordered rows are.",
        certain=False,
        rule="SR510",
    ),
)
