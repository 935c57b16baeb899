"""Differing rows of both sides made into pairs, so that a report can say which cells differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from migrate.oracle.collect import PLACE
from migrate.oracle.floats import Split, split
from migrate.oracle.groups import group, pair
from migrate.oracle.hashing import Lanes, seed, zeros
from migrate.oracle.plan import ColumnPlan, Plan
from migrate.oracle.sketch import column_hash, is_json
from migrate.oracle.tolerance import Close, agree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.intp]


class Side:
    """The rows of one side: their places in the dataset, a hash a cell, and the columns' values on demand."""

    def __init__(self, kept: Iterable[pa.RecordBatch], plan: Plan) -> None:
        self._batches = list(kept)
        self._hashes: dict[str, Lanes] = {}
        self._splits: dict[str, Split] = {}
        self._values: dict[str, pa.Array] = {}
        self.places = np.concatenate([np.zeros(0, np.int64), *(b.column(PLACE).to_numpy() for b in self._batches)])
        for column in plan.compared:
            if column.tolerance is None:
                lanes = [column_hash(batch.column(column.name), column) for batch in self._batches]
                self._hashes[column.name] = _joined(lanes)
            else:
                self._splits[column.name] = _taken_apart(self.values(column.name), column)
                self._hashes[column.name] = self._splits[column.name].frame

    def __len__(self) -> int:
        return len(self.places)

    def hashes(self, column: str) -> Lanes:
        """One hash a cell; for a column under a tolerance, over what the tolerance does not reach."""
        return self._hashes[column]

    def split(self, column: str) -> Split:
        return self._splits[column]

    def values(self, column: str) -> pa.Array:
        if column not in self._values:
            self._values[column] = _concatenated([batch.column(column) for batch in self._batches])
        return self._values[column]

    def rows(self, columns: Sequence[str]) -> Lanes:
        """One hash a row over some columns."""
        total = zeros(len(self))
        for column in columns:
            total.add(self._hashes[column])
        return total

    def take(self, rows: Rows) -> list[pa.RecordBatch]:
        """Some rows as batches, to be kept for later."""
        taken, start = [], 0
        for batch in self._batches:
            inside = rows[(rows >= start) & (rows < start + batch.num_rows)] - start
            if len(inside):
                taken.append(batch.take(pa.array(inside)))
            start += batch.num_rows
        return taken


def _joined(lanes: Sequence[Lanes]) -> Lanes:
    if not lanes:
        return zeros(0)
    return Lanes(np.concatenate([part.one for part in lanes]), np.concatenate([part.two for part in lanes]))


def _taken_apart(array: pa.Array, column: ColumnPlan) -> Split:
    return split(array, column.codec, seed("column", column.name), json_cells=is_json(column))


def _concatenated(arrays: list[pa.Array]) -> pa.Array:
    """One array; where files keep a column in different types, one type that can show them all."""
    kinds = {str(array.type): array.type for array in arrays if not pa.types.is_null(array.type)}
    if not kinds:
        return pa.nulls(sum(len(array) for array in arrays))
    if len(kinds) == 1:
        (kind,) = kinds.values()
        return pa.concat_arrays([array if array.type == kind else pa.nulls(len(array), kind) for array in arrays])
    try:
        joined = pa.concat_tables([pa.table({"": array}) for array in arrays], promote_options="permissive")
        return joined.combine_chunks().column("").chunk(0)
    except pa.ArrowTypeError:
        return pa.concat_arrays([pa.array(map(str, array.to_pylist()), pa.large_string()) for array in arrays])


@dataclass(frozen=True)
class Pairs:
    """Rows of two sides, paired: row ``left[i]`` with row ``right[i]``. The rest has no partner.

    ``unsettled`` counts rows that have none only because trying all combinations would have taken too long.
    """

    left: Rows
    right: Rows
    left_rest: Rows
    right_rest: Rows
    unsettled: int = 0


class _Pairer:
    """Makes pairs step by step, each step among the rows that those before left over."""

    def __init__(self, left: Side, right: Side) -> None:
        self.left, self.right = left, right
        self.rest = np.arange(len(left)), np.arange(len(right))
        self._found: tuple[list[Rows], list[Rows]] = [], []
        self._unsettled = 0

    def keep(self, left: Rows, right: Rows, unsettled: int = 0) -> None:
        """Make pairs of rows, given by their number among the rest."""
        for side, rows in enumerate((left, right)):
            self._found[side].append(self.rest[side][rows])
        self.rest = np.delete(self.rest[0], left), np.delete(self.rest[1], right)
        self._unsettled += unsettled

    def hashes(self, columns: Sequence[str]) -> tuple[Lanes, Lanes]:
        return self.left.rows(columns).take(self.rest[0]), self.right.rows(columns).take(self.rest[1])

    def done(self) -> Pairs:
        none = np.zeros(0, np.intp)
        left, right = (np.concatenate([none, *found]) for found in self._found)
        return Pairs(left, right, *self.rest, self._unsettled)


