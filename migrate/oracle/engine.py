"""The oracle's way through: open both sides, sketch them, and only where the sketches differ look closer."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from migrate.errors import MigrateError
from migrate.oracle.collect import collect, groups
from migrate.oracle.executors import Executor, Kept
from migrate.oracle.model import REST, Column, Comparison, Options, Status, Verdict
from migrate.oracle.model import Side as Where
from migrate.oracle.narrow import narrow, repeated_keys
from migrate.oracle.notes import column_notes, row_notes, schema_notes
from migrate.oracle.ordering import null_placement
from migrate.oracle.pair_groups import Pairing
from migrate.oracle.plan import Plan, plan
from migrate.oracle.sketch import Sketch, parts_of, sketches
from migrate.oracle.sources import Source, open_source
from migrate.oracle.sources.files import Format
from migrate.oracle.tally import Tally

_ALONE = (Where.ONLY_LEFT, Where.ONLY_RIGHT)
_POOL_ROWS = 200_000
"""Rows without a partner in their group are tried against all others while there are no more than this."""


def compare_datasets(
    left: Path, right: Path, options: Options, wanted: Format | None, executor: Executor
) -> Comparison:
    """Compare two datasets. Raises MigrateError when a side cannot be read or an option fits neither."""
    start = time.perf_counter()
    sides = _open(left, right, options, wanted, executor)
    comparison = _Run(sides, plan(sides[0].columns, sides[1].columns, options), options, executor).verdict()
    return replace(comparison, seconds=time.perf_counter() - start)


def _open(
    left: Path, right: Path, options: Options, wanted: Format | None, executor: Executor
) -> tuple[Source, Source]:
    one, other = open_source(left, wanted, executor), open_source(right, wanted, executor)
    if type(one) is not type(other):
        raise MigrateError(f"{left} and {right} are of different formats: compare like with like.")
    from migrate.oracle.sources.delimited import DelimitedSource, numeric_columns
    from migrate.oracle.sources.parquet import ParquetSource, match_partitions

    if isinstance(one, DelimitedSource) and isinstance(other, DelimitedSource) and options.tolerances:
        numbers = frozenset(options.tolerances) - {REST}
        if REST in options.tolerances:
            numbers |= numeric_columns((one, other), options, executor)
        return one.with_numbers(numbers), other.with_numbers(numbers)
    if isinstance(one, ParquetSource) and isinstance(other, ParquetSource):
        return match_partitions(one, other)
    return one, other


@dataclass(frozen=True)
class _Run:
    """One comparison of two open datasets."""

    sides: tuple[Source, Source]
    plan: Plan
    options: Options
    executor: Executor

    def verdict(self) -> Comparison:
        ordered, memory = self.options.ordered, self.options.memory
        parts = parts_of(self.sides, self.executor, ordered=ordered)
        one, other, parts = sketches(parts, self.plan, self.executor, ordered=ordered, memory=memory)
        tally = Tally(self.plan, self.options, ())
        notes = [*self._source_notes(), *schema_notes(self.plan, self.options)]
        if one.same_rows(other):
            keyed = self.plan.keys and one.rows and not ordered
            repeated = repeated_keys(parts, one, self.plan, self.executor, memory=memory) if keyed else 0
            return self._answer(one, other, tally, [*notes, *_key_notes(repeated)])
        narrowed = narrow(parts, (one, other), self.plan, self.executor, ordered=ordered, memory=memory)
        rows, overlap = collect(parts, self.plan, narrowed, self.executor)
        anchors = () if ordered or self.plan.keys else overlap.anchors()
        tally = self._paired(rows, anchors)
        notes += [*_key_notes(narrowed.repeated), *row_notes((one.rows, other.rows), tally, self.options)]
        if ordered and one.same_multiset(other):
            notes.append("Both sides hold the same rows, in another order.")
            notes += null_placement(rows, self.plan, self.options.names, self.executor)
        for kept in rows:
            kept.close()
        return self._answer(one, other, tally, notes)

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

    def _answer(self, one: Sketch, other: Sketch, tally: Tally, notes: list[str]) -> Comparison:
        columns = [self._column(name, one, other, tally) for name in range(len(self.plan.columns))]
        notes += column_notes(self.plan, tally, columns, self.options)
        verdict = self._verdict(one, other, tally, notes)
        return Comparison(
            verdict,
            one.rows,
            other.rows,
            tally.only_left,
            tally.only_right,
            tally.changed,
            tuple(columns),
            tuple(tally.samples()),
            tuple(notes),
        )

    def _verdict(self, one: Sketch, other: Sketch, tally: Tally, notes: list[str]) -> Verdict:
        if not self.plan.same_schema:
            return Verdict.DIFFERENT
        if not one.rows and not other.rows:
            if self.options.allow_empty:
                return Verdict.EQUAL
            notes.append("Neither side has a row, so nothing was compared; --allow-empty takes that for equal.")
            return Verdict.INCONCLUSIVE
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

    def _column(self, index: int, one: Sketch, other: Sketch, tally: Tally) -> Column:
        column = self.plan.columns[index]
        if column.missing:
            rows = one.rows if column.left else other.rows
            return Column(column.name, column.left_type, column.right_type, Status.MISSING, rows)
        counted = tally.columns[column.name]
        status = Status.EQUAL
        if not column.same_type:
            status = Status.TYPE
        elif counted.mismatched or (
            self._unpaired(one, other, tally) and one.columns.get(column.name) != other.columns.get(column.name)
        ):
            status = Status.VALUE
        return Column(column.name, column.left_type, column.right_type, status, counted.mismatched, counted.max_abs)

    def _unpaired(self, one: Sketch, other: Sketch, tally: Tally) -> bool:
        """Whether no differing row found a partner, although none is missing, so that no pair tells what differs."""
        free = not (self.plan.keys or self.options.ordered)
        return free and one.rows == other.rows and not tally.changed and tally.only_left > 0

    def _source_notes(self) -> Iterator[str]:
        for source, side in zip(self.sides, self.options.names, strict=True):
            yield from (note.format(side=side) for note in source.notes)


def _key_notes(repeated: int) -> Iterator[str]:
    if repeated:
        what = "key occurs" if repeated == 1 else "keys occur"
        yield f"{repeated:,} {what} more than once; the rows of such a key are compared as a multiset."
