"""Arrow arrays to hashes: one 128-bit hash a cell, the same for every way of storing the same value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from migrate.oracle.arrays import entries, instants, lists, plain, runs_of_bytes, valid, words
from migrate.oracle.codec import Codec, Reading
from migrate.oracle.hashing import (
    Lanes,
    Seed,
    combine,
    constant,
    hash_bytes,
    hash_two,
    hash_word,
    positions,
    seed,
    sum_runs,
    zeros,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from migrate.oracle.hashing import Words

_NULL = "null"
_NAN = np.uint64(0x7FF8000000000000)


def hash_cells(array: pa.Array, codec: Codec, salt: Seed) -> Lanes:
    """One hash a cell. NULL has a hash of its own; equal values have equal hashes however they are stored."""
    array = plain(array)
    rows = len(array)
    null = seed(_NULL, str(int(salt.one)))
    if array.null_count == rows:
        return constant(rows, null)
    if pa.types.is_dictionary(array.type):
        return _dictionary(array, codec, salt)
    lanes = _HASHERS[codec.reading](array, codec, salt)
    if array.null_count:
        missing = ~valid(array)
        lanes.one[missing], lanes.two[missing] = null.one, null.two
    return lanes


def _dictionary(array: pa.Array, codec: Codec, salt: Seed) -> Lanes:
    if len(array.dictionary) > 2 * len(array):
        return hash_cells(array.dictionary_decode(), codec, salt)
    # Each distinct value is hashed once; one more entry at the end stands for the NULLs among the indices.
    distinct = hash_cells(pa.concat_arrays([array.dictionary, pa.nulls(1, array.dictionary.type)]), codec, salt)
    places = np.where(valid(array), words(array.indices), len(array.dictionary))
    return distinct.take(places.astype(np.intp))


def _bits(array: pa.Array, codec: Codec, salt: Seed) -> Lanes:
    return hash_word(words(array).astype(np.int64, copy=False).view(np.uint64), salt)


def float_bits(values: NDArray[Any]) -> Words:
    """The bits of floats as 64-bit words, every NaN the same."""
    bits = values.astype(np.float64, copy=False).view(np.uint64)
    nan = np.isnan(values)
    return np.where(nan, _NAN, bits) if nan.any() else bits


def _float(array: pa.Array, codec: Codec, salt: Seed) -> Lanes:
    return hash_word(float_bits(words(array)), salt)


def _number(array: pa.Array, codec: Codec, salt: Seed) -> Lanes:
    kind = array.type
    if pa.types.is_decimal(kind):
        return _decimal_number(array, salt)
    values = words(array)
    if not pa.types.is_floating(kind):
        lanes = hash_word(values.astype(np.int64).view(np.uint64), salt)
        if kind == pa.uint64():
            _flip(lanes, values >= np.uint64(1 << 63))
        return lanes
    whole = np.isfinite(values) & (np.abs(values.astype(np.float64)) < 2.0**63)
    whole &= np.floor(np.where(whole, values, 0.5)) == values
    integers = np.where(whole, values, 0).astype(np.int64).view(np.uint64)
    lanes = hash_word(np.where(whole, integers, float_bits(values)), salt)
    _flip(lanes, ~whole)
    return lanes


def _decimal_number(array: pa.Array, salt: Seed) -> Lanes:
    import pyarrow.compute as pc  # only here: it takes long to import

    wide = array.cast(pa.decimal256(76, array.type.scale))
    integers = wide.cast(pa.int64(), safe=False)
    back = integers.cast(pa.decimal256(76, array.type.scale))
    whole = pc.fill_null(pc.equal(wide, back), True).to_numpy(zero_copy_only=False)
    as_float = float_bits(words(wide.cast(pa.float64())))
    lanes = hash_word(np.where(whole, words(integers).view(np.uint64), as_float), salt)
    _flip(lanes, ~whole)
    return lanes


def _flip(lanes: Lanes, rows: NDArray[np.bool_]) -> None:
    """Set the hashes of some rows apart from those of equal words that mean something else."""
    lanes.one[rows] = ~lanes.one[rows]
    lanes.two[rows] = ~lanes.two[rows]


def _instant(array: pa.Array, codec: Codec, salt: Seed) -> Lanes:
    seconds, nanoseconds = instants(array)
    return hash_two(seconds.view(np.uint64), nanoseconds.view(np.uint64), salt)


def _decimal(array: pa.Array, codec: Codec, salt: Seed) -> Lanes:
    kind = array.type
    if kind.bit_width < 128:
        array = array.cast(pa.decimal128(kind.precision, kind.scale))
    width = array.type.bit_width // 64
    first, last = array.offset * width, (array.offset + len(array)) * width
    parts = np.frombuffer(array.buffers()[1], np.uint64)[first:last].reshape(-1, width)
    if width == 4 and kind.precision <= 38:
        parts = parts[:, :2]
    lanes = hash_two(parts[:, 0], parts[:, 1], salt)
    if parts.shape[1] == 4:
        lanes.add(hash_two(parts[:, 2], parts[:, 3], seed("high words", str(int(salt.one)))))
    return lanes


def _bytes(array: pa.Array, codec: Codec, salt: Seed) -> Lanes:
    starts, sizes, data = runs_of_bytes(array)
    return hash_bytes(data, starts, sizes, salt)


def _list(array: pa.Array, codec: Codec, salt: Seed) -> Lanes:
    counts, elements = lists(array)
    hashed = hash_cells(elements, codec.child("item"), seed("item", str(int(salt.one))))
    place = positions(counts).view(np.uint64)
    # Adding the place before sealing makes the sum of a list depend on the order of its elements.
    sealed = combine(Lanes(hashed.one + place, hashed.two ^ place), salt)
    return _with_count(sum_runs(sealed, counts), counts, salt)


def _map(array: pa.Array, codec: Codec, salt: Seed) -> Lanes:
    counts, keys, values = entries(array)
    hashed = hash_cells(keys, codec.child("key"), seed("key", str(int(salt.one))))
    hashed.add(hash_cells(values, codec.child("value"), seed("value", str(int(salt.one)))))
    return _with_count(sum_runs(combine(hashed, salt), counts), counts, salt)


def _with_count(sums: Lanes, counts: NDArray[np.int64], salt: Seed) -> Lanes:
    sums.add(hash_word(counts.view(np.uint64), salt))
    return combine(sums, salt)


def _struct(array: pa.Array, codec: Codec, salt: Seed) -> Lanes:
    fields = {array.type.field(i).name: child for i, child in enumerate(array.flatten())}
    total = zeros(len(array))
    for name, child in codec.children:
        total.add(hash_cells(fields[name], child, seed("field", name, str(int(salt.one)))))
    return combine(total, salt)


def _validity(array: pa.Array, codec: Codec, salt: Seed) -> Lanes:
    return constant(len(array), salt)


_HASHERS = {
    Reading.BITS: _bits,
    Reading.FLOAT: _float,
    Reading.NUMBER: _number,
    Reading.INSTANT: _instant,
    Reading.DECIMAL: _decimal,
    Reading.BYTES: _bytes,
    Reading.LIST: _list,
    Reading.STRUCT: _struct,
    Reading.MAP: _map,
    Reading.VALIDITY: _validity,
}
