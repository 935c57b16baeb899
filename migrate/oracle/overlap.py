"""Which columns name a row: those whose values, among differing rows, are nearly all found on both sides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from migrate.oracle.hashing import Lanes

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DISTINCT = 50_000
_ENOUGH = 0.9
_ALL = (1 << 64) - 1


class Overlap:
    """Counts how much of each column's values both sides share, over a sample of values that is the same on both.

    A value is sampled when its hash is at or below the column's limit, the same limit on both sides, so that a value is
    counted with all its rows or not at all.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = columns
        self._limits = dict.fromkeys(columns, _ALL)
        self._counts = {(side, name): _Counts() for side in (0, 1) for name in columns}

    def add(self, side: int, column: str, cells: Lanes) -> None:
        counts = self._counts[side, column]
        counts.add(cells.one[cells.one <= np.uint64(self._limits[column])])
        self._hold(column, counts)

    def _hold(self, column: str, counts: _Counts) -> None:
        """Lower the column's limit until what is counted is few enough."""
        counts.cut(self._limits[column])
        while len(counts.values) > _DISTINCT:
            self._limits[column] >>= 1
            counts.cut(self._limits[column])

    def merge(self, other: Overlap) -> None:
        """Take in what was counted elsewhere over the same columns."""
        for (side, name), theirs in other._counts.items():
            self._limits[name] = min(self._limits[name], other._limits[name])
            counts = self._counts[side, name]
            counts.merge(theirs.values, theirs.counts)
            self._hold(name, counts)

    def anchors(self) -> tuple[str, ...]:
        """The columns of which at least nine in ten values are found on both sides."""
        return tuple(name for name in self._columns if self._share(name) >= _ENOUGH)

    def _share(self, column: str) -> float:
        one, other = self._counts[0, column], self._counts[1, column]
        for counts in (one, other):
            counts.cut(self._limits[column])
        smaller = min(int(one.counts.sum()), int(other.counts.sum()))
        _, ours, theirs = np.intersect1d(one.values, other.values, assume_unique=True, return_indices=True)
        shared = int(np.minimum(one.counts[ours], other.counts[theirs]).sum())
        return shared / smaller if smaller else 0.0


class _Counts:
    """How often each value occurs, by hash."""

    def __init__(self) -> None:
        self.values: NDArray[np.uint64] = np.zeros(0, np.uint64)
        self.counts: NDArray[np.int64] = np.zeros(0, np.int64)

    def add(self, values: NDArray[np.uint64]) -> None:
        self.merge(*np.unique(values, return_counts=True))

    def merge(self, new: NDArray[np.uint64], often: NDArray[np.int64]) -> None:
        self.values, place = np.unique(np.concatenate([self.values, new]), return_inverse=True)
        weights = np.concatenate([self.counts, often])
        self.counts = np.zeros(len(self.values), np.int64)
        np.add.at(self.counts, place, weights)

    def cut(self, limit: int) -> None:
        kept = self.values <= np.uint64(limit)
        self.values, self.counts = self.values[kept], self.counts[kept]
