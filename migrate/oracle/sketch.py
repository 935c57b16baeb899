"""The cheap half of the oracle: counts and sums of hashes that settle whether two datasets are equal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from migrate.oracle.cells import hash_cells
from migrate.oracle.executors import Executor
from migrate.oracle.hashing import Lanes, combine, hash_word, seed, zeros
from migrate.oracle.logical import Kind, logical
from migrate.oracle.plan import ColumnPlan, Plan
from migrate.oracle.sources import Source

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from migrate.oracle.hashing import Words

_MODULUS = 1 << 64
_HASH_BYTES = 32
_KEPT_SHARE = 8
_FRACTION_BITS = 12
_ROW, _PLACE = seed("row"), seed("place")


class Part(NamedTuple):
    """A piece of one side, 0 the left and 1 the right, and the place of its first row in the whole dataset."""

    side: int
    start: int
    source: Source


class Rows(NamedTuple):
    """Some rows by their hashes: that of what they are grouped by, that of the whole row, and their places."""

    group: Lanes
    row: Lanes
    places: NDArray[np.uint64]


@dataclass
class Sketch:
    """A dataset in a few numbers, blind to the order of rows and not to how often they occur.

    ``columns`` holds a sum of cell hashes a column, ``rows_sum`` the sum of row hashes, ``grouped_sum`` that of row
    hashes as they are compared: with their place where order counts. Each is two sums modulo 2^64 of independent
    hashes. ``fractions`` are the same sums over the groups that share the first bits of their hash; None where groups
    are not known without a second look. ``kept`` are the hashes themselves, where they were asked for.
    """

    rows: int = 0
    columns: dict[str, tuple[int, int]] = field(default_factory=dict)
    rows_sum: tuple[int, int] = (0, 0)
    grouped_sum: tuple[int, int] = (0, 0)
    fractions: NDArray[np.uint64] | None = None
    kept: list[Rows] = field(default_factory=list)

    def same_rows(self, other: Sketch) -> bool:
        """Whether both hold the same rows, each as often, and in the same order where that is asked for."""
        return self.rows == other.rows and self.grouped_sum == other.grouped_sum

    def same_multiset(self, other: Sketch) -> bool:
        """Whether both hold the same rows, each as often, in whatever order."""
        return self.rows == other.rows and self.rows_sum == other.rows_sum

    def add(self, other: Sketch) -> None:
        """Take in what was seen in another piece of the same dataset, one that follows."""
        self.rows += other.rows
        for name, total in other.columns.items():
            self.columns[name] = _plus(self.columns.get(name, (0, 0)), total)
        self.rows_sum = _plus(self.rows_sum, other.rows_sum)
        self.grouped_sum = _plus(self.grouped_sum, other.grouped_sum)
        if other.fractions is not None:
            self.fractions = other.fractions if self.fractions is None else self.fractions + other.fractions
        self.kept += other.kept


def parts_of(sources: tuple[Source, Source], executor: Executor, *, ordered: bool) -> list[Part]:
    """The pieces of both sides. Their places are known where the format tells, or where order counts."""
    parts = []
    for side, source in enumerate(sources):
        pieces = source.parts()
        rows = [piece.rows for piece in pieces]
        if ordered and len(pieces) > 1 and None in rows:
            rows = list(executor.map(_count, pieces, what="counting rows"))
        starts = accumulate((count or 0 for count in rows), initial=0)
        parts += [Part(side, start, piece) for start, piece in zip(starts, pieces, strict=False)]
    return parts


def _count(source: Source) -> int | None:
    rows = 0
    for batch in source.batches([]):
        rows += batch.num_rows
    return rows


def sketches(
    parts: Sequence[Part], plan: Plan, executor: Executor, *, ordered: bool, memory: int
) -> tuple[Sketch, Sketch, list[Part]]:
    """Read both sides once. Also returns the parts, now with their places.

    Row hashes are kept where it is known beforehand that they take but a small share of `memory` bytes.
    """
    known = [part.source.rows for part in parts]
    keep = None not in known and sum(rows or 0 for rows in known) * _HASH_BYTES * _KEPT_SHARE <= memory
    totals = Sketch(), Sketch()
    placed = []
    found = executor.map(partial(_sketch, plan, ordered, keep), parts, what="reading")
    for part, sketch in zip(parts, found, strict=True):
        placed.append(part._replace(start=totals[part.side].rows))
        totals[part.side].add(sketch)
    return *totals, placed


def _sketch(plan: Plan, ordered: bool, keep: bool, part: Part) -> Sketch:
    """Read one part once."""
    result = Sketch()
    if ordered or plan.keys or not plan.tolerant:
        result.fractions = np.zeros((2, 1 << _FRACTION_BITS), np.uint64)
    grouped_by = _grouped_by(plan)
    for batch in part.source.batches([column.name for column in plan.compared]):
        plain, cells = zeros(batch.num_rows), dict[str, Lanes]()
        for name, lanes in _cell_hashes(batch, plan):
            result.columns[name] = _plus(result.columns.get(name, (0, 0)), plain.gather(lanes))
            if name in grouped_by:
                cells[name] = lanes
        places = _places(part.start + result.rows, batch.num_rows)
        row = _row_hash(plain, places, ordered=ordered)
        total = row.total()
        result.grouped_sum = _plus(result.grouped_sum, total)
        result.rows_sum = _plus(result.rows_sum, combine(plain, _ROW).total() if ordered else total)
        if result.fractions is not None:
            rows = Rows(_group_hash(batch, cells, row, places, plan, ordered=ordered), row, places)
            row.deal(rows.group.one, _FRACTION_BITS, result.fractions)
            if keep:
                result.kept.append(rows)
        result.rows += batch.num_rows
    return result


def fraction(rows: Rows) -> NDArray[np.intp]:
    """The first bits of each row's group."""
    first_bits: NDArray[np.intp] = (rows.group.one >> np.uint64(64 - _FRACTION_BITS)).astype(np.intp)
    return first_bits


