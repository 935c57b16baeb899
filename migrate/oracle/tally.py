"""What pairs of rows tell: differing cells a column, largest differences, rows to show, causes that fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from migrate.oracle import show
from migrate.oracle.causes import CAUSES, Cause
from migrate.oracle.causes.rows import Lacking
from migrate.oracle.distance import Distance, further, largest
from migrate.oracle.model import Cell, Options, Sample
from migrate.oracle.model import Side as Where
from migrate.oracle.pairing import Pairs, Side
from migrate.oracle.plan import ColumnPlan, Plan
from migrate.oracle.sketch import is_json
from migrate.oracle.tolerance import Close, within

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.intp]
    Mask = NDArray[np.bool_]

_CHUNK_PAIRS = 1 << 16
_MOST_KEY_CELLS = 4
_EXPLAINS = 0.9
"""A cause that is not certain is told when it fits at least this share of a column's differing cells."""


@dataclass
class ColumnTally:
    """One column over all pairs seen so far; `fits` counts the differing cells each cause explains, and its details."""

    mismatched: int = 0
    max_abs: Distance = None
    fits: Counter[int] = field(default_factory=Counter)
    details: dict[int, Counter[str]] = field(default_factory=dict)

    def merge(self, other: ColumnTally) -> None:
        """Take in what other pairs told."""
        self.mismatched += other.mismatched
        self.max_abs = further(self.max_abs, other.max_abs)
        self.fits += other.fits
        for number, details in other.details.items():
            self.details.setdefault(number, Counter()).update(details)

    def causes(self) -> Iterator[tuple[Cause, int, str]]:
        """The causes that fit, each with how many cells it explains and its most frequent detail."""
        for number, cause in enumerate(CAUSES):
            count = self.fits[number]
            if count and (cause.certain or count >= _EXPLAINS * self.mismatched):
                yield cause, count, self.details[number].most_common(1)[0][0]