def by_place(left: Side, right: Side) -> Pairs:
    """Pair rows that stand at the same place."""
    _, ours, theirs = np.intersect1d(left.places, right.places, assume_unique=True, return_indices=True)
    pairer = _Pairer(left, right)
    pairer.keep(ours, theirs)
    return pairer.done()


def by_key(left: Side, right: Side, plan: Plan) -> Pairs:
    """Pair rows of the same key: those that agree first, the rest in order of their values."""
    pairer = _Pairer(left, right)
    _agreeing(pairer, plan)
    _in_order(pairer, plan, plan.keys)
    return pairer.done()


def by_likeness(left: Side, right: Side, plan: Plan, anchors: Sequence[str]) -> Pairs:
    """Pair rows without keys: those that agree within tolerances, then those that differ in one column other than the
    anchors, then those that agree in the anchors."""
    pairer = _Pairer(left, right)
    names = [column.name for column in plan.compared]
    if plan.tolerant:
        _agreeing(pairer, plan)
        _in_order(pairer, plan, names)
    _all_but_one(pairer, plan, [name for name in names if name not in anchors])
    if anchors:
        _alike(pairer, plan, anchors)
    return pairer.done()


def leftovers(left: Side, right: Side, plan: Plan) -> Pairs:
    """Pair what no group could: rows that differ in one column, whichever it is."""
    pairer = _Pairer(left, right)
    _all_but_one(pairer, plan, [column.name for column in plan.compared])
    return pairer.done()


def _agreeing(pairer: _Pairer, plan: Plan) -> None:
    one, other = pairer.hashes([column.name for column in plan.compared])
    close = [
        Close(pairer.left.split(column.name), pairer.right.split(column.name), column.tolerance)
        for column in plan.compared
        if column.tolerance is not None
    ]
    if close:
        pairer.keep(*agree(one, other, close))
    else:
        pairer.keep(*pair(one, other))


def _all_but_one(pairer: _Pairer, plan: Plan, candidates: Sequence[str]) -> None:
    if len(plan.compared) < 2:
        return
    for name in sorted(candidates, key=_suspicion(plan), reverse=True):
        if not all(len(rest) for rest in pairer.rest):
            return
        one, other = pairer.hashes([column.name for column in plan.compared if column.name != name])
        pairer.keep(*pair(one, other))


def _suspicion(plan: Plan) -> Callable[[str], tuple[bool, int]]:
    """How likely a column is to be the one that differs: values before names, which mostly come first."""
    places = {column.name: place for place, column in enumerate(plan.compared)}
    values = {column.name for column in plan.compared if any(kind.has_floats for kind in column.left)}
    return lambda name: (name in values, places[name])


def _in_order(pairer: _Pairer, plan: Plan, columns: Sequence[str]) -> None:
    if all(len(rest) for rest in pairer.rest):
        one, other = pairer.hashes(columns)
        pairer.keep(*pair(one, other, _ranks(pairer, plan, columns)))


def _alike(pairer: _Pairer, plan: Plan, anchors: Sequence[str]) -> None:
    """Pair rows that agree in the anchors, where these name one row a side or most other cells agree as well."""
    if not all(len(rest) for rest in pairer.rest):
        return
    one, other = pairer.hashes(anchors)
    groups = group(one, other, _ranks(pairer, plan, anchors))
    shared = np.minimum(groups.lefts, groups.rights)
    left, right = groups.rows(groups.rank < shared[groups.group], len(one.one))
    single = np.repeat((groups.lefts == 1) & (groups.rights == 1), shared)
    same = np.zeros(len(left), np.int64)
    for column in plan.compared:
        ours = pairer.left.hashes(column.name).take(pairer.rest[0][left])
        same += ours.equals(pairer.right.hashes(column.name).take(pairer.rest[1][right]))
    trusted = single | (2 * same >= len(plan.compared))
    pairer.keep(left[trusted], right[trusted])


def _ranks(pairer: _Pairer, plan: Plan, beside: Sequence[str]) -> Rows:
    """The rank of every remaining row by its values in the other columns, so that near values meet."""
    keys = []
    for column in plan.compared:
        if column.name in beside and column.tolerance is None:
            continue
        for_column = []
        for side, rest in zip((pairer.left, pairer.right), pairer.rest, strict=True):
            for_column.append(_sortable(side.values(column.name).take(pa.array(rest))))
        keys.append(np.concatenate(for_column))
    return np.lexsort(keys[::-1]).argsort() if keys else np.arange(sum(map(len, pairer.rest)))


def _sortable(array: pa.Array) -> NDArray[np.float64]:
    kind = array.type
    ranks: NDArray[np.float64] = np.zeros(len(array))
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        ranks = np.nan_to_num(array.cast(pa.float64(), safe=False).fill_null(0).to_numpy(zero_copy_only=False))
    elif pa.types.is_temporal(kind) and kind.bit_width == 64:
        ranks = array.view(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False).astype(np.float64)
    return ranks
