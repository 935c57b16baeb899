"""CSV datasets: text by named column, with the columns that have a tolerance read as numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from migrate.errors import MigrateError
from migrate.oracle.executors import Executor
from migrate.oracle.logical import ABSENT, DOUBLE, TEXT, Logical
from migrate.oracle.model import Options
from migrate.oracle.sources.dialect import Doubled, has_backslashes
from migrate.oracle.sources.files import Dataset
from migrate.oracle.sources.parquet import reading

_BLOCK_BYTES = 8 << 20
_DIALECT = "The CSV of the {side} side escapes quotes by backslashes, as Spark writes it, and is read so."
_INTEGER = r"^[+-]?\d+$"


@dataclass(frozen=True)
class DelimitedSource:
    """One CSV file or many, each with a header line.

    `numbers` are the columns to read as numbers, `backslashes` says that quotes are escaped as Spark does.
    """

    path: Path
    headers: tuple[tuple[Path, tuple[str, ...]], ...]
    backslashes: bool = False
    numbers: frozenset[str] = frozenset()

    @classmethod
    def open(cls, dataset: Dataset, executor: Executor) -> DelimitedSource:
        if any(file.partition for file in dataset.files):
            raise MigrateError(
                f"{dataset.path} is partitioned CSV, which compare cannot read: compare one partition at a time."
            )
        paths = [file.path for file in dataset.files]
        looks = list(executor.map(_look, paths, what="looking at files"))
        headers = tuple((path, header) for path, (header, _) in zip(paths, looks, strict=True))
        return cls(dataset.path, headers, any(backslashes for _, backslashes in looks))

    @property
    def notes(self) -> Sequence[str]:
        return (_DIALECT,) if self.backslashes else ()

    @property
    def rows(self) -> int | None:
        return None

    def parts(self) -> Sequence[DelimitedSource]:
        return [replace(self, headers=(header,)) for header in self.headers]

    def with_numbers(self, columns: frozenset[str]) -> DelimitedSource:
        return replace(self, numbers=columns)

    @property
    def columns(self) -> Mapping[str, tuple[Logical, ...]]:
        names = dict.fromkeys(name for _, header in self.headers for name in header)
        columns = {}
        for name in names:
            kind = DOUBLE if name in self.numbers else TEXT
            columns[name] = (kind,) if all(name in header for _, header in self.headers) else (kind, ABSENT)
        return columns

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        for path, header in self.headers:
            with reading(path), _stream(path, self.backslashes) as stream:
                for batch in _batches(stream, header):
                    arrays = [
                        self._column(path, batch, name) if name in header else pa.nulls(batch.num_rows)
                        for name in columns
                    ]
                    # Without columns a batch would forget how many rows it has.
                    yield pa.RecordBatch.from_arrays(arrays or [pa.nulls(batch.num_rows)], list(columns) or [""])

    def _column(self, path: Path, batch: pa.RecordBatch, name: str) -> pa.Array:
        texts = batch.column(name)
        if name not in self.numbers:
            return texts
        trimmed = pc.utf8_trim_whitespace(texts)
        present = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)
        try:
            return present.cast(pa.float64())
        except pa.ArrowInvalid as error:
            value = next(text for text in present.drop_null().to_pylist() if not is_number(text))
            raise MigrateError(
                f"{path} has {value!r} in column {name}, which a tolerance reads as numbers: give that column none."
            ) from error


def is_number(text: str) -> bool:
    """Whether Arrow reads this text as a floating-point number."""
    try:
        pa.scalar(text).cast(pa.float64())
    except pa.ArrowInvalid:
        return False
    return True


def _stream(path: Path, backslashes: bool = False) -> pa.NativeFile:
    if backslashes:
        return pa.PythonFile(Doubled(path), mode="r")
    return pa.input_stream(str(path), compression="detect")


def _look(path: Path) -> tuple[tuple[str, ...], bool]:
    """A file's header, and whether its quotes are escaped by backslashes."""
    with reading(path):
        backslashes = has_backslashes(path)
    return _header(path), backslashes


def _header(path: Path) -> tuple[str, ...]:
    with reading(path), _stream(path) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
        try:
            header = next(csv.reader(text, strict=True), [])
            "".join(header).encode("utf-8")
        except (csv.Error, UnicodeEncodeError) as error:
            raise MigrateError(f"{path}, line 1: the header cannot be read, the file is damaged: {error}.") from error
    if not header:
        raise MigrateError(f"{path} is empty: CSV needs a header line that names its columns.")
    duplicates = {name for name in header if header.count(name) > 1}
    if duplicates:
        raise MigrateError(f"{path}, line 1: more than one column is called {min(duplicates)!r}: rename one of them.")
    return tuple(header)


def _batches(stream: pa.NativeFile, header: Sequence[str]) -> Iterator[pa.RecordBatch]:
    reader = pa_csv.open_csv(
        stream,
        read_options=pa_csv.ReadOptions(block_size=_BLOCK_BYTES),
        # A line without anything is a row where there is one column, and nothing where there are more.
        parse_options=pa_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=len(header) > 1),
        convert_options=pa_csv.ConvertOptions(
            column_types={name: pa.string() for name in header}, null_values=[], strings_can_be_null=False
        ),
    )
    yield from reader


def numeric_columns(
    sources: tuple[DelimitedSource, DelimitedSource], options: Options, executor: Executor
) -> frozenset[str]:
    """The columns that the tolerance for the rest turns into numbers: nothing but numbers, and not integers only.

    A column of integers stays text, as no tolerance ever reaches an integer.
    """
    shared = sources[0].columns.keys() & sources[1].columns.keys()
    candidates = sorted(shared - set(options.keys) - set(options.ignore) - set(options.tolerances))
    parts = [part for source in sources for part in source.parts()]
    looks = list(executor.map(partial(_kinds_of_number, candidates), parts, what="looking for numbers"))
    fractional = frozenset().union(*(found for found, _ in looks))
    return fractional - frozenset().union(*(refuted for _, refuted in looks))


def _kinds_of_number(names: Sequence[str], part: DelimitedSource) -> tuple[set[str], set[str]]:
    """The columns in which there are numbers that are no integers, and those in which there is anything else."""
    fractional: set[str] = set()
    refuted: set[str] = set()
    for batch in part.batches(names):
        for name in names:
            texts = pc.utf8_trim_whitespace(batch.column(name))
            present = texts.filter(pc.not_equal(texts, ""))
            if pc.all(pc.match_substring_regex(present, _INTEGER)).as_py() is not False:
                continue
            try:
                present.cast(pa.float64())
                fractional.add(name)
            except pa.ArrowInvalid:
                refuted.add(name)
    return fractional, refuted
