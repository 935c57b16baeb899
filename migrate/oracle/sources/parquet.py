"""Parquet datasets: logical types from the footers, batches in bounded memory, damage named by its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from migrate.errors import MigrateError
from migrate.oracle.logical import ABSENT, Logical, logical
from migrate.oracle.sources import BATCH_BYTES, BATCH_ROWS
from migrate.oracle.sources.files import DataFile, Dataset

_REPETITIVE_BYTES = 2
_SPARK = b"org.apache.spark.version"


@dataclass(frozen=True)
class _File:
    """One Parquet file as its footer describes it.

    ``schema`` has INT96 columns as what they are, instants. ``int96`` is the unit in which those fit. ``repetitive``
    names columns of few distinct texts, which are better read as indices into a dictionary.
    """

    file: DataFile
    schema: pa.Schema
    rows: int
    bytes_of: Mapping[str, int]
    int96: str
    repetitive: tuple[str, ...]


@dataclass(frozen=True)
class ParquetSource:
    """One Parquet file or many; `partition_types` says how to read the values that stand in folder names."""

    path: Path
    files: tuple[_File, ...]
    partition_types: Mapping[str, pa.DataType]

    @classmethod
    def open(cls, dataset: Dataset) -> ParquetSource:
        return cls(dataset.path, tuple(_footer(file) for file in dataset.files), {})

    @property
    def notes(self) -> Sequence[str]:
        return ()

    @property
    def partition_columns(self) -> frozenset[str]:
        return frozenset(name for file in self.files for name, _ in file.file.partition)

    def typed(self, partition_types: Mapping[str, pa.DataType]) -> ParquetSource:
        """The same dataset, with its folder names' values read as these types where every one of them can be."""
        fitting = {
            name: kind
            for name, kind in partition_types.items()
            if name in self.partition_columns and all(_fits(value, kind) for value in self._partition_values(name))
        }
        return ParquetSource(self.path, self.files, fitting)

    def _partition_values(self, name: str) -> set[str | None]:
        return {value for file in self.files for key, value in file.file.partition if key == name}

    @property
    def columns(self) -> Mapping[str, tuple[Logical, ...]]:
        schemas = [self._schema(file) for file in self.files]
        names = dict.fromkeys(name for schema in schemas for name in schema.names)
        columns: dict[str, tuple[Logical, ...]] = {}
        for name in names:
            kinds: dict[str, Logical] = {}
            for schema in schemas:
                if name not in schema.names:
                    kinds[ABSENT.name] = ABSENT
                elif (kind := schema.field(name).type) is not None and str(kind) not in kinds:
                    kinds[str(kind)] = logical(kind)
            columns[name] = tuple(kinds.values())
        return columns

    def _schema(self, file: _File) -> pa.Schema:
        schema = file.schema
        for name, _ in file.file.partition:
            if name in schema.names:
                raise MigrateError(f"{file.file.path} holds the column {name}, which its folder's name holds too.")
            schema = schema.append(pa.field(name, self.partition_types.get(name, pa.string())))
        return schema

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        for file in self.files:
            stored = [name for name in columns if name in file.schema.names]
            with reading(file.file.path), _open(file.file.path, file.int96, file.repetitive) as reader:
                read = 0
                for batch in reader.iter_batches(batch_size=_batch_rows(file, stored), columns=stored):
                    read += batch.num_rows
                    yield self._assemble(file, batch, columns)
                if read != file.rows:
                    raise MigrateError(
                        f"{file.file.path} has {read} rows where its footer says {file.rows}: it is damaged."
                    )

    def _assemble(self, file: _File, batch: pa.RecordBatch, columns: Sequence[str]) -> pa.RecordBatch:
        partition = dict(file.file.partition)
        arrays = []
        for name in columns:
            if name in file.schema.names:
                array, kind = batch.column(name), file.schema.field(name).type
                arrays.append(array if array.type == kind or name in file.repetitive else array.cast(kind))
            elif name in partition:
                value = pa.scalar(partition[name], pa.string()).cast(self.partition_types.get(name, pa.string()))
                arrays.append(pa.repeat(value, batch.num_rows))
            else:
                arrays.append(pa.nulls(batch.num_rows))
        # Without columns a batch would forget how many rows it has.
        return pa.RecordBatch.from_arrays(arrays or [pa.nulls(batch.num_rows)], list(columns) or [""])


