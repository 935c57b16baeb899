"""Arrow arrays to hashes: one 128-bit hash a cell, the same for every way of storing the same value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from migrate.oracle.codec import Codec, Reading
from migrate.oracle.hashing import (
    LONGEST_WORDWISE,
    Lanes,
    Seed,
    absorb_digests,
    absorb_words,
    combine,
    constant,
    hash_sizes,
    hash_two,
    hash_word,
    positions,
    seal,
    seed,
    sum_runs,
    zeros,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from migrate.oracle.hashing import Words

_NULL = "null"
_NAN = np.uint64(0x7FF8000000000000)
_SECOND = {"d": 1, "s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_DAY_SECONDS = 86_400
_WIDTHS = (32, 96, LONGEST_WORDWISE)
"""Values of up to so many bytes are padded to one width."""


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


def plain(array: pa.Array) -> pa.Array:
    """The array without extensions, run-end encoding and views: storage that says nothing about the values."""
    kind = array.type
    if isinstance(kind, pa.BaseExtensionType):
        return plain(array.storage)
    if pa.types.is_run_end_encoded(kind):
        return plain(pc.run_end_decode(array))
    if pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
        return array.cast(pa.large_binary())
    if pa.types.is_list_view(kind) or pa.types.is_large_list_view(kind):
        return array.cast(pa.large_list(kind.value_field))
    return array


def valid(array: pa.Array) -> NDArray[np.bool_]:
    """Where the array has a value."""
    if not array.null_count:
        return np.ones(len(array), np.bool_)
    if pa.types.is_null(array.type):
        return np.zeros(len(array), np.bool_)
    # Arrow's own conversion of booleans would import pandas.
    return _unpacked(array.buffers()[0], array).view(np.bool_)


def words(array: pa.Array) -> NDArray[Any]:
    """The values of a fixed-width array as they lie in memory; what stands in place of a NULL is arbitrary."""
    kind = array.type
    if pa.types.is_boolean(kind):
        return _unpacked(array.buffers()[1], array)
    dtype = _numpy_type(kind)
    return np.frombuffer(array.buffers()[1], dtype)[array.offset : array.offset + len(array)]


def arrow(values: NDArray[Any]) -> pa.Array:
    """Whole numbers as an array of Arrow's, without a copy. (`pa.array` would import pandas.)"""
    kind = {"i": pa.int64(), "u": pa.uint64()}[values.dtype.kind]
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(np.ascontiguousarray(values))])


def _unpacked(bits: pa.Buffer, array: pa.Array) -> NDArray[np.uint8]:
    flat = np.frombuffer(bits, np.uint8)
    return np.unpackbits(flat, bitorder="little", count=array.offset + len(array))[array.offset :]


def _numpy_type(kind: pa.DataType) -> np.dtype[Any]:
    if pa.types.is_integer(kind):
        return np.dtype(f"{'i' if pa.types.is_signed_integer(kind) else 'u'}{kind.bit_width // 8}")
    if pa.types.is_floating(kind):
        return np.dtype(f"f{kind.bit_width // 8}")
    return np.dtype(f"i{kind.bit_width // 8}")


def _dictionary(array: pa.Array, codec: Codec, salt: Seed) -> Lanes:
    if len(array.dictionary) > 2 * len(array):
        return hash_cells(array.dictionary_decode(), codec, salt)
    # Each distinct value is hashed once; one more entry at the end stands for the NULLs among the indices.
    distinct = hash_cells(pa.concat_arrays([array.dictionary, pa.nulls(1, array.dictionary.type)]), codec, salt)
    places = np.where(valid(array), words(array.indices), len(array.dictionary))
    return distinct.take(places.astype(np.intp))


def _bits(array: pa.Array, codec: Codec, salt: Seed) -> Lanes:
    return hash_word(words(array).astype(np.int64).view(np.uint64), salt)


def float_bits(values: NDArray[Any]) -> Words:
    """The bits of floats as 64-bit words, every NaN the same."""
    bits = values.astype(np.float64).view(np.uint64)
    nan = np.isnan(values)
    if nan.any():
        bits[nan] = _NAN
    return bits


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


