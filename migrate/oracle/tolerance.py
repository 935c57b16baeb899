"""Rows paired under a tolerance: who can be whose partner when values need only be close."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from migrate.oracle.floats import Split
from migrate.oracle.groups import group
from migrate.oracle.hashing import Lanes
from migrate.oracle.model import Tolerance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.intp]

_CHUNK_VALUES = 1 << 22
_LIST_DIMENSIONS = 4
"""So many floats of each list help to tell rows apart; all of them decide whether two rows agree."""
_MOST_EDGES = 1 << 22
_SLACK = 1 + 1e-9
"""Rounding must not part two rows that the test itself would join."""


class Close(NamedTuple):
    """One column under a tolerance, its cells of both sides taken apart."""

    left: Split
    right: Split
    tolerance: Tolerance


class Agreed(NamedTuple):
    """Pairs of rows that agree in every column, and how many rows stayed without a partner only because trying all
    combinations would have taken too long."""

    left: Rows
    right: Rows
    unsettled: int


def within(close: Close, left: Rows, right: Rows) -> tuple[NDArray[np.bool_], float | None]:
    """For pairs of rows: do they agree in this column, and what is the largest difference of two floats among them?"""
    agree = close.left.frame.take(left).equals(close.right.frame.take(right))
    counts = np.where(agree, close.left.counts[left], 0)
    largest: float | None = None
    for part in _chunks(counts):
        sizes = counts[part]
        ours = _values(close.left, left[part], sizes)
        theirs = _values(close.right, right[part], sizes)
        with np.errstate(over="ignore"):
            apart = np.abs(ours - theirs)
            allowed = close.tolerance.abs + close.tolerance.rel * np.abs(theirs)
        if len(apart):
            largest = max(largest or 0.0, float(apart.max()))
            agree[part] &= np.bincount(np.repeat(np.arange(len(sizes)), sizes), apart > allowed, len(sizes)) == 0
    return agree, largest


def _chunks(counts: NDArray[np.int64]) -> Iterator[slice]:
    """Stretches of rows with not too many values in all."""
    ends = np.cumsum(counts)
    start = 0
    while start < len(counts):
        before = int(ends[start] - counts[start])
        stop = max(start + 1, int(np.searchsorted(ends, before + _CHUNK_VALUES, side="right")))
        yield slice(start, stop)
        start = stop


def _values(split: Split, rows: Rows, counts: NDArray[np.int64]) -> NDArray[np.float64]:
    starts = (np.cumsum(split.counts) - split.counts)[rows]
    ends = np.cumsum(counts)
    offsets = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - counts, counts)
    return split.values[np.repeat(starts, counts) + offsets]


def agree(left: Lanes, right: Lanes, columns: Sequence[Close]) -> Agreed:
    """Pair rows that have the same hash and agree in all columns, as many as can be.

    Rows are first cut into clusters between which no pair can agree; a cluster of one row a side is settled by one
    look, one column by going along both sorted sides, and only what is left by trying combinations.
    """
    groups = group(left, right)
    cluster = np.empty(len(groups.order), np.intp)
    cluster[groups.order] = groups.group
    side = np.arange(len(cluster)) >= len(left.one)
    dimensions = [dimension for close in columns for dimension in _dimensions(close)]
    cluster = _split(cluster, dimensions)
    return _settle(cluster, side, dimensions, columns)


class _Dimension(NamedTuple):
    """One float a row over the rows of both sides, 0 where a row has none. In a group all rows have it or none has."""

    values: NDArray[np.float64]
    tolerance: Tolerance


def _dimensions(close: Close) -> Iterator[_Dimension]:
    longest = int(max(close.left.counts.max(initial=0), close.right.counts.max(initial=0)))
    for index in range(min(longest, _LIST_DIMENSIONS)):
        sides = []
        for split in (close.left, close.right):
            values = np.zeros(len(split.counts))
            has = split.counts > index
            values[has] = split.values[(np.cumsum(split.counts) - split.counts)[has] + index]
            sides.append(values)
        yield _Dimension(np.concatenate(sides), close.tolerance)


def _split(cluster: Rows, dimensions: Sequence[_Dimension]) -> Rows:
    """Cut clusters where, along one dimension, a gap is wider than the tolerance, until no cut is left."""
    count = -1
    while (now := int(cluster.max(initial=-1)) + 1) != count:
        count = now
        for values, tolerance in dimensions:
            # Beyond a relative tolerance of 1 a wide gap no longer keeps the rows on both its sides apart.
            if tolerance.rel > 1:
                continue
            order = np.lexsort((values, cluster))
            one, other = values[order][:-1], values[order][1:]
            with np.errstate(over="ignore"):
                gap = other - one > (tolerance.abs + tolerance.rel * np.maximum(np.abs(one), np.abs(other))) * _SLACK
            cuts = np.concatenate([[0], np.cumsum(gap | (np.diff(cluster[order]) != 0))])
            cluster = np.empty_like(cluster)
            cluster[order] = cuts[: len(order)]
    return cluster


def _settle(
    cluster: Rows, side: NDArray[np.bool_], dimensions: Sequence[_Dimension], columns: Sequence[Close]
) -> Agreed:
    lefts = int((~side).sum())
    order = np.lexsort((*(d.values for d in reversed(dimensions)), side, cluster))
    sizes = np.bincount(cluster, minlength=int(cluster.max(initial=-1)) + 1)
    rights = np.bincount(cluster[side], minlength=len(sizes))
    begins = np.cumsum(sizes) - sizes
    even = (2 * rights == sizes)[cluster[order]]
    # In order of their values, the first with the first: right for nearly every cluster, and cheap to check.
    guess_left = order[even & ~side[order]]
    guess_right = order[even & side[order]] - lefts
    good = _all_within(columns, guess_left, guess_right)
    failed = np.bincount(cluster[guess_left], ~good, len(sizes)) > 0
    kept = ~failed[cluster[guess_left]]
    found_left, found_right, unsettled = [guess_left[kept]], [guess_right[kept]], 0
    hard = np.flatnonzero((failed | (2 * rights != sizes)) & (rights > 0) & (rights < sizes) & (sizes > 2))
    for number in hard.tolist():
        members = order[begins[number] : begins[number] + sizes[number]]
        ours, theirs = members[~side[members]], members[side[members]] - lefts
        one, other, more = _hard(ours, theirs, dimensions, columns)
        found_left.append(one)
        found_right.append(other)
        unsettled += more
    return Agreed(np.concatenate(found_left), np.concatenate(found_right), unsettled)


def _all_within(columns: Sequence[Close], left: Rows, right: Rows) -> NDArray[np.bool_]:
    good = np.ones(len(left), np.bool_)
    for close in columns:
        good &= within(close, left, right)[0]
    return good


def _hard(
    left: Rows, right: Rows, dimensions: Sequence[_Dimension], columns: Sequence[Close]
) -> tuple[Rows, Rows, int]:
    """The most pairs that can be made in one cluster."""
    if len(dimensions) == 1 and dimensions[0].tolerance.rel <= 1:
        return *_along(left, right, len(columns[0].left.counts), dimensions[0]), 0
    if len(left) * len(right) <= _MOST_EDGES:
        return *_matching(left, right, columns), 0
    shared = min(len(left), len(right))
    good = _all_within(columns, left[:shared], right[:shared])
    return left[:shared][good], right[:shared][good], shared - int(good.sum())


def _along(left: Rows, right: Rows, lefts: int, dimension: _Dimension) -> tuple[Rows, Rows]:
    """One float a row, both sides sorted: who can take the lowest partner takes it, which leaves the most to others."""
    ours = dimension.values[left].tolist()
    theirs = dimension.values[right + lefts].tolist()
    tolerance, i, j = dimension.tolerance, 0, 0
    pairs: list[tuple[int, int]] = []
    while i < len(ours) and j < len(theirs):
        if abs(ours[i] - theirs[j]) <= tolerance.abs + tolerance.rel * abs(theirs[j]):
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif ours[i] < theirs[j]:
            i += 1
        else:
            j += 1
    picked = np.array(pairs, np.intp).reshape(-1, 2)
    return left[picked[:, 0]], right[picked[:, 1]]


def _matching(left: Rows, right: Rows, columns: Sequence[Close]) -> tuple[Rows, Rows]:
    """A largest matching of the rows that agree, by augmenting paths."""
    good = _all_within(columns, np.repeat(left, len(right)), np.tile(right, len(left)))
    edges = [np.flatnonzero(row).tolist() for row in good.reshape(len(left), len(right))]
    of_left: dict[int, int] = {}
    of_right: dict[int, int] = {}
    for start in range(len(left)):
        _augment(start, edges, of_left, of_right)
    matched = np.array(list(of_left.items()), np.intp).reshape(-1, 2)
    return left[matched[:, 0]], right[matched[:, 1]]


def _augment(start: int, edges: Sequence[Sequence[int]], of_left: dict[int, int], of_right: dict[int, int]) -> None:
    """Find a partner for one left row, moving others along where they have a choice (breadth first)."""
    came_from: dict[int, int] = {}
    frontier = [start]
    while frontier:
        following = []
        for i in frontier:
            for j in edges[i]:
                if j in came_from:
                    continue
                came_from[j] = i
                if j not in of_right:
                    _move_along(j, came_from, of_left, of_right)
                    return
                following.append(of_right[j])
        frontier = following


def _move_along(free: int, came_from: dict[int, int], of_left: dict[int, int], of_right: dict[int, int]) -> None:
    j: int | None = free
    while j is not None:
        i = came_from[j]
        given_up = of_left.get(i)
        of_left[i], of_right[j] = j, i
        j = given_up
