"""Readers of datasets: whatever the format, columns with logical types and batches of rows, again and again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from migrate.oracle.executors import Executor
from migrate.oracle.logical import Logical
from migrate.oracle.sources.files import Format, find

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS = 1 << 16
BATCH_BYTES = 16 << 20
"""A batch holds at most so many rows and aims at no more than so many bytes."""


class Source(Protocol):
    """One side of a comparison, which can be read any number of times, always in the same order."""

    @property
    def path(self) -> Path:
        """Where it was found."""

    @property
    def columns(self) -> Mapping[str, tuple[Logical, ...]]:
        """The logical types of each column: one, unless the files disagree."""

    @property
    def notes(self) -> Sequence[str]:
        """What a person should know of how it was read; `{side}` stands for the side's name."""

    @property
    def rows(self) -> int | None:
        """How many there are, where that is known without reading them."""

    def parts(self) -> Sequence[Source]:
        """The same dataset in pieces that follow each other, each of which can be read by another process."""

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """These columns of all rows. A column that a file lacks is NULL there. Raises MigrateError on damage."""


def open_source(path: Path, wanted: Format | None, executor: Executor) -> Source:
    """The reader of the dataset at a path; what has to be looked at first is looked at by tasks of the executor.

    Raises MigrateError when there is nothing to read, or what there is cannot be read.
    """
    dataset = find(path, wanted)
    if dataset.format is Format.PARQUET:
        from migrate.oracle.sources.parquet import ParquetSource

        return ParquetSource.open(dataset, executor)
    if dataset.format is Format.CSV:
        from migrate.oracle.sources.delimited import DelimitedSource

        return DelimitedSource.open(dataset, executor)
    if dataset.format is Format.JSON:
        from migrate.oracle.sources.jsonlines import JsonSource

        return JsonSource.open(dataset, executor)
    from migrate.oracle.sources.text import TextSource

    return TextSource(dataset)