def instants(array: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Dates, times, timestamps and durations as whole seconds, rounded down, and the nanoseconds beyond them."""
    kind = array.type
    values = words(array).astype(np.int64)
    if pa.types.is_date32(kind):
        return values * _DAY_SECONDS, np.zeros(len(values), np.int64)
    scale = _SECOND["ms" if pa.types.is_date64(kind) else kind.unit]
    seconds = values // scale
    return seconds, (values - seconds * scale) * (1_000_000_000 // scale)


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
    if pa.types.is_fixed_size_binary(array.type):
        array = array.cast(pa.binary())
    if array.null_count:
        array = pc.fill_null(array, _empty(array.type))
    sizes = words(pc.binary_length(array)).astype(np.int64)
    lanes = hash_sizes(sizes, salt)
    longest = int(sizes.max(initial=0))
    if longest <= _WIDTHS[0]:
        _absorb_wordwise(lanes, array, longest)
        return seal(lanes)
    # Padding to the longest would cost the short ones dearly, so rows are taken by how long they are.
    classes = np.searchsorted(_WIDTHS, sizes)
    for number in np.unique(classes).tolist():
        rows = np.flatnonzero(classes == number)
        chosen, some = array.take(arrow(rows)), lanes.take(rows)
        if number < len(_WIDTHS):
            _absorb_wordwise(some, chosen, int(sizes[rows].max()))
        else:
            starts, lengths, data = runs_of_bytes(chosen)
            spans = zip(starts.tolist(), lengths.tolist(), strict=True)
            absorb_digests(some, (data.data[start : start + length] for start, length in spans))
        lanes.one[rows], lanes.two[rows] = some
    return seal(lanes)


def _empty(kind: pa.DataType) -> pa.Scalar:
    """The empty text, or no bytes. (Made from Python's own, Arrow would import pandas.)"""
    return pa.Array.from_buffers(kind, 1, [None, pa.py_buffer(bytes(16)), pa.py_buffer(b"")])[0]


def _absorb_wordwise(lanes: Lanes, array: pa.Array, longest: int) -> None:
    """Absorb values of at most `longest` bytes, all rows side by side."""
    width = -(-longest // 8)
    if not width:
        return
    wide = pa.types.is_large_string(array.type) or pa.types.is_large_binary(array.type)
    padded = pc.ascii_rpad(array.view(pa.large_string() if wide else pa.string()), width * 8, padding="\0")
    _, _, data = runs_of_bytes(padded)
    absorb_words(lanes, data.view(np.uint64).reshape(-1, width))


def runs_of_bytes(array: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
    """Where each string or binary value starts, how many bytes it has, and the bytes."""
    kind = array.type
    if pa.types.is_fixed_size_binary(kind):
        raw = array.buffers()[1]
        starts = (np.arange(len(array), dtype=np.int64) + array.offset) * kind.byte_width
        return starts, np.full(len(array), kind.byte_width, np.int64), _bytes_of(raw)
    wide = pa.types.is_large_string(kind) or pa.types.is_large_binary(kind)
    offsets = np.frombuffer(array.buffers()[1], np.int64 if wide else np.int32)
    offsets = offsets[array.offset : array.offset + len(array) + 1].astype(np.int64)
    if not len(offsets):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.uint8)
    lengths = np.diff(offsets)
    if array.null_count:
        lengths = np.where(valid(array), lengths, 0)
    base = int(offsets[0])
    return offsets[:-1] - base, lengths, _bytes_of(array.buffers()[2])[base : int(offsets[-1])]


def _bytes_of(buffer: pa.Buffer | None) -> NDArray[np.uint8]:
    return np.zeros(0, np.uint8) if buffer is None else np.frombuffer(buffer, np.uint8)


def lists(array: pa.Array) -> tuple[NDArray[np.int64], pa.Array]:
    """How many elements each list has, 0 for a NULL, and the elements of all lists one after the other."""
    lengths = array.value_lengths()
    return np.where(valid(lengths), words(lengths), 0).astype(np.int64), array.flatten()


def entries(array: pa.Array) -> tuple[NDArray[np.int64], pa.Array, pa.Array]:
    """How many entries each map has, 0 for a NULL, and the keys and values of all maps one after the other."""
    offsets = words(array.offsets).astype(np.int64)
    counts = np.diff(offsets)
    if not array.null_count:
        return counts, array.keys, array.items
    present = valid(array)
    # A NULL may still own a stretch of entries; they are not values.
    keep = pa.array(np.repeat(present, counts))
    return np.where(present, counts, 0), array.keys.filter(keep), array.items.filter(keep)


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
