"""Cells under a tolerance, taken apart: what must agree exactly, and the finite floats that may differ a little."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from migrate.oracle.arrays import entries, lists, plain, valid, words
from migrate.oracle.cells import hash_cells
from migrate.oracle.codec import Codec, Reading
from migrate.oracle.hashing import Lanes, Seed, combine, hash_word, positions, seed, sum_runs, zeros
from migrate.oracle.sources.jsonlines import canonical

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NULL, _NAN, _POSITIVE, _NEGATIVE, _FINITE = range(5)


class Split(NamedTuple):
    """Cells taken apart.

    ``frame`` is a hash of everything but the finite floats: NULLs, NaNs, infinities, lengths, integers, strings.
    ``values`` are the finite floats of all cells in reading order, ``counts`` how many of them each cell has. Cells
    with the same frame have the same number of floats.
    """

    frame: Lanes
    values: NDArray[np.float64]
    counts: NDArray[np.int64]


def split(array: pa.Array, codec: Codec, salt: Seed, *, json_cells: bool = False) -> Split:
    """Take the cells of one column apart; `json_cells` says that they are JSON values spelled as text."""
    array = plain(array)
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    rows = len(array)
    if array.null_count == rows:
        return Split(_classes(np.full(rows, _NULL), salt), np.zeros(0), np.zeros(rows, np.int64))
    if json_cells:
        return _json(array, salt)
    if codec.reading in (Reading.FLOAT, Reading.NUMBER):
        return _scalar(array, salt)
    if codec.reading is Reading.LIST:
        counts, elements = lists(array)
        return _framed(array, _runs(elements, codec.child("item"), counts, salt), salt)
    if codec.reading is Reading.STRUCT:
        return _framed(array, _struct(array, codec, salt), salt)
    if codec.reading is Reading.MAP:
        return _framed(array, _map(array, codec, salt), salt)
    return Split(hash_cells(array, codec, salt), np.zeros(0), np.zeros(rows, np.int64))


def _classes(classes: NDArray[Any], salt: Seed) -> Lanes:
    return hash_word(classes.astype(np.uint64), seed("class", str(int(salt.one))))


def _framed(array: pa.Array, parts: Split, salt: Seed) -> Split:
    if array.null_count:
        missing = ~valid(array)
        null = _classes(np.full(int(missing.sum()), _NULL), salt)
        parts.frame.one[missing], parts.frame.two[missing] = null
    return parts


def _scalar(array: pa.Array, salt: Seed) -> Split:
    values = words(array).astype(np.float64)
    classes = np.full(len(values), _FINITE)
    classes[np.isnan(values)] = _NAN
    classes[np.isposinf(values)] = _POSITIVE
    classes[np.isneginf(values)] = _NEGATIVE
    if array.null_count:
        classes[~valid(array)] = _NULL
    finite = classes == _FINITE
    return Split(_classes(classes, salt), values[finite], finite.astype(np.int64))


def _runs(elements: pa.Array, codec: Codec, counts: NDArray[np.int64], salt: Seed) -> Split:
    inner = split(elements, codec, seed("item", str(int(salt.one))))
    place = positions(counts).view(np.uint64)
    sealed = combine(Lanes(inner.frame.one + place, inner.frame.two ^ place), salt)
    return _gather(sum_runs(sealed, counts), inner, counts, salt)


def _gather(sums: Lanes, inner: Split, counts: NDArray[np.int64], salt: Seed) -> Split:
    sums.add(hash_word(counts.view(np.uint64), salt))
    ends = np.cumsum(counts)
    totals = np.concatenate([[0], np.cumsum(inner.counts)])
    return Split(combine(sums, salt), inner.values, totals[ends] - totals[ends - counts])


def _struct(array: pa.Array, codec: Codec, salt: Seed) -> Split:
    fields = {array.type.field(i).name: child for i, child in enumerate(array.flatten())}
    frame = zeros(len(array))
    parts = []
    for name, child in codec.children:
        part = split(fields[name], child, seed("field", name, str(int(salt.one))))
        frame.add(part.frame)
        parts.append(part)
    # Each field's floats come row by row; put those of one row side by side, field after field.
    rows = [np.repeat(np.arange(len(array)), part.counts) for part in parts]
    order = np.argsort(np.concatenate([np.zeros(0, np.int64), *rows]), kind="stable")
    values = np.concatenate([np.zeros(0), *(part.values for part in parts)])[order]
    counts = np.sum([np.zeros(len(array), np.int64), *(part.counts for part in parts)], axis=0)
    return Split(combine(frame, salt), values, counts)


def _map(array: pa.Array, codec: Codec, salt: Seed) -> Split:
    counts, keys, items = entries(array)
    hashed = hash_cells(keys, codec.child("key"), seed("key", str(int(salt.one))))
    # Entries have no order of their own; that of their keys' hashes is the same on both sides.
    order = np.lexsort((hashed.two, hashed.one, np.repeat(np.arange(len(array)), counts)))
    inner = split(items.take(pa.array(order)), codec.child("value"), seed("value", str(int(salt.one))))
    hashed = hashed.take(order)
    hashed.add(inner.frame)
    return _gather(sum_runs(combine(hashed, salt), counts), inner, counts, salt)


def _json(array: pa.Array, salt: Seed) -> Split:
    frames: list[str | None] = []
    values: list[float] = []
    counts: list[int] = []
    for text in array.to_pylist():
        found: list[float] = []
        frames.append(None if text is None else canonical(_without_floats(json.loads(text), found)))
        values.extend(found)
        counts.append(len(found))
    frame = hash_cells(pa.array(frames, pa.large_string()), Codec(Reading.BYTES), salt)
    return Split(frame, np.array(values, np.float64), np.array(counts, np.int64))


def _without_floats(value: Any, found: list[float]) -> Any:
    if isinstance(value, float) and math.isfinite(value):
        found.append(value)
        return {"\0float": ""}
    if isinstance(value, dict):
        return {name: _without_floats(value[name], found) for name in sorted(value)}
    if isinstance(value, list):
        return [_without_floats(item, found) for item in value]
    return value
