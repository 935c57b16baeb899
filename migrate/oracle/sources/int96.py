"""INT96, Spark's default for timestamps in Parquet: instants, in the unit that holds them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from migrate.errors import MigrateError

_SPARK = b"org.apache.spark.version"

Open = Callable[[str], AbstractContextManager[pq.ParquetFile]]
"""Opens the file, its INT96 columns read in a unit."""


def as_instants(path: object, metadata: pq.FileMetaData, schema: pa.Schema, open_in: Open) -> tuple[pa.Schema, str]:
    """The file's schema with every INT96 column as what it is, and the unit in which those fit.

    Raises MigrateError, which names the file by its `path`, where no unit holds them all.
    """
    int96 = [metadata.schema.column(i).physical_type == "INT96" for i in range(metadata.num_columns)]
    if not any(int96):
        return schema, "us"
    unit = "us"
    # Spark writes no nanoseconds; of any other file only its values tell.
    if _SPARK not in (metadata.metadata or {}):
        unit = _unit(path, [field.name for field in schema if _has_leaf(metadata, field.name, int96)], open_in)
    leaves = iter(int96)
    return pa.schema([field.with_type(_as_instant(field.type, leaves, unit)) for field in schema]), unit


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


def _unit(path: object, names: list[str], open_in: Open) -> str:
    """The unit in which the INT96 values of these columns fit: microseconds, or nanoseconds where they have them.

    INT96 holds nanoseconds of any year, more than either unit can. Read as nanoseconds, a year outside 1678 to 2261
    wraps around without a word; read as microseconds, digits fall off.
    """
    finer = outside = False
    with open_in("us") as coarse, open_in("ns") as fine:
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