def _fits(value: str | None, kind: pa.DataType) -> bool:
    if value is None:
        return True
    try:
        # Only what is written the usual way: 007 in a folder's name is not the number 7.
        return bool(pa.scalar(value).cast(kind).cast(pa.string()).as_py() == value)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Say which file a failure of the reader comes from."""
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        reason = " ".join(str(error).split())
        raise MigrateError(f"{path} cannot be read, it is damaged or not complete: {reason}") from error


def _open(path: Path, int96: str, repetitive: Sequence[str] = ()) -> pq.ParquetFile:
    return pq.ParquetFile(
        path,
        read_dictionary=list(repetitive),
        page_checksum_verification=True,
        coerce_int96_timestamp_unit=int96,
        pre_buffer=False,
        buffer_size=1 << 20,
    )


def _footer(file: DataFile) -> _File:
    with reading(file.path), _open(file.path, "us") as reader:
        metadata, schema = reader.metadata, reader.schema_arrow
        duplicates = {name for name in schema.names if schema.names.count(name) > 1}
        if duplicates:
            raise MigrateError(f"{file.path} has more than one column called {min(duplicates)}: rename one of them.")
        int96 = [metadata.schema.column(i).physical_type == "INT96" for i in range(metadata.num_columns)]
        unit = "us"
        if any(int96):
            leaves = iter(int96)
            schema = pa.schema([field.with_type(_as_instant(field.type, leaves, unit)) for field in schema])
            names = [field.name for field in schema if _has_leaf(metadata, field.name, int96)]
            if _SPARK not in (metadata.metadata or {}) and (unit := _int96_unit(file.path, names)) != "us":
                leaves = iter(int96)
                schema = pa.schema([field.with_type(_as_instant(field.type, leaves, unit)) for field in schema])
        return _File(
            file, schema.remove_metadata(), metadata.num_rows, _bytes_of(metadata), unit, _repetitive(metadata, schema)
        )


def _repetitive(metadata: pq.FileMetaData, schema: pa.Schema) -> tuple[str, ...]:
    """The text columns of which a value takes next to nothing, as only an index into few distinct ones does."""
    sizes = _bytes_of(metadata)
    return tuple(
        field.name
        for field in schema
        if (pa.types.is_string(field.type) or pa.types.is_binary(field.type))
        and sizes.get(field.name, 0) < _REPETITIVE_BYTES * metadata.num_rows
    )


def _bytes_of(metadata: pq.FileMetaData) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for group in range(metadata.num_row_groups):
        for index in range(metadata.num_columns):
            column = metadata.row_group(group).column(index)
            name = column.path_in_schema.split(".")[0]
            sizes[name] = sizes.get(name, 0) + column.total_uncompressed_size
    return sizes


def _batch_rows(file: _File, columns: Sequence[str]) -> int:
    size = sum(file.bytes_of.get(name, 0) for name in columns)
    return max(1, min(BATCH_ROWS, BATCH_BYTES * max(file.rows, 1) // max(size, 1)))


def _has_leaf(metadata: pq.FileMetaData, name: str, marked: Sequence[bool]) -> bool:
    paths = (metadata.schema.column(i).path for i in range(metadata.num_columns))
    return any(mark and (path == name or path.startswith(name + ".")) for mark, path in zip(marked, paths, strict=True))


def _as_instant(kind: pa.DataType, int96: Iterator[bool], unit: str) -> pa.DataType:
    """The type with every INT96 leaf as an instant. Leaves come in the order of the file's physical columns."""
    if pa.types.is_struct(kind):
        fields = [kind.field(i) for i in range(kind.num_fields)]
        return pa.struct([field.with_type(_as_instant(field.type, int96, unit)) for field in fields])
    if pa.types.is_map(kind):
        key = kind.key_field.with_type(_as_instant(kind.key_type, int96, unit))
        return pa.map_(key, kind.item_field.with_type(_as_instant(kind.item_type, int96, unit)))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        value = kind.value_field.with_type(_as_instant(kind.value_type, int96, unit))
        return pa.list_(value) if pa.types.is_list(kind) else pa.large_list(value)
    # Spark and Hive mean an instant by INT96; Arrow reads it as a time without zone.
    return pa.timestamp(unit, "UTC") if next(int96) else kind


def _int96_unit(path: Path, names: list[str]) -> str:
    """The unit in which the INT96 values of these columns fit: microseconds, or nanoseconds where they have them.

    INT96 holds nanoseconds of any year, more than either unit can. Read as nanoseconds, a year outside 1678 to 2261
    wraps around without a word; read as microseconds, digits fall off.
    """
    finer = outside = False
    with reading(path), _open(path, "us") as coarse, _open(path, "ns") as fine:
        pairs = zip(coarse.iter_batches(columns=names), fine.iter_batches(columns=names), strict=True)
        for one, other in pairs:
            for low, high in zip(_timestamps(one), _timestamps(other), strict=True):
                micros, nanos = (array.drop_null().view(pa.int64()).to_numpy() for array in (low, high))
                with np.errstate(over="ignore"):
                    finer |= bool((nanos - micros * 1000).any())
                outside |= bool((np.floor_divide(nanos, 1000) != micros).any())
    if finer and outside:
        raise MigrateError(
            f"{path} holds INT96 timestamps with nanoseconds and years outside 1678 to 2261: no unit holds both."
        )
    return "ns" if finer else "us"


def _timestamps(batch: pa.RecordBatch) -> Iterator[pa.Array]:
    pending = [batch.column(i) for i in range(batch.num_columns)]
    while pending:
        array = pending.pop()
        if pa.types.is_timestamp(array.type):
            yield array
        elif pa.types.is_struct(array.type):
            pending.extend(array.flatten())
        elif pa.types.is_map(array.type):
            pending.extend([array.keys, array.items])
        elif pa.types.is_nested(array.type):
            pending.append(array.flatten())


def match_partitions(left: ParquetSource, right: ParquetSource) -> tuple[ParquetSource, ParquetSource]:
    """Both sides, the values in one side's folder names read in the types of the other side's columns.

    Splitting a dataset into folders is storage; what stands in their names is text only for want of anything better.
    """
    return left.typed(_types(right)), right.typed(_types(left))


def _types(source: ParquetSource) -> dict[str, pa.DataType]:
    schema = source.files[0].schema
    return {field.name: field.type for field in schema if field.name not in source.partition_columns}
