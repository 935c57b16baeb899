"""Rows of both sides brought together by hash: sorting, counting and pairing, all in whole arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from migrate.oracle.hashing import Lanes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.intp]
    Mask = NDArray[np.bool_]


class Groups(NamedTuple):
    """The rows of both sides sorted by group, the left ones first in each.

    ``order`` lists the rows, those of the right side counted on from the left's last. The other arrays go by place in
    that order: ``group`` is the group's number, ``right`` whether the row is the right side's, ``rank`` the row's place
    among its side's rows in the group. ``lefts`` and ``rights`` count each group's rows.
    """

    order: Rows
    group: Rows
    right: Mask
    rank: Rows
    lefts: Rows
    rights: Rows

    def rows(self, places: Mask, left_rows: int) -> tuple[Rows, Rows]:
        """The left and the right rows at some places of the order."""
        left, right = places & ~self.right, places & self.right
        return self.order[left], self.order[right] - left_rows


def group(left: Lanes, right: Lanes, first: NDArray[np.intp] | None = None) -> Groups:
    """Group rows whose hashes agree. `first` ranks the rows of both sides within a group; by default, as they come."""
    one = np.concatenate([left.one, right.one])
    two = np.concatenate([left.two, right.two])
    count = len(left.one)
    side = np.arange(len(one)) >= count
    order = np.lexsort((side, two, one) if first is None else (first, side, two, one))
    one, two, side = one[order], two[order], side[order]
    starts = np.ones(len(one), np.bool_)
    starts[1:] = (one[1:] != one[:-1]) | (two[1:] != two[:-1])
    numbers = np.cumsum(starts) - 1
    total = int(numbers[-1]) + 1 if len(numbers) else 0
    sizes = np.bincount(numbers, minlength=total)
    rights = np.bincount(numbers[side], minlength=total)
    lefts = sizes - rights
    begins = np.cumsum(sizes) - sizes
    rank = np.arange(len(one)) - begins[numbers] - np.where(side, lefts[numbers], 0)
    return Groups(order, numbers, side, rank, lefts, rights)


def surplus(left: Lanes, right: Lanes) -> tuple[Rows, Rows]:
    """The rows of each side beyond those that the other side has as well: a difference of multisets."""
    groups = group(left, right)
    shared = np.minimum(groups.lefts, groups.rights)
    return groups.rows(groups.rank >= shared[groups.group], len(left.one))


def pair(left: Lanes, right: Lanes, first: NDArray[np.intp] | None = None) -> tuple[Rows, Rows]:
    """Pair rows whose hashes agree, each once: in a group, the first left row with the first right one, and so on."""
    groups = group(left, right, first)
    shared = np.minimum(groups.lefts, groups.rights)
    return groups.rows(groups.rank < shared[groups.group], len(left.one))


def unlike(left: Lanes, right: Lanes, left_rows: Lanes, right_rows: Lanes) -> tuple[Rows, Rows, int]:
    """All rows of the groups that do not hold the same rows on both sides, each as often.

    `left` and `right` are the groups' hashes, `left_rows` and `right_rows` sealed hashes of whole rows. Also returns
    how many groups have more than one row on a side.
    """
    groups = group(left, right)
    differs = groups.lefts != groups.rights
    sizes = groups.lefts + groups.rights
    for ours, theirs in ((left_rows.one, right_rows.one), (left_rows.two, right_rows.two)):
        # Rows of the right side count negatively, modulo 2^64, so that equal groups sum to nothing.
        signed = np.concatenate([ours, np.uint64(0) - theirs])[groups.order]
        if len(signed):
            differs |= np.add.reduceat(signed, np.cumsum(sizes) - sizes) != 0
    repeated = int(((groups.lefts > 1) | (groups.rights > 1)).sum())
    rows = groups.rows(differs[groups.group], len(left.one))
    return *rows, repeated
