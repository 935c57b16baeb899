"""The oracle's way through: open both sides, sketch them, and only where the sketches differ look closer."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from migrate.errors import MigrateError
from migrate.oracle.collect import Collected
from migrate.oracle.model import REST, Column, Comparison, Options, Status, Verdict
from migrate.oracle.model import Side as Where
from migrate.oracle.narrow import narrow, repeated_keys
from migrate.oracle.notes import column_notes, row_notes, schema_notes
from migrate.oracle.ordering import null_placement
from migrate.oracle.pairing import Pairs, Side, by_key, by_likeness, by_place, leftovers
from migrate.oracle.plan import Plan, plan
from migrate.oracle.shelf import Shelf
from migrate.oracle.sketch import Sketch, sketches
from migrate.oracle.sources import Source, open_source
from migrate.oracle.sources.files import Format
from migrate.oracle.tally import Tally

_POOL_ROWS = 200_000
"""Rows without a partner in their group are tried against all others while there are no more than this."""


def compare_datasets(left: Path, right: Path, options: Options, wanted: Format | None) -> Comparison:
    """Compare two datasets. Raises MigrateError when a side cannot be read or an option fits neither."""
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="migrate-compare-") as scratch:
        sides = _open(left, right, options, wanted, Path(scratch))
        comparison = _Run(*sides, plan(sides[0].columns, sides[1].columns, options), options, Path(scratch)).verdict()
    return replace(comparison, seconds=time.perf_counter() - start)


def _open(left: Path, right: Path, options: Options, wanted: Format | None, scratch: Path) -> tuple[Source, Source]:
    one, other = open_source(left, wanted, scratch), open_source(right, wanted, scratch)
    if type(one) is not type(other):
        raise MigrateError(f"{left} and {right} are of different formats: compare like with like.")
    from migrate.oracle.sources.delimited import DelimitedSource, numeric_columns
    from migrate.oracle.sources.parquet import ParquetSource, match_partitions

    if isinstance(one, DelimitedSource) and isinstance(other, DelimitedSource) and options.tolerances:
        named = frozenset(options.tolerances) - {REST}
        numbers = named | (numeric_columns((one, other), options) if REST in options.tolerances else frozenset())
        return one.with_numbers(numbers), other.with_numbers(numbers)
    if isinstance(one, ParquetSource) and isinstance(other, ParquetSource):
        return match_partitions(one, other)
    return one, other


@dataclass(frozen=True)
class _Run:
    """One comparison of two open datasets."""

    left: Source
    right: Source
    plan: Plan
    options: Options
    scratch: Path

    def verdict(self) -> Comparison:
        one, other = sketches(
            self.left, self.right, self.plan, ordered=self.options.ordered, memory=self.options.memory
        )
        tally = Tally(self.plan, self.options, ())
        notes = [*self._source_notes(), *schema_notes(self.plan, self.options)]
        if one.same_rows(other, ordered=self.options.ordered):
            repeated = self._repeated(one) if self.plan.keys and one.rows else 0
            return self._answer(one, other, tally, [*notes, *self._key_notes(repeated)])
        narrowed = narrow(
            self.left,
            self.right,
            self.plan,
            (one, other),
            ordered=self.options.ordered,
            memory=self.options.memory,
            scratch=self.scratch,
        )
        collected = Collected(self.left, self.right, self.plan, narrowed, self.options.memory, self.scratch)
        try:
            anchors = () if self.options.ordered or self.plan.keys else collected.overlap.anchors()
            tally = Tally(self.plan, self.options, self._naming(anchors))
            self._pair(collected, anchors, tally)
            notes += [*self._key_notes(narrowed.repeated), *row_notes((one.rows, other.rows), tally, self.options)]
            if self.options.ordered and one.same_rows(other, ordered=False):
                notes.append("Both sides hold the same rows, in another order.")
                notes += null_placement(*collected.shelves, self.plan, self.options.names)
        finally:
            collected.close()
        return self._answer(one, other, tally, notes)

    def _pair(self, collected: Collected, anchors: Sequence[str], tally: Tally) -> None:
        keyed = bool(self.plan.keys) and not self.options.ordered
        paired_on = None if self.options.ordered else self.plan.keys if keyed else anchors
        pool = Shelf(self.scratch / "left-pool", 0), Shelf(self.scratch / "right-pool", 0)
        for shelves in collected.groups(paired_on):
            left, right = (Side(shelf, self.plan) for shelf in shelves)
            if self.options.ordered:
                pairs = by_place(left, right)
            elif keyed:
                pairs = by_key(left, right, self.plan)
            else:
                pairs = by_likeness(left, right, self.plan, anchors)
            tally.add(left, right, pairs)
            if keyed or self.options.ordered:
                _lacking(tally, left, right, pairs)
            else:
                for shelf, side, rest in zip(pool, (left, right), (pairs.left_rest, pairs.right_rest), strict=True):
                    for batch in side.take(np.sort(rest)):
                        shelf.add(batch)
        self._pool(pool, tally)
        for shelf in pool:
            shelf.close()

    def _pool(self, pool: tuple[Shelf, Shelf], tally: Tally) -> None:
        """Try rows that no group could pair against each other, whatever column they differ in."""
        if all(0 < shelf.rows <= _POOL_ROWS for shelf in pool):
            left, right = (Side(shelf, self.plan) for shelf in pool)
            pairs = leftovers(left, right, self.plan)
            tally.add(left, right, pairs)
            _lacking(tally, left, right, pairs)
            return
        for where, shelf in zip((Where.ONLY_LEFT, Where.ONLY_RIGHT), pool, strict=True):
            for part in _parts(shelf, self.scratch):
                side = Side(part, self.plan)
                tally.lacking(where, side, np.arange(len(side)))

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

    def _repeated(self, sketch: Sketch) -> int:
        return repeated_keys(self.left, self.plan, sketch.rows, memory=self.options.memory, scratch=self.scratch)

    def _key_notes(self, repeated: int) -> Iterator[str]:
        if repeated:
            what = "key occurs" if repeated == 1 else "keys occur"
            yield f"{repeated:,} {what} more than once; the rows of such a key are compared as a multiset."

    def _source_notes(self) -> Iterator[str]:
        for source, side in zip((self.left, self.right), self.options.names, strict=True):
            yield from (note.format(side=side) for note in source.notes)


def _lacking(tally: Tally, left: Side, right: Side, pairs: Pairs) -> None:
    tally.lacking(Where.ONLY_LEFT, left, pairs.left_rest)
    tally.lacking(Where.ONLY_RIGHT, right, pairs.right_rest)


def _parts(shelf: Shelf, scratch: Path) -> Iterator[Shelf]:
    for batch in shelf:
        part = Shelf(scratch / "part", batch.nbytes)
        part.add(batch)
        yield part
