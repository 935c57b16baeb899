"""Arrow arrays as NumPy sees them: values, validity and offsets as they lie in memory, without a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SECOND = {"d": 1, "s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_DAY_SECONDS = 86_400


def plain(array: pa.Array) -> pa.Array:
    """The array without extensions, run-end encoding and views: storage that says nothing about the values."""
    kind = array.type
    if isinstance(kind, pa.BaseExtensionType):
        return plain(array.storage)
    if pa.types.is_run_end_encoded(kind):
        import pyarrow.compute as pc  # takes longer to import than most comparisons take

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


def instants(array: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Dates, times, timestamps and durations as whole seconds, rounded down, and the nanoseconds beyond them."""
    kind = array.type
    values = words(array).astype(np.int64)
    if pa.types.is_date32(kind):
        return values * _DAY_SECONDS, np.zeros(len(values), np.int64)
    scale = _SECOND["ms" if pa.types.is_date64(kind) else kind.unit]
    seconds = values // scale
    return seconds, (values - seconds * scale) * (1_000_000_000 // scale)


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
