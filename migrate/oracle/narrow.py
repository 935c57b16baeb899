"""The second look: which rows differ, found from hashes alone, spilled to disk beyond the memory allowed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from migrate.oracle.arrays import arrow
from migrate.oracle.executors import Executor, Kept, Scattering
from migrate.oracle.groups import surplus, unlike
from migrate.oracle.hashing import Lanes
from migrate.oracle.plan import Plan
from migrate.oracle.sketch import Part, Rows, Sketch, fraction, rows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from migrate.oracle.hashing import Words

    Mask = NDArray[np.bool_]

Joined = tuple["NDArray[np.intp]", "NDArray[np.intp]", int]
"""The places of the rows of both sides that differ, and how many groups have more than one row on a side."""

_SORT_FACTOR = 6
"""Sorting one record takes about so many times its own size in temporary arrays."""
_MOST_BITS = 8
_CHUNK_ROWS = 1 << 20
_NOTHING = np.zeros(0, np.uint64)


@dataclass(frozen=True)
class Narrowed:
    """The rows that need a closer look, a mask a side; `repeated` counts keys that occur more than once on a side."""

    left: Mask
    right: Mask
    repeated: int = 0


def narrow(
    parts: Sequence[Part], seen: tuple[Sketch, Sketch], plan: Plan, executor: Executor, *, ordered: bool, memory: int
) -> Narrowed:
    """Find the rows that differ. Rows that occur equally often on both sides are dropped where that settles them."""
    masks = np.zeros(seen[0].rows, np.bool_), np.zeros(seen[1].rows, np.bool_)
    by_key = bool(plan.keys) and not ordered
    # Which keys occur more than once is asked of all rows, everything else of those that can differ.
    suspects = None if by_key else _suspects(*seen)
    repeated = 0
    for left, right, more in _joins(parts, seen, plan, executor, suspects, ordered=ordered, memory=memory):
        masks[0][left] = True
        masks[1][right] = True
        repeated += more
    return Narrowed(*masks, repeated if by_key else 0)


def repeated_keys(parts: Sequence[Part], seen: Sketch, plan: Plan, executor: Executor, *, memory: int) -> int:
    """How many keys occur more than once on the left side."""
    lefts = [part for part in parts if part.side == 0]
    joins = _joins(lefts, (seen, Sketch()), plan, executor, None, ordered=False, memory=memory)
    return sum(more for _, _, more in joins)


def _suspects(one: Sketch, other: Sketch) -> Mask | None:
    """The fractions of all groups in which something differs, None where any may be."""
    if one.fractions is None or other.fractions is None:
        return None
    differs: Mask = (one.fractions != other.fractions).any(axis=0)
    return differs


def _joins(
    parts: Sequence[Part],
    seen: tuple[Sketch, Sketch],
    plan: Plan,
    executor: Executor,
    suspects: Mask | None,
    *,
    ordered: bool,
    memory: int,
) -> Iterator[Joined]:
    """All rows brought together by their groups: what differs in one bucket after the other."""
    grouped = ordered or bool(plan.keys) or plan.tolerant
    rows = sum(sketch.rows for sketch in seen)
    if sum(len(each.places) for sketch in seen for each in sketch.kept) == rows:
        left, right = (_together([_chosen(each, suspects) for each in sketch.kept]) for sketch in seen)
        yield _join(left, right, grouped=grouped)
        return
    share = 1.0 if suspects is None else float(suspects.mean())
    need = int(rows * share) * 8 * len(_fields(grouped)) * _SORT_FACTOR
    bits = min(max(0, -(-need // max(memory, 1)) - 1).bit_length(), _MOST_BITS)
    task = partial(_scattered, plan, ordered, grouped, suspects, bits)
    _, kept = executor.scatter(task, parts, 2 << bits, what="narrowing")
    pairs = list(zip(kept[::2], kept[1::2], strict=True))
    yield from executor.map(partial(_join_kept, grouped), pairs, what="joining", whole_memory=True)
    for shelf in kept:
        shelf.close()


def _chosen(rows: Rows, suspects: Mask | None) -> Rows:
    if suspects is None:
        return rows
    chosen = suspects[fraction(rows)]
    return Rows(rows.group.take(chosen), rows.row.take(chosen), rows.places[chosen])


def _scattered(
    plan: Plan, ordered: bool, grouped: bool, suspects: Mask | None, bits: int, part: Part
) -> Scattering[None]:
    """Deal the rows of one part out by the first bits of their groups: the left side's to even shelves."""
    waiting: list[Rows] = []
    for rows in rows_of(part, plan, ordered=ordered):
        waiting.append(_chosen(rows, suspects))
        if sum(len(each.places) for each in waiting) >= _CHUNK_ROWS:
            yield from _dealt(_together(waiting), part.side, grouped, bits)
            waiting = []
    yield from _dealt(_together(waiting), part.side, grouped, bits)


def _dealt(rows: Rows, side: int, grouped: bool, bits: int) -> Iterator[tuple[int, pa.RecordBatch]]:
    columns = [*rows.group, *rows.row, rows.places] if grouped else [*rows.row, rows.places]
    if not bits:
        yield side, _batch(columns, grouped)
        return
    bucket = (rows.group.one >> np.uint64(64 - bits)).astype(np.uint16)
    order = np.argsort(bucket, kind="stable")
    columns = [column[order] for column in columns]
    ends = np.cumsum(np.bincount(bucket, minlength=1 << bits)).tolist()
    for number, (start, end) in enumerate(zip([0, *ends], ends, strict=False)):
        yield 2 * number + side, _batch([column[start:end] for column in columns], grouped)


def _batch(columns: Sequence[Words], grouped: bool) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([arrow(column) for column in columns], _fields(grouped))


def _fields(grouped: bool) -> list[str]:
    row = ["row one", "row two", "place"]
    return ["group one", "group two", *row] if grouped else row


def _join_kept(grouped: bool, pair: tuple[Kept, Kept]) -> Joined:
    left, right = ([np.concatenate([_NOTHING, *columns]) for columns in _columns(kept, grouped)] for kept in pair)
    return _join(_as_rows(left), _as_rows(right), grouped=grouped)


def _columns(kept: Kept, grouped: bool) -> list[list[Words]]:
    batches = list(kept)
    return [[batch.column(name).to_numpy() for batch in batches] for name in _fields(grouped)]


def _as_rows(columns: Sequence[Words]) -> Rows:
    *hashes, places = columns
    return Rows(Lanes(*hashes[:2]), Lanes(*hashes[-2:]), places)


def _together(parts: Sequence[Rows]) -> Rows:
    columns = zip(*([*rows.group, *rows.row, rows.places] for rows in parts), strict=True)
    joined = [np.concatenate(column) for column in columns] or [_NOTHING] * 5
    return _as_rows(joined)


def _join(left: Rows, right: Rows, *, grouped: bool) -> Joined:
    if grouped:
        ours, theirs, repeated = unlike(left.group, right.group, left.row, right.row)
    else:
        (ours, theirs), repeated = surplus(left.row, right.row), 0
    return left.places[ours].astype(np.intp), right.places[theirs].astype(np.intp), repeated
