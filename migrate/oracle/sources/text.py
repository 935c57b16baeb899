"""Text datasets: one row a line, its bytes as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from migrate.oracle.logical import TEXT, Logical
from migrate.oracle.sources.files import Dataset
from migrate.oracle.sources.parquet import reading

_BLOCK_BYTES = 4 << 20
LINE = "line"


@dataclass(frozen=True)
class TextSource:
    """One text file or many; a newline ends a line, and one at a file's very end starts no other."""

    dataset: Dataset

    @property
    def path(self) -> Path:
        return self.dataset.path

    @property
    def notes(self) -> Sequence[str]:
        return ()

    @property
    def rows(self) -> int | None:
        return None

    def parts(self) -> Sequence[TextSource]:
        return [TextSource(replace(self.dataset, files=(file,))) for file in self.dataset.files]

    @property
    def columns(self) -> Mapping[str, tuple[Logical, ...]]:
        return {LINE: (TEXT,)}

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        for file in self.dataset.files:
            with reading(file.path), pa.input_stream(str(file.path), compression="detect") as stream:
                for lines in _lines(stream):
                    yield pa.RecordBatch.from_arrays([_array(lines)], [LINE])


def _lines(stream: pa.NativeFile) -> Iterator[list[bytes]]:
    rest = b""
    while block := stream.read(_BLOCK_BYTES):
        *lines, rest = (rest + block).split(b"\n")
        if lines:
            yield lines
    if rest:
        yield [rest]


def _array(lines: list[bytes]) -> pa.Array:
    # Bytes that are not UTF-8 are compared as they are; only showing them needs a substitute.
    return pa.array(lines, pa.large_binary()).view(pa.large_string())
