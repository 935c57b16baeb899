"""The cheap half of the oracle: counts and sums of hashes that settle whether two datasets are equal."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from migrate.oracle.cells import hash_cells
from migrate.oracle.hashing import Lanes, combine, seed, zeros
from migrate.oracle.logical import logical
from migrate.oracle.plan import ColumnPlan, Plan
from migrate.oracle.sources import Source

if TYPE_CHECKING:
    import pyarrow as pa

_MODULUS = 1 << 64
_HASH_BYTES = 16
_KEPT_SHARE = 8
_ROW, _PLACE = seed("row"), seed("place")


@dataclass
class Sketch:
    """A dataset in a few numbers, blind to the order of rows and not to how often they occur.

    ``columns`` holds a sum of cell hashes a column, ``rows_sum`` the sum of row hashes, ``places_sum`` the sum of row
    hashes joined with the row's place; each is two sums modulo 2^64 of independent hashes. ``hashes`` are the row
    hashes themselves, kept while they are few, for a second look without a second reading.
    """

    rows: int = 0
    columns: dict[str, tuple[int, int]] = field(default_factory=dict)
    rows_sum: tuple[int, int] = (0, 0)
    places_sum: tuple[int, int] = (0, 0)
    hashes: list[Lanes] | None = None

    def same_rows(self, other: Sketch, *, ordered: bool) -> bool:
        """Whether both hold the same rows, each as often, and in the same order where that is asked for."""
        same = self.rows == other.rows and self.rows_sum == other.rows_sum
        return same and (not ordered or self.places_sum == other.places_sum)


def sketches(left: Source, right: Source, plan: Plan, *, ordered: bool, memory: int = 0) -> tuple[Sketch, Sketch]:
    """Read both sides once, at the same time. Row hashes are kept up to a small share of `memory` bytes."""
    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(sketch, source, plan, ordered=ordered, memory=memory) for source in (left, right)]
        one, other = (future.result() for future in futures)
    return one, other


def sketch(source: Source, plan: Plan, *, ordered: bool, memory: int = 0) -> Sketch:
    """Read one side once."""
    result = Sketch(hashes=[])
    most_kept = memory // (_KEPT_SHARE * _HASH_BYTES)
    for batch in source.batches([column.name for column in plan.compared]):
        rows = zeros(batch.num_rows)
        for column in plan.compared:
            cells = column_hash(batch.column(column.name), column)
            result.columns[column.name] = _plus(result.columns.get(column.name, (0, 0)), cells.total())
            rows.add(cells)
        if ordered:
            place = np.arange(result.rows, result.rows + batch.num_rows, dtype=np.uint64)
            placed = Lanes(rows.one + place, rows.two ^ place)
            result.places_sum = _plus(result.places_sum, combine(placed, _PLACE).total())
        result.rows_sum = _plus(result.rows_sum, combine(rows, _ROW).total())
        result.rows += batch.num_rows
        if result.rows > most_kept:
            result.hashes = None
        elif result.hashes is not None:
            result.hashes.append(rows)
    return result


def column_hash(array: pa.Array, column: ColumnPlan) -> Lanes:
    """One hash a cell, set apart by the column's name, and by the cell's own type where files disagree on it."""
    tag = (logical(array.type).name,) if column.tagged else ()
    return hash_cells(array, column.codec, seed("column", column.name, *tag))


def row_hashes(source: Source, columns: tuple[ColumnPlan, ...]) -> Iterator[Lanes]:
    """One hash a row over some columns, batch by batch."""
    for batch in source.batches([column.name for column in columns]):
        rows = zeros(batch.num_rows)
        for column in columns:
            rows.add(column_hash(batch.column(column.name), column))
        yield rows


def _plus(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return (one[0] + other[0]) % _MODULUS, (one[1] + other[1]) % _MODULUS