class Tally:
    """Adds up pairs, group after group of rows."""

    def __init__(self, plan: Plan, options: Options, naming: Sequence[str]) -> None:
        self._plan, self._options = plan, options
        self._naming = naming
        self.columns = {column.name: ColumnTally() for column in plan.compared}
        self.changed = self.only_left = self.only_right = self.unsettled = 0
        self.lack = {where: Lacking() for where in (Where.ONLY_LEFT, Where.ONLY_RIGHT)}
        self._samples: dict[Where, list[Sample]] = {where: [] for where in Where}
        self._first_of: dict[str, Sample] = {}

    def add(self, left: Side, right: Side, pairs: Pairs) -> None:
        """Count a group's pairs and the rows in it that have no partner."""
        self.unsettled += pairs.unsettled
        order = np.argsort(left.places[pairs.left], kind="stable")
        for start in range(0, len(order), _CHUNK_PAIRS):
            chunk = order[start : start + _CHUNK_PAIRS]
            self._pairs(left, right, pairs.left[chunk], pairs.right[chunk])

    def merge(self, other: Tally) -> None:
        """Take in what was counted over other rows."""
        for name, column in other.columns.items():
            self.columns[name].merge(column)
        self.changed += other.changed
        self.only_left += other.only_left
        self.only_right += other.only_right
        self.unsettled += other.unsettled
        for where, lacking in other.lack.items():
            self.lack[where].merge(lacking)
        self._first_of = {**other._first_of, **self._first_of}
        for where, samples in other._samples.items():
            self._keep(where, samples)

    def lacking(self, where: Where, side: Side, rows: Rows) -> None:
        """Count rows that stay without a partner."""
        if where is Where.ONLY_LEFT:
            self.only_left += len(rows)
        else:
            self.only_right += len(rows)
        columns = {column.name: side.values(column.name).take(pa.array(rows)) for column in self._plan.compared}
        self.lack[where].see(side.places[rows], columns)
        first = rows[np.argsort(side.places[rows], kind="stable")][: self._options.samples]
        self._keep(where, [self._lone(where, side, row) for row in first.tolist()])

    def _pairs(self, left: Side, right: Side, ours: Rows, theirs: Rows) -> None:
        differs: dict[str, Mask] = {}
        for column in self._plan.compared:
            differs[column.name] = mask = self._column(column, left, right, ours, theirs)
            if mask.any():
                self._explain(column, left, right, ours[mask], theirs[mask])
        changed = np.logical_or.reduce([np.zeros(len(ours), np.bool_), *differs.values()])
        self.changed += int(changed.sum())
        shown = set(np.flatnonzero(changed)[: self._options.samples].tolist())
        firsts = {
            name: int(mask.argmax()) for name, mask in differs.items() if mask.any() and name not in self._first_of
        }
        samples = {}
        for place in sorted(shown | set(firsts.values())):
            cells = [name for name, mask in differs.items() if mask[place]]
            samples[place] = self._paired(left, right, int(ours[place]), int(theirs[place]), cells)
        self._first_of.update({name: samples[place] for name, place in firsts.items()})
        self._keep(Where.CHANGED, [samples[place] for place in sorted(shown)])

    def _column(self, column: ColumnPlan, left: Side, right: Side, ours: Rows, theirs: Rows) -> Mask:
        tally = self.columns[column.name]
        if column.tolerance is None:
            differs: Mask = ~left.hashes(column.name).take(ours).equals(right.hashes(column.name).take(theirs))
        else:
            close = Close(left.split(column.name), right.split(column.name), column.tolerance)
            agree, distance = within(close, ours, theirs)
            tally.max_abs = further(tally.max_abs, distance)
            differs = ~agree
        tally.mismatched += int(differs.sum())
        return differs

    def _explain(self, column: ColumnPlan, left: Side, right: Side, ours: Rows, theirs: Rows) -> None:
        tally = self.columns[column.name]
        one = left.values(column.name).take(pa.array(ours))
        other = right.values(column.name).take(pa.array(theirs))
        if pa.types.is_null(one.type) or pa.types.is_null(other.type):
            return
        if column.tolerance is None and not is_json(column):
            tally.max_abs = further(tally.max_abs, largest(one, other))
        unexplained = np.ones(len(one), np.bool_)
        for number, cause in enumerate(CAUSES):
            if (evidence := cause.test(one, other)) is None:
                continue
            explained = evidence[0] & unexplained
            # A cause that only might be does not take cells from those after it.
            if explained.any() and (cause.certain or explained.mean() >= _EXPLAINS):
                unexplained &= ~explained
                tally.fits[number] += int(explained.sum())
                tally.details.setdefault(number, Counter())[evidence[1]] += int(explained.sum())

    def _paired(self, left: Side, right: Side, ours: int, theirs: int, names: Sequence[str]) -> Sample:
        cells = []
        for column in self._plan.compared:
            if column.name in names:
                one = show.cell(left.values(column.name), ours, json_cells=is_json(column))
                other = show.cell(right.values(column.name), theirs, json_cells=is_json(column))
                cells.append(Cell(column.name, one, other))
        key = self._key(left, ours, [name for name in self._naming if name not in names])
        return Sample(Where.CHANGED, int(left.places[ours]), int(right.places[theirs]), key, cells)

    def _lone(self, where: Where, side: Side, row: int) -> Sample:
        here = where is Where.ONLY_LEFT
        place = int(side.places[row])
        cells = []
        for column in self._plan.compared:
            value = show.cell(side.values(column.name), row, json_cells=is_json(column))
            cells.append(Cell(column.name, value if here else None, None if here else value))
        key = self._key(side, row, self._plan.keys)
        return Sample(where, place if here else None, None if here else place, key, cells)

    def _key(self, side: Side, row: int, names: Sequence[str]) -> Mapping[str, Any]:
        columns = {column.name: column for column in self._plan.compared}
        chosen = names if self._plan.keys else names[:_MOST_KEY_CELLS]
        return {name: show.cell(side.values(name), row, json_cells=is_json(columns[name])) for name in chosen}

    def _keep(self, where: Where, samples: Sequence[Sample]) -> None:
        kept = [*self._samples[where], *samples]
        kept.sort(key=_place)
        self._samples[where] = kept[: self._options.samples]

    def samples(self) -> list[Sample]:
        """The rows to show: one for every differing column first, then the first of every kind, in turn."""
        chosen: list[Sample] = []
        changed = [*sorted(self._first_of.values(), key=_place), *self._samples[Where.CHANGED]]
        queues = [_distinct(changed), self._samples[Where.ONLY_LEFT], self._samples[Where.ONLY_RIGHT]]
        position = 0
        while len(chosen) < self._options.samples and any(position < len(queue) for queue in queues):
            chosen += [queue[position] for queue in queues if position < len(queue)]
            position += 1
        kinds = list(Where)
        return sorted(chosen[: self._options.samples], key=lambda sample: (kinds.index(sample.side), *_place(sample)))


def _place(sample: Sample) -> tuple[int, int]:
    return (-1 if sample.left_row is None else sample.left_row, -1 if sample.right_row is None else sample.right_row)


def _distinct(samples: Sequence[Sample]) -> list[Sample]:
    return list({_place(sample): sample for sample in samples}.values())
