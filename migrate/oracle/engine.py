"""The oracle's way through: open both sides, sketch them, and only where the sketches differ look closer.

What the closer look needs is imported for it: most comparisons find both sides equal, and a nightly run makes many.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from migrate.errors import MigrateError
from migrate.oracle.executors import Executor
from migrate.oracle.model import REST, Comparison, Options, Verdict
from migrate.oracle.notes import key_notes, schema_notes
from migrate.oracle.plan import Plan, plan
from migrate.oracle.sketch import Sketch, parts_of, sketches
from migrate.oracle.sources import Source, open_source
from migrate.oracle.sources.files import Format


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
    from migrate.oracle.sources.parquet import ParquetSource, match_partitions

    if isinstance(one, ParquetSource) and isinstance(other, ParquetSource):
        return match_partitions(one, other)
    if options.tolerances:
        from migrate.oracle.sources.delimited import DelimitedSource, numeric_columns

        if isinstance(one, DelimitedSource) and isinstance(other, DelimitedSource):
            numbers = frozenset(options.tolerances) - {REST}
            if REST in options.tolerances:
                numbers |= numeric_columns((one, other), options, executor)
            return one.with_numbers(numbers), other.with_numbers(numbers)
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
        notes = [*self._source_notes(), *schema_notes(self.plan, self.options)]
        if not one.same_rows(other):
            from migrate.oracle.differences import Differences

            return Differences(self.plan, self.options, self.executor).between(parts, (one, other), notes)
        if self.plan.keys and one.rows and not ordered:
            from migrate.oracle.narrow import repeated_keys

            notes += key_notes(repeated_keys(parts, one, self.plan, self.executor, memory=memory))
        return self._alike(one, other, notes)

    def _alike(self, one: Sketch, other: Sketch, notes: list[str]) -> Comparison:
        """The answer where both sides hold the same rows in all columns that both have."""
        columns = tuple(column.alike(one.rows, other.rows) for column in self.plan.columns)
        verdict = Verdict.EQUAL if self.plan.same_schema else Verdict.DIFFERENT
        if verdict is Verdict.EQUAL and not one.rows and not self.options.allow_empty:
            notes.append("Neither side has a row, so nothing was compared; --allow-empty takes that for equal.")
            verdict = Verdict.INCONCLUSIVE
        return Comparison(verdict, one.rows, other.rows, columns=columns, notes=tuple(notes))

    def _source_notes(self) -> Iterator[str]:
        for source, side in zip(self.sides, self.options.names, strict=True):
            yield from (note.format(side=side) for note in source.notes)
