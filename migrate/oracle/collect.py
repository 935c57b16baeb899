"""The rows that need a closer look, read in full and brought together in groups that fit into memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from migrate.oracle.cells import plain
from migrate.oracle.hashing import Lanes, hash_word, seed, zeros
from migrate.oracle.narrow import Narrowed, frame_hash
from migrate.oracle.overlap import Overlap
from migrate.oracle.plan import ColumnPlan, Plan
from migrate.oracle.shelf import Shelf
from migrate.oracle.sketch import column_hash
from migrate.oracle.sources import Source

if TYPE_CHECKING:
    from numpy.typing import NDArray

PLACE = "\0place"
"""The column that carries each row's place in its dataset, counting from 0."""
_PAIRING_FACTOR = 4
"""Pairing rows takes about so many times the rows' own size."""
_MOST_BUCKETS = 128

Pair = tuple[Shelf, Shelf]


class Collected:
    """The differing rows of both sides, and which columns name them best where no keys were given."""

    def __init__(self, left: Source, right: Source, plan: Plan, narrowed: Narrowed, memory: int, scratch: Path) -> None:
        self._plan, self._memory, self._scratch = plan, memory, scratch
        share = memory // (2 * _PAIRING_FACTOR)
        self.shelves = Shelf(scratch / "left-rows", share), Shelf(scratch / "right-rows", share)
        self.overlap = Overlap([column.name for column in plan.compared if column.tolerance is None])
        for side, (source, mask) in enumerate(((left, narrowed.left), (right, narrowed.right))):
            for batch in _chosen(source, plan, mask):
                self.shelves[side].add(batch)
                for column in plan.compared:
                    if column.tolerance is None:
                        self.overlap.add(side, column.name, column_hash(batch.column(column.name), column))

    def groups(self, paired_on: Sequence[str] | None) -> Iterator[Pair]:
        """The rows in groups that fit into memory; what agrees on `paired_on`, None for the place, shares one."""
        left, right = self.shelves
        if not (left.spilled or right.spilled):
            yield left, right
            return
        size = (left.bytes + right.bytes) * _PAIRING_FACTOR
        count = max(2, min(_MOST_BUCKETS, -(-size // self._memory)))
        buckets = [self._bucket(side, shelf, paired_on, count) for side, shelf in enumerate(self.shelves)]
        for pair in zip(*buckets, strict=True):
            yield pair[0], pair[1]
            for shelf in pair:
                shelf.close()

    def _bucket(self, side: int, shelf: Shelf, paired_on: Sequence[str] | None, count: int) -> list[Shelf]:
        buckets = [Shelf(self._scratch / f"group-{side}-{i}", 0) for i in range(count)]
        columns = [column for column in self._plan.compared if paired_on is not None and column.name in paired_on]
        for batch in shelf:
            if paired_on is None:
                hashes = hash_word(batch.column(PLACE).to_numpy().view(np.uint64), seed("group"))
            else:
                hashes = row_hash(batch, columns)
            bucket = (hashes.one % np.uint64(count)).astype(np.intp)
            for number in np.unique(bucket).tolist():
                buckets[number].add(batch.filter(pa.array(bucket == number)))
        return buckets

    def close(self) -> None:
        for shelf in self.shelves:
            shelf.close()


def row_hash(batch: pa.RecordBatch, columns: Sequence[ColumnPlan]) -> Lanes:
    """One hash a row over what must agree exactly in some columns."""
    total = zeros(batch.num_rows)
    for column in columns:
        total.add(frame_hash(batch.column(column.name), column))
    return total


def _chosen(source: Source, plan: Plan, mask: NDArray[np.bool_]) -> Iterator[pa.RecordBatch]:
    names = [column.name for column in plan.compared]
    start = 0
    for batch in source.batches(names):
        chosen: NDArray[np.bool_] = mask[start : start + batch.num_rows]
        if chosen.any():
            places = pa.array(np.flatnonzero(chosen) + start)
            arrays = [_settled(batch.column(name).filter(pa.array(chosen))) for name in names]
            yield pa.RecordBatch.from_arrays([*arrays, places], [*names, PLACE])
        start += batch.num_rows


def _settled(array: pa.Array) -> pa.Array:
    """The values without encodings, wide enough that many batches can become one."""
    array = plain(array)
    if pa.types.is_dictionary(array.type):
        array = plain(array.dictionary_decode())
    if pa.types.is_string(array.type):
        return array.cast(pa.large_string())
    return array.cast(pa.large_binary()) if pa.types.is_binary(array.type) else array
