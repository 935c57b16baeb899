"""The rows that differ, read in full, and put into groups that fit into memory."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from migrate.oracle.arrays import plain
from migrate.oracle.executors import Executor, Kept, Scattering
from migrate.oracle.hashing import hash_word, seed, zeros
from migrate.oracle.narrow import Narrowed
from migrate.oracle.overlap import Overlap
from migrate.oracle.plan import Plan
from migrate.oracle.sketch import Part, column_hash, frame_hash

if TYPE_CHECKING:
    from numpy.typing import NDArray

PLACE = "\0place"
"""The column that carries each row's place in its dataset, counting from 0."""
_PAIRING_FACTOR = 4
"""Pairing rows takes about so many times the rows' own size."""
_MOST_BUCKETS = 128

Pair = tuple[Kept, Kept]


class _Wanted(NamedTuple):
    """A part, and which of its rows are wanted."""

    part: Part
    rows: NDArray[np.bool_]


def collect(parts: Sequence[Part], plan: Plan, narrowed: Narrowed, executor: Executor) -> tuple[Pair, Overlap]:
    """The differing rows of both sides, and how much of each column's values both sides share among them."""
    masks = narrowed.left, narrowed.right
    wanted = []
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        end = following.start if following is not None and following.side == part.side else None
        rows = masks[part.side][part.start : end]
        if rows.any():
            wanted.append(_Wanted(part, rows))
    overlaps, (left, right) = executor.scatter(partial(_chosen, plan), wanted, 2, what="reading differing rows")
    total = _no_overlap(plan)
    for overlap in overlaps:
        total.merge(overlap)
    return (left, right), total


def _no_overlap(plan: Plan) -> Overlap:
    return Overlap([column.name for column in plan.compared if column.tolerance is None])


def _chosen(plan: Plan, wanted: _Wanted) -> Scattering[Overlap]:
    names = [column.name for column in plan.compared]
    overlap = _no_overlap(plan)
    start = 0
    for batch in wanted.part.source.batches(names):
        chosen = wanted.rows[start : start + batch.num_rows]
        if chosen.any():
            places = pa.array(np.flatnonzero(chosen) + start + wanted.part.start)
            arrays = [_settled(batch.column(name).filter(pa.array(chosen))) for name in names]
            for column, array in zip(plan.compared, arrays, strict=True):
                if column.tolerance is None:
                    overlap.add(wanted.part.side, column.name, column_hash(array, column))
            yield wanted.part.side, pa.RecordBatch.from_arrays([*arrays, places], [*names, PLACE])
        start += batch.num_rows
    return overlap


def _settled(array: pa.Array) -> pa.Array:
    """The values without encodings, wide enough that many batches can become one."""
    array = plain(array)
    if pa.types.is_dictionary(array.type):
        array = plain(array.dictionary_decode())
    if pa.types.is_string(array.type):
        return array.cast(pa.large_string())
    return array.cast(pa.large_binary()) if pa.types.is_binary(array.type) else array


def groups(sides: Pair, plan: Plan, paired_on: Sequence[str] | None, executor: Executor, memory: int) -> Sequence[Pair]:
    """The rows in groups that fit into memory; what agrees on `paired_on`, None for the place, shares one."""
    size = sum(side.bytes for side in sides) * _PAIRING_FACTOR
    if size <= memory:
        return [sides]
    count = max(2, min(_MOST_BUCKETS, -(-size // memory)))
    pieces = [(number, piece) for number, side in enumerate(sides) for piece in side.pieces()]
    task = partial(_dealt, plan, None if paired_on is None else tuple(paired_on), count)
    _, kept = executor.scatter(task, pieces, 2 * count, what="grouping")
    return list(zip(kept[::2], kept[1::2], strict=True))


def _dealt(plan: Plan, paired_on: Sequence[str] | None, count: int, piece: tuple[int, Kept]) -> Scattering[None]:
    side, kept = piece
    columns = [column for column in plan.compared if paired_on is not None and column.name in paired_on]
    for batch in kept:
        if paired_on is None:
            hashes = hash_word(batch.column(PLACE).to_numpy().view(np.uint64), seed("group"))
        else:
            hashes = zeros(batch.num_rows)
            for column in columns:
                hashes.add(frame_hash(batch.column(column.name), column))
        bucket = (hashes.one % np.uint64(count)).astype(np.intp)
        for number in np.unique(bucket).tolist():
            yield 2 * number + side, batch.filter(pa.array(bucket == number))
