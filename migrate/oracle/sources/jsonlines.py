"""JSON-lines datasets: one object a line, every value in one canonical spelling."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from migrate.errors import MigrateError
from migrate.oracle.executors import Executor, Kept, Scattering
from migrate.oracle.logical import JSON, Logical
from migrate.oracle.sources.files import Dataset
from migrate.oracle.sources.parquet import reading

_BATCH_LINES = 1 << 14
_DOUBLE_DIGITS = 17
"""So many significant digits tell any double from all others; a number with more is kept to its last digit."""


@dataclass(frozen=True)
class JsonSource:
    """JSON lines, parsed once; a key that a row lacks is absent, which null is not."""

    path: Path
    parsed: Kept
    names: tuple[str, ...]

    @classmethod
    def open(cls, dataset: Dataset, executor: Executor) -> JsonSource:
        if any(file.partition for file in dataset.files):
            raise MigrateError(
                f"{dataset.path} is partitioned JSON, which compare cannot read: compare one partition at a time."
            )
        paths = [file.path for file in dataset.files]
        found, (parsed,) = executor.scatter(_parsed, paths, 1, what="parsing JSON")
        return cls(dataset.path, parsed, tuple(dict.fromkeys(name for names in found for name in names)))

    @property
    def notes(self) -> Sequence[str]:
        return ()

    @property
    def rows(self) -> int | None:
        return self.parsed.rows

    def parts(self) -> Sequence[JsonSource]:
        return [JsonSource(self.path, piece, self.names) for piece in self.parsed.pieces()]

    @property
    def columns(self) -> Mapping[str, tuple[Logical, ...]]:
        return dict.fromkeys(self.names, (JSON,))

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        for batch in self.parsed:
            arrays = [
                batch.column(name) if name in batch.schema.names else pa.nulls(batch.num_rows) for name in columns
            ]
            yield pa.RecordBatch.from_arrays([*arrays, batch.column(_COUNT)], [*columns, _COUNT])


_COUNT = "\0row"
"""A column that every batch has, so that rows without any key are still rows."""


def _parsed(path: Path) -> Scattering[tuple[str, ...]]:
    """One file's rows as batches, and the names of its columns."""
    names: dict[str, None] = {}
    for rows in _rows(path):
        batch = _columns(rows)
        names.update(dict.fromkeys(batch.schema.names))
        yield 0, batch
    return tuple(name for name in names if name != _COUNT)


def _rows(path: Path) -> Iterator[list[dict[str, str]]]:
    rows: list[dict[str, str]] = []
    with reading(path), pa.input_stream(str(path), compression="detect") as stream:
        for number, line in _numbered_lines(stream):
            rows.append(_parse(path, number, line))
            if len(rows) == _BATCH_LINES:
                yield rows
                rows = []
    if rows:
        yield rows


def _numbered_lines(stream: pa.NativeFile) -> Iterator[tuple[int, bytes]]:
    number, rest = 0, b""
    while block := stream.read(1 << 22):
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            number += 1
            if line.strip():
                yield number, line
    if rest.strip():
        yield number + 1, rest


def _parse(path: Path, number: int, line: bytes) -> dict[str, str]:
    try:
        row = json.loads(line.decode("utf-8-sig"), object_pairs_hook=no_duplicates, parse_float=_number)
    except (ValueError, RecursionError) as error:
        raise MigrateError(
            f"{path}, line {number} is not one JSON object, it is damaged or not complete: {error}."
        ) from error
    if not isinstance(row, dict):
        raise MigrateError(f"{path}, line {number} is not a JSON object: compare reads JSON lines, one object a line.")
    return {name: canonical(value) for name, value in row.items()}


def no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object as a dict. Raises ValueError for a key that occurs twice, of which a dict would drop one."""
    row = dict(pairs)
    if len(row) < len(pairs):
        raise ValueError("an object has the same key twice")
    return row


def _number(text: str) -> float | Decimal:
    value = float(text)
    digits = text.lower().partition("e")[0].replace(".", "").lstrip("-0")
    if len(digits) <= _DOUBLE_DIGITS and abs(value) != float("inf"):
        return value
    return Decimal(text).normalize()


def canonical(value: Any) -> str:
    """The one spelling of a JSON value: keys sorted, no spaces, 1 and 1.0 and "1" kept apart."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_decimal)


def _decimal(value: Decimal) -> dict[str, str]:
    return {"\0decimal": str(value)}


def _columns(rows: list[dict[str, str]]) -> pa.RecordBatch:
    names = dict.fromkeys(name for row in rows for name in row)
    arrays = [pa.array([row.get(name) for row in rows], pa.large_string()) for name in names]
    return pa.RecordBatch.from_arrays([*arrays, pa.nulls(len(rows))], [*names, _COUNT])
