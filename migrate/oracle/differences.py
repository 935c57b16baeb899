"""What differs between two datasets whose sketches do: the rows are found, paired and counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from migrate.oracle.collect import collect, groups
from migrate.oracle.executors import Executor, Kept
from migrate.oracle.model import Column, Comparison, Options, Status, Verdict
from migrate.oracle.model import Side as Where
from migrate.oracle.narrow import narrow
from migrate.oracle.notes import column_notes, key_notes, row_notes
from migrate.oracle.ordering import null_placement
from migrate.oracle.pair_groups import Pairing
from migrate.oracle.plan import ColumnPlan, Plan
from migrate.oracle.sketch import Part, Sketch
from migrate.oracle.tally import Tally

_ALONE = (Where.ONLY_LEFT, Where.ONLY_RIGHT)
_POOL_ROWS = 200_000
"""Rows without a partner in their group are tried against all others while there are no more than this."""


@dataclass(frozen=True)
class Differences:
    """The closer look at two datasets."""

    plan: Plan
    options: Options
    executor: Executor

    def between(self, parts: Sequence[Part], seen: tuple[Sketch, Sketch], notes: list[str]) -> Comparison:
        """The answer for the parts of both sides and the sketches of them, which differ."""
        ordered, memory = self.options.ordered, self.options.memory
        narrowed = narrow(parts, seen, self.plan, self.executor, ordered=ordered, memory=memory)
        rows, overlap = collect(parts, self.plan, narrowed, self.executor)
        anchors = () if ordered or self.plan.keys else overlap.anchors()
        tally = self._paired(rows, anchors)
        one, other = seen
        notes = [*notes, *key_notes(narrowed.repeated), *row_notes((one.rows, other.rows), tally, self.options)]
        if ordered and one.same_multiset(other):
            notes.append("Both sides hold the same rows, in another order.")
            notes += null_placement(rows, self.plan, self.options.names, self.executor)
        for kept in rows:
            kept.close()
        columns = [self._column(column, one, other, tally) for column in self.plan.columns]
        notes += column_notes(self.plan, tally, columns, self.options)
        return Comparison(
            self._verdict(one, other, tally, notes),
            one.rows,
            other.rows,
            tally.only_left,
            tally.only_right,
            tally.changed,
            tuple(columns),
            tuple(tally.samples()),
            tuple(notes),
        )

    def _paired(self, rows: tuple[Kept, Kept], anchors: Sequence[str]) -> Tally:
        """All differing rows paired, group by group, and what the pairs tell."""
        paired_on = None if self.options.ordered else self.plan.keys or anchors
        pairing = Pairing(self.plan, self.options, tuple(anchors), self._naming(anchors))
        together = groups(rows, self.plan, paired_on, self.executor, self.options.memory)
        tallies, pool = self.executor.scatter(pairing.pair, together, 2, what="pairing", whole_memory=True)
        tally = pairing.tally()
        for counted in tallies:
            tally.merge(counted)
        # Rows that no group could pair are tried against each other, whatever column they differ in.
        if all(0 < kept.rows <= _POOL_ROWS for kept in pool):
            tally.merge(pairing.leftovers(pool[0], pool[1]))
        else:
            alone = [(where, piece) for where, kept in zip(_ALONE, pool, strict=True) for piece in kept.pieces()]
            for counted in self.executor.map(pairing.alone, alone, what="counting the rest", whole_memory=True):
                tally.merge(counted)
        for kept in pool:
            kept.close()
        return tally

    def _naming(self, anchors: Sequence[str]) -> tuple[str, ...]:
        """The columns that name a row in a report: its keys, else the plain ones among those that agree."""
        if self.plan.keys:
            return self.plan.keys
        plain = [column.name for column in self.plan.compared if not column.left[0].fields]
        return tuple(sorted(plain, key=lambda name: name not in anchors))

    def _verdict(self, one: Sketch, other: Sketch, tally: Tally, notes: list[str]) -> Verdict:
        if not self.plan.same_schema:
            return Verdict.DIFFERENT
        lacking = tally.only_left + tally.only_right
        if not tally.changed and not lacking:
            return Verdict.EQUAL
        if tally.unsettled and not tally.changed and lacking <= 2 * tally.unsettled and one.rows == other.rows:
            notes.append(
                f"{tally.unsettled:,} rows could not be paired: too many are close to each other. "
                "Name what identifies a row with --key."
            )
            return Verdict.INCONCLUSIVE
        return Verdict.DIFFERENT

    def _column(self, plan: ColumnPlan, one: Sketch, other: Sketch, tally: Tally) -> Column:
        column = plan.alike(one.rows, other.rows)
        if column.status is Status.MISSING:
            return column
        counted = tally.columns[column.name]
        unlike = counted.mismatched or (
            self._unpaired(one, other, tally) and one.columns.get(column.name) != other.columns.get(column.name)
        )
        status = Status.VALUE if unlike and column.status is Status.EQUAL else column.status
        return replace(column, status=status, mismatched=counted.mismatched, max_abs=counted.max_abs)

    def _unpaired(self, one: Sketch, other: Sketch, tally: Tally) -> bool:
        """Whether no differing row found a partner, although none is missing, so that no pair tells what differs."""
        free = not (self.plan.keys or self.options.ordered)
        return free and one.rows == other.rows and not tally.changed and tally.only_left > 0
