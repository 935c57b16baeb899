"""Parquet datasets: logical types from the footers, batches in bounded memory, damage named by its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from migrate.errors import MigrateError
from migrate.oracle.executors import Executor
from migrate.oracle.logical import ABSENT, Logical, logical
from migrate.oracle.sources import BATCH_BYTES, BATCH_ROWS
from migrate.oracle.sources.files import DataFile, Dataset
from migrate.oracle.sources.int96 import as_instants

_REPETITIVE_BYTES = 2
_PART_BYTES, _PART_ROWS = 256 << 20, 1 << 20
"""A piece of a file holds row groups up to so many bytes and about so many rows, or one that is larger."""


class _Group(NamedTuple):
    """One row group: its number in the file, and how many rows and bytes are in it."""

    number: int
    rows: int
    bytes: int


@dataclass(frozen=True)
class _File:
    """One Parquet file, or some of its row groups, as its footer describes it.

    ``schema`` has INT96 columns as what they are, instants. ``int96`` is the unit in which those fit. ``repetitive``
    names columns of few distinct texts, which are better read as indices into a dictionary.
    """

    file: DataFile
    schema: pa.Schema
    groups: tuple[_Group, ...]
    row_bytes: Mapping[str, float]
    int96: str
    repetitive: tuple[str, ...]

    @property
    def rows(self) -> int:
        return sum(group.rows for group in self.groups)

    def cut(self) -> Iterator[_File]:
        """The same file in pieces of row groups that follow each other; one piece where there is no row group."""
        piece: list[_Group] = []
        for group in self.groups:
            full = sum(g.bytes for g in piece) + group.bytes > _PART_BYTES or sum(g.rows for g in piece) >= _PART_ROWS
            if piece and full:
                yield replace(self, groups=tuple(piece))
                piece = []
            piece.append(group)
        yield replace(self, groups=tuple(piece))


@dataclass(frozen=True)
class ParquetSource:
    """One Parquet file or many; `partition_types` says how to read the values that stand in folder names."""

    path: Path
    files: tuple[_File, ...]
    partition_types: Mapping[str, pa.DataType]

    @classmethod
    def open(cls, dataset: Dataset, executor: Executor) -> ParquetSource:
        return cls(dataset.path, tuple(executor.map(_footer, dataset.files, what="reading footers")), {})

    @property
    def notes(self) -> Sequence[str]:
        return ()

    @property
    def rows(self) -> int | None:
        return sum(file.rows for file in self.files)

    def parts(self) -> Sequence[ParquetSource]:
        return [replace(self, files=(piece,)) for file in self.files for piece in file.cut()]

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
        return replace(self, partition_types=fitting)

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
                groups = [group.number for group in file.groups]
                size = _batch_rows(file, stored)
                for batch in reader.iter_batches(batch_size=size, row_groups=groups, columns=stored, use_threads=False):
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
    with reading(file.path), file.path.open("rb") as start:
        # Arrow looks for these bytes at the end only.
        if (magic := start.read(4)) not in (b"PAR1", b"PARE", b""):
            raise MigrateError(f"{file.path} begins with {magic!r} where Parquet has b'PAR1': it is damaged.")
    with reading(file.path), _open(file.path, "us") as reader:
        metadata, schema = reader.metadata, reader.schema_arrow
        duplicates = {name for name in schema.names if schema.names.count(name) > 1}
        if duplicates:
            raise MigrateError(f"{file.path} has more than one column called {min(duplicates)}: rename one of them.")
        schema, unit = as_instants(file.path, metadata, schema, partial(_open, file.path))
        groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
        sizes = tuple(_Group(number, group.num_rows, group.total_byte_size) for number, group in enumerate(groups))
        return _File(file, schema.remove_metadata(), sizes, _row_bytes(metadata), unit, _repetitive(metadata, schema))


def _repetitive(metadata: pq.FileMetaData, schema: pa.Schema) -> tuple[str, ...]:
    """The text columns of which a value takes next to nothing, as only an index into few distinct ones does."""
    sizes = _row_bytes(metadata)
    return tuple(
        field.name
        for field in schema
        if (pa.types.is_string(field.type) or pa.types.is_binary(field.type))
        and sizes.get(field.name, 0) < _REPETITIVE_BYTES
    )


def _row_bytes(metadata: pq.FileMetaData) -> dict[str, float]:
    """How many bytes a row takes on average, by column."""
    sizes: dict[str, float] = {}
    for group in range(metadata.num_row_groups):
        for index in range(metadata.num_columns):
            column = metadata.row_group(group).column(index)
            name = column.path_in_schema.split(".")[0]
            sizes[name] = sizes.get(name, 0) + column.total_uncompressed_size
    return {name: size / max(metadata.num_rows, 1) for name, size in sizes.items()}


def _batch_rows(file: _File, columns: Sequence[str]) -> int:
    size = sum(file.row_bytes.get(name, 0) for name in columns)
    return max(1, min(BATCH_ROWS, int(BATCH_BYTES / max(size, 1))))


def match_partitions(left: ParquetSource, right: ParquetSource) -> tuple[ParquetSource, ParquetSource]:
    """Both sides, the values in one side's folder names read in the types of the other side's columns.

    Splitting a dataset into folders is storage; what stands in their names is text only for want of anything better.
    """
    return left.typed(_types(right)), right.typed(_types(left))


def _types(source: ParquetSource) -> dict[str, pa.DataType]:
    schema = source.files[0].schema
    return {field.name: field.type for field in schema if field.name not in source.partition_columns}