def rows_of(part: Part, plan: Plan, *, ordered: bool) -> Iterator[Rows]:
    """One part's rows by their hashes, batch by batch."""
    start = part.start
    for batch in part.source.batches([column.name for column in plan.compared]):
        cells = dict(_cell_hashes(batch, plan))
        places = _places(start, batch.num_rows)
        row = _row_hash(_sum(batch.num_rows, cells.values()), places, ordered=ordered)
        yield Rows(_group_hash(batch, cells, row, places, plan, ordered=ordered), row, places)
        start += batch.num_rows


def _cell_hashes(batch: pa.RecordBatch, plan: Plan) -> Iterator[tuple[str, Lanes]]:
    """The hashes of each column, one after the other: those of all would not fit into a processor's cache."""
    return ((column.name, column_hash(batch.column(column.name), column)) for column in plan.compared)


def _grouped_by(plan: Plan) -> frozenset[str]:
    """The columns whose cells are part of what rows are grouped by, beside or in place of the whole row."""
    if plan.keys or not plan.tolerant:
        return frozenset(plan.keys)
    return frozenset(column.name for column in plan.compared if column.tolerance is None)


def _places(start: int, rows: int) -> Words:
    return np.arange(start, start + rows, dtype=np.uint64)


def _row_hash(cells: Lanes, places: Words, *, ordered: bool) -> Lanes:
    if ordered:
        return combine(Lanes(cells.one + places, cells.two ^ places), _PLACE)
    return combine(cells, _ROW)


def _group_hash(
    batch: pa.RecordBatch, cells: dict[str, Lanes], row: Lanes, places: Words, plan: Plan, *, ordered: bool
) -> Lanes:
    """What two rows must share before they can be partners: place, keys, all that no tolerance reaches, or all."""
    if ordered:
        return hash_word(places, _PLACE)
    if plan.keys:
        return _sum(batch.num_rows, (cells[name] for name in plan.keys))
    if not plan.tolerant:
        return row
    frames = (
        cells[column.name] if column.tolerance is None else frame_hash(batch.column(column.name), column)
        for column in plan.compared
    )
    return _sum(batch.num_rows, frames)


def _sum(rows: int, hashes: Iterable[Lanes]) -> Lanes:
    total = zeros(rows)
    for lanes in hashes:
        total.add(lanes)
    return total


def column_hash(array: pa.Array, column: ColumnPlan) -> Lanes:
    """One hash a cell, set apart by the column's name, and by the cell's own type where files disagree on it."""
    tag = (logical(array.type).name,) if column.tagged else ()
    return hash_cells(array, column.codec, seed("column", column.name, *tag))


def frame_hash(array: pa.Array, column: ColumnPlan) -> Lanes:
    """One hash a cell over what no tolerance reaches."""
    if column.tolerance is None:
        return column_hash(array, column)
    from migrate.oracle.floats import split

    return split(array, column.codec, seed("column", column.name), json_cells=is_json(column)).frame


def is_json(column: ColumnPlan) -> bool:
    """Whether the cells are JSON values spelled as text."""
    return any(kind.kind is Kind.JSON for kind in (*column.left, *column.right))


def _plus(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return (one[0] + other[0]) % _MODULUS, (one[1] + other[1]) % _MODULUS
