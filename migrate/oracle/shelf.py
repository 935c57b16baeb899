"""A place for record batches: in memory up to a limit, then in a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pyarrow as pa


class Shelf:
    """Keeps batches in order, each with a schema of its own, and gives them back any number of times."""

    def __init__(self, path: Path, memory: int) -> None:
        self._path, self._memory = path, memory
        self._held: list[pa.RecordBatch] = []
        self._spans: list[tuple[int, int]] = []
        self._file: IO[bytes] | None = None
        self.rows = 0
        self.bytes = 0

    def add(self, batch: pa.RecordBatch) -> None:
        if not batch.num_rows:
            return
        self.rows += batch.num_rows
        self.bytes += batch.nbytes
        if self._file is None and self.bytes <= self._memory:
            self._held.append(batch)
            return
        if self._file is None:
            self._file = self._path.open("w+b")
            for held in self._held:
                self._write(self._file, held)
            self._held = []
        self._write(self._file, batch)

    def _write(self, file: IO[bytes], batch: pa.RecordBatch) -> None:
        start = file.seek(0, 2)
        with pa.ipc.new_stream(file, batch.schema) as writer:
            writer.write_batch(batch)
        self._spans.append((start, file.tell() - start))

    @property
    def spilled(self) -> bool:
        return self._file is not None

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        if self._file is None:
            yield from self._held
            return
        for start, size in self._spans:
            self._file.seek(start)
            yield pa.ipc.open_stream(self._file.read(size)).read_next_batch()

    def close(self) -> None:
        """Give up what is kept, on disk too."""
        self._held = []
        if self._file is not None:
            self._file.close()
            self._path.unlink()
            self._file = None
