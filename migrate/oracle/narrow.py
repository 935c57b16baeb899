"""The second look: which rows differ, found from hashes alone, spilled to disk beyond the memory allowed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from migrate.oracle.floats import split
from migrate.oracle.groups import surplus, unlike
from migrate.oracle.hashing import Lanes, combine, seed, zeros
from migrate.oracle.logical import Kind
from migrate.oracle.plan import ColumnPlan, Plan
from migrate.oracle.sketch import Sketch, column_hash, row_hashes
from migrate.oracle.sources import Source

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

_SORT_FACTOR = 6
"""Sorting one record takes about so many times its own size in temporary arrays."""
_MOST_BUCKETS = 256


@dataclass(frozen=True)
class Narrowed:
    """The rows that need a closer look, a mask a side; `repeated` counts keys that occur more than once on a side."""

    left: Mask
    right: Mask
    repeated: int = 0


def narrow(
    left: Source, right: Source, plan: Plan, seen: tuple[Sketch, Sketch], *, ordered: bool, memory: int, scratch: Path
) -> Narrowed:
    """Find the rows that differ. Rows that occur equally often on both sides are dropped where that settles them."""
    rows = seen[0].rows, seen[1].rows
    if ordered:
        return _by_place(_hashes(left, plan, seen[0]), _hashes(right, plan, seen[1]), rows)
    grouped = bool(plan.keys) or plan.tolerant
    buckets = _Buckets(5 if grouped else 3, sum(rows), memory, scratch)
    with buckets:
        for side, source in enumerate((left, right)):
            start = 0
            for records in _records(source, plan) if grouped else map(list, _hashes(source, plan, seen[side])):
                place = np.arange(start, start + len(records[0]), dtype=np.uint64)
                buckets.put(side, np.stack([*records, place]))
                start += len(place)
        masks = np.zeros(rows[0], np.bool_), np.zeros(rows[1], np.bool_)
        repeated = 0
        for one, other in buckets.pairs():
            if grouped:
                found_left, found_right, more = unlike(
                    Lanes(one[0], one[1]), Lanes(other[0], other[1]), Lanes(one[2], one[3]), Lanes(other[2], other[3])
                )
                repeated += more
            else:
                found_left, found_right = surplus(Lanes(one[0], one[1]), Lanes(other[0], other[1]))
            masks[0][one[-1][found_left].astype(np.intp)] = True
            masks[1][other[-1][found_right].astype(np.intp)] = True
    return Narrowed(*masks, repeated if plan.keys else 0)


def repeated_keys(source: Source, plan: Plan, rows: int, *, memory: int, scratch: Path) -> int:
    """How many keys occur more than once on one side."""
    keys = tuple(column for column in plan.compared if column.name in plan.keys)
    count = 0
    with _Buckets(2, rows, memory, scratch) as buckets:
        for hashes in row_hashes(source, keys):
            buckets.put(0, np.stack(hashes))
        for one, _ in buckets.pairs():
            order = np.lexsort((one[1], one[0]))
            same = (one[:, order[1:]] == one[:, order[:-1]]).all(axis=0)
            # A run of equal neighbours is one repeated key, however long.
            count += int(same[:1].sum()) + int((same[1:] & ~same[:-1]).sum())
    return count


def _hashes(source: Source, plan: Plan, seen: Sketch) -> Iterable[Lanes]:
    """One hash a row, from the first reading where it kept them."""
    return row_hashes(source, plan.compared) if seen.hashes is None else seen.hashes


def _by_place(left: Iterable[Lanes], right: Iterable[Lanes], rows: tuple[int, int]) -> Narrowed:
    masks = np.ones(rows[0], np.bool_), np.ones(rows[1], np.bool_)
    start = 0
    for one, other in _aligned(iter(left), iter(right)):
        size = len(one.one)
        differs = ~one.equals(other)
        masks[0][start : start + size] = masks[1][start : start + size] = differs
        start += size
    return Narrowed(*masks)


def _aligned(left: Iterator[Lanes], right: Iterator[Lanes]) -> Iterator[tuple[Lanes, Lanes]]:
    """Batches of both sides cut to the same lengths, as far as both go."""
    one = other = zeros(0)
    while True:
        while not len(one.one):
            if (batch := next(left, None)) is None:
                return
            one = batch
        while not len(other.one):
            if (batch := next(right, None)) is None:
                return
            other = batch
        size = min(len(one.one), len(other.one))
        yield Lanes(one.one[:size], one.two[:size]), Lanes(other.one[:size], other.two[:size])
        one = Lanes(one.one[size:], one.two[size:])
        other = Lanes(other.one[size:], other.two[size:])


def _records(source: Source, plan: Plan) -> Iterator[list[NDArray[np.uint64]]]:
    for batch in source.batches([column.name for column in plan.compared]):
        rows = zeros(batch.num_rows)
        for column in plan.compared:
            rows.add(column_hash(batch.column(column.name), column))
        yield [*group_hash(batch, plan), *combine(rows, seed("row"))]


def group_hash(batch: pa.RecordBatch, plan: Plan) -> Lanes:
    """What must agree exactly before two rows can be a pair: the keys, or else all that no tolerance reaches."""
    total = zeros(batch.num_rows)
    for column in plan.compared:
        if plan.keys and column.name not in plan.keys:
            continue
        total.add(frame_hash(batch.column(column.name), column))
    return total


def frame_hash(array: pa.Array, column: ColumnPlan) -> Lanes:
    """One hash a cell over what no tolerance reaches."""
    if column.tolerance is None:
        return column_hash(array, column)
    return split(array, column.codec, seed("column", column.name), json_cells=is_json(column)).frame


def is_json(column: ColumnPlan) -> bool:
    return any(kind.kind is Kind.JSON for kind in (*column.left, *column.right))


class _Buckets:
    """Records of both sides, kept together by the high bits of their first word; on disk where memory would not do."""

    def __init__(self, width: int, rows: int, memory: int, scratch: Path) -> None:
        need = rows * width * 8 * _SORT_FACTOR
        bits = min(max(0, -(-need // max(memory, 1)) - 1).bit_length(), _MOST_BUCKETS.bit_length() - 1)
        self._width, self._bits = width, bits
        self._kept: list[list[NDArray[np.uint64]]] = [[], []]
        self._files: list[list[IO[bytes]]] = [[], []]
        if bits:
            for side in (0, 1):
                self._files[side] = [(scratch / f"bucket-{side}-{i}").open("w+b") for i in range(1 << bits)]

    def __enter__(self) -> _Buckets:
        return self

    def __exit__(self, *_: object) -> None:
        for file in (*self._files[0], *self._files[1]):
            file.close()
            Path(file.name).unlink()

    def put(self, side: int, records: NDArray[np.uint64]) -> None:
        if not self._bits:
            self._kept[side].append(records)
            return
        bucket = (records[0] >> np.uint64(64 - self._bits)).astype(np.intp)
        order = np.argsort(bucket, kind="stable")
        ends = np.cumsum(np.bincount(bucket, minlength=1 << self._bits))
        # One record after the other, so that a bucket's file can be read back in one piece.
        flat = np.ascontiguousarray(records.T[order])
        start = 0
        for file, end in zip(self._files[side], ends.tolist(), strict=True):
            if end > start:
                file.write(flat[start:end].data)
            start = end

    def pairs(self) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.uint64]]]:
        """The records of both sides, bucket by bucket, one row of the array a field."""
        if not self._bits:
            yield self._join(self._kept[0]), self._join(self._kept[1])
            return
        for one, other in zip_longest(*self._files):
            yield self._read(one), self._read(other)

    def _join(self, parts: list[NDArray[np.uint64]]) -> NDArray[np.uint64]:
        return np.concatenate(parts, axis=1) if parts else np.zeros((self._width, 0), np.uint64)

    def _read(self, file: IO[bytes] | None) -> NDArray[np.uint64]:
        if file is None:
            return np.zeros((self._width, 0), np.uint64)
        file.seek(0)
        flat = np.frombuffer(file.read(), np.uint64).reshape(-1, self._width)
        return np.ascontiguousarray(flat.T)
