"""The published list of harmless changes: every way of storing the same dataset that must not make a difference."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

Write = Callable[[pa.Table, Path], None]


@dataclass(frozen=True)
class Storage:
    """A way to write a table into a folder as Parquet."""

    name: str
    write: Write


def plain(table: pa.Table, folder: Path) -> None:
    """One file, as PyArrow writes it."""
    pq.write_table(table, folder / "part-0.parquet")


def _with(**options: Any) -> Write:
    return lambda table, folder: pq.write_table(table, folder / "part-0.parquet", **options)


def _changed(change: Callable[[pa.Table], pa.Table]) -> Write:
    return lambda table, folder: plain(change(table), folder)


def _columns(change: Callable[[pa.Array], pa.Array]) -> Callable[[pa.Table], pa.Table]:
    return lambda table: pa.table({name: change(table[name].combine_chunks()) for name in table.column_names})


def _typed(types: Callable[[pa.DataType], pa.DataType]) -> Write:
    return _changed(_columns(lambda array: array.cast(types(array.type))))


def _shuffled(table: pa.Table) -> pa.Table:
    return table.take(pa.array(np.random.default_rng(7).permutation(table.num_rows)))


def _split(files: int, shuffle: bool = False) -> Write:
    def write(table: pa.Table, folder: Path) -> None:
        rows = _shuffled(table) if shuffle else table
        size = math.ceil(rows.num_rows / files)
        for number in range(files):
            pq.write_table(rows.slice(number * size, size), folder / f"part-{files - number:05d}.parquet")

    return write


def _nested_folders(table: pa.Table, folder: Path) -> None:
    for number, name in enumerate(("b", "a/c")):
        (folder / name).mkdir(parents=True)
        half = table.num_rows // 2
        pq.write_table(table.slice(number * half, half + table.num_rows * number), folder / name / "part.parquet")


def _beside_hidden(table: pa.Table, folder: Path) -> None:
    plain(table, folder)
    (folder / "_SUCCESS").touch()
    (folder / ".part-0.parquet.crc").write_bytes(b"crc")
    (folder / "_temporary").mkdir()
    pq.write_table(table.slice(0, 1), folder / "_temporary" / "part-9.parquet")


def _empty_file_beside(table: pa.Table, folder: Path) -> None:
    plain(table, folder)
    pq.write_table(table.slice(0, 0), folder / "part-1.parquet")


def _partitioned(table: pa.Table, folder: Path) -> None:
    """One column in the names of folders, as `partitionBy` writes it."""
    column = "bool" if "bool" in table.column_names else "count"
    texts = table[column].cast(pa.string()).to_pylist()
    for value in dict.fromkeys(texts):
        rows = table.filter(pa.array([text == value for text in texts])).drop_columns([column])
        below = folder / f"{column}={'__HIVE_DEFAULT_PARTITION__' if value is None else value}"
        below.mkdir()
        plain(rows, below)


def _large(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_string(kind):
        return pa.large_string()
    if pa.types.is_binary(kind):
        return pa.large_binary()
    if pa.types.is_list(kind):
        return pa.large_list(_large(kind.value_type))
    return kind


def _dictionary(array: pa.Array) -> pa.Array:
    encodable = pa.types.is_string(array.type) or pa.types.is_integer(array.type) or pa.types.is_binary(array.type)
    return array.dictionary_encode() if encodable else array


def _not_nullable(table: pa.Table) -> pa.Table:
    fields = [field.with_nullable(table[field.name].null_count > 0) for field in table.schema]
    return pa.table(table.columns, schema=pa.schema(fields))


def _other_units(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_timestamp(kind) and kind.tz is None:
        return pa.timestamp("ns")
    if pa.types.is_duration(kind):
        return pa.duration("ns")
    if pa.types.is_date32(kind):
        return pa.date64()
    return pa.time64("ns") if pa.types.is_time64(kind) else kind


def _fields_reversed(array: pa.Array) -> pa.Array:
    if not pa.types.is_struct(array.type):
        return array
    names = [array.type.field(i).name for i in range(array.type.num_fields)]
    return pa.StructArray.from_arrays(array.flatten()[::-1], names=names[::-1], mask=array.is_null())


def _entries_reversed(array: pa.Array) -> pa.Array:
    if not pa.types.is_map(array.type):
        return array
    return pa.array([value and value[::-1] for value in array.to_pylist()], array.type)


def _other_nans(array: pa.Array) -> pa.Array:
    if not pa.types.is_float64(array.type):
        return array
    bits = array.fill_null(0.0).to_numpy(zero_copy_only=False).view(np.uint64).copy()
    bits[np.isnan(bits.view(np.float64))] = 0xFFF8_0000_0000_00FF
    return pa.array(bits.view(np.float64), mask=array.is_null().to_numpy(zero_copy_only=False))


def _other_bytes_under_nulls(array: pa.Array) -> pa.Array:
    """What lies where a value is missing is not a value."""
    if not pa.types.is_int64(array.type):
        return array
    return pa.array(array.fill_null(77).to_numpy(), mask=array.is_null().to_numpy(zero_copy_only=False))


_CODECS: Mapping[str, str] = {name: name for name in ("none", "snappy", "gzip", "zstd", "lz4", "brotli")}

STORAGES: Sequence[Storage] = (
    Storage("written again", plain),
    Storage("rows shuffled", _changed(_shuffled)),
    Storage("rows in reverse", _changed(lambda table: table.take(pa.array(range(table.num_rows)[::-1])))),
    Storage("split into 7 files", _split(7)),
    Storage("split into 30 files and shuffled", _split(30, shuffle=True)),
    Storage("split into nested folders", _nested_folders),
    Storage("beside hidden files", _beside_hidden),
    Storage("beside a file without rows", _empty_file_beside),
    Storage("partitioned by a column", _partitioned),
    Storage("row groups of 9", _with(row_group_size=9)),
    *(Storage(f"compressed: {codec}", _with(compression=codec)) for codec in _CODECS),
    Storage("without dictionaries", _with(use_dictionary=False)),
    Storage("data pages version 2", _with(data_page_version="2.0", data_page_size=256)),
    Storage("format version 2.4", _with(version="2.4")),
    Storage("with page checksums", _with(write_page_checksum=True)),
    Storage("without statistics", _with(write_statistics=False)),
    Storage("large types", _typed(_large)),
    Storage("dictionary types", _changed(_columns(_dictionary))),
    Storage("other units of time", _typed(_other_units)),
    Storage("not nullable where nothing is NULL", _changed(_not_nullable)),
    Storage("columns in reverse", _changed(lambda table: table.select(table.column_names[::-1]))),
    Storage("struct fields in reverse", _changed(_columns(_fields_reversed))),
    Storage("map entries in reverse", _changed(_columns(_entries_reversed))),
    Storage("other NaNs", _changed(_columns(_other_nans))),
    Storage("other bytes under NULLs", _changed(_columns(_other_bytes_under_nulls))),
    Storage(
        "with metadata of its own", _changed(lambda table: table.replace_schema_metadata({"written by": "another"}))
    ),
)
