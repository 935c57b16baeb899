"""What two Parquet datasets being the same means, in plain Python and slowly, without a line of the oracle."""

from __future__ import annotations

import math
import re
import struct
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

NANOS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}


def meaning(folder: Path) -> tuple[dict[str, str], Counter[Any]]:
    """The columns' types by name and the rows as a multiset."""
    table = pa.concat_tables(
        [
            _with_folder_names(pq.read_table(file, partitioning=None), file, folder)
            for file in sorted(folder.rglob("*.parquet"))
            if not any(part.startswith(("_", ".")) for part in file.relative_to(folder).parts)
        ]
    )
    names = sorted(table.column_names)
    types = {name: _type(table.schema.field(name).type) for name in names}
    columns = [_values(table[name]) for name in names]
    return types, Counter(zip(*columns, strict=True))


def _with_folder_names(table: pa.Table, file: Path, folder: Path) -> pa.Table:
    for part in file.relative_to(folder).parent.parts:
        name, equals, text = part.partition("=")
        if equals:
            value = None if text == "__HIVE_DEFAULT_PARTITION__" else text
            # Only two columns stand in folder names in these datasets; their types are known.
            kind = {"bool": pa.bool_(), "count": pa.int32()}[name]
            table = table.append_column(name, pa.repeat(pa.scalar(value, pa.string()).cast(kind), table.num_rows))
    return table.select(sorted(table.column_names))


def _type(kind: pa.DataType) -> str:
    if pa.types.is_dictionary(kind):
        return _type(kind.value_type)
    if pa.types.is_struct(kind):
        return "struct" + repr(sorted((field.name, _type(field.type)) for field in kind.fields))
    if pa.types.is_map(kind):
        return f"map {_type(kind.key_type)} {_type(kind.item_type)}"
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return f"list {_type(kind.value_type)}"
    if pa.types.is_timestamp(kind):
        return f"timestamp {kind.tz is not None}"
    if pa.types.is_decimal(kind):
        return f"decimal {kind.precision} {kind.scale}"
    text = re.sub(r"\[\w+\]|^large_|^fixed_size_", "", str(kind))
    return {"date32": "date", "date64": "date", "time32": "time", "time64": "time"}.get(text, text)


def _values(column: pa.ChunkedArray) -> list[Any]:
    kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_duration(kind) or pa.types.is_time(kind):
        whole = column.cast(pa.int64()).to_pylist()
        return [None if value is None else value * NANOS[kind.unit] for value in whole]
    if pa.types.is_date64(kind):
        column = column.cast(pa.date32())
    return [_value(value, kind) for value in column.to_pylist()]


def _value(value: Any, kind: pa.DataType) -> Any:
    if isinstance(value, float) or (value is not None and pa.types.is_floating(kind)):
        return "nan" if math.isnan(value) else struct.pack("<d", value)
    if isinstance(value, dict):
        return tuple(sorted((name, _value(item, kind)) for name, item in value.items()))
    if isinstance(value, list):
        items = [_value(item, kind.value_type if pa.types.is_list(kind) else kind) for item in value]
        return ("map", *sorted(items)) if pa.types.is_map(kind) else ("list", *items)
    if isinstance(value, tuple):
        return tuple(_value(item, kind) for item in value)
    return (type(value).__name__, value)
