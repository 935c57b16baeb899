"""A place for record batches: in memory up to a limit, then in a file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import IO

import pyarrow as pa


class Shelf:
    """Keeps batches, each with a schema of its own, and gives them back any number of times.

    They come back by the number given with each, those of one number in the order in which they came.
    """

    def __init__(self, path: Path, memory: int) -> None:
        self._path, self._memory = path, memory
        self._held: list[tuple[int, pa.RecordBatch]] = []
        self._spans: list[tuple[int, int, int]] = []
        self._file: IO[bytes] | None = None
        self.rows = 0
        self.bytes = 0

    def add(self, batch: pa.RecordBatch, number: int = 0) -> None:
        if not batch.num_rows:
            return
        self.rows += batch.num_rows
        self.bytes += batch.nbytes
        if self._file is None and self.bytes <= self._memory:
            self._held.append((number, batch))
            return
        if self._file is None:
            self._file = self._path.open("w+b")
            for held_number, held in self._held:
                self._write(self._file, held, held_number)
            self._held = []
        self._write(self._file, batch, number)

    def _write(self, file: IO[bytes], batch: pa.RecordBatch, number: int) -> None:
        start = file.tell()
        with pa.ipc.new_stream(file, batch.schema) as writer:
            writer.write_batch(batch)
        self._spans.append((number, start, file.tell() - start))

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        if self._file is None:
            for _, batch in sorted(self._held, key=itemgetter(0)):
                yield batch
            return
        self._file.flush()
        for _, start, size in sorted(self._spans, key=itemgetter(0)):
            # Reads at a place of its own, so that several threads can read one shelf.
            yield pa.ipc.open_stream(os.pread(self._file.fileno(), size, start)).read_next_batch()

    def pieces(self) -> Sequence[Shelf]:
        """Itself: what lies in one file is read by one reader."""
        return (self,)

    def close(self) -> None:
        """Give up what is kept, on disk too."""
        self._held = []
        if self._file is not None:
            self._file.close()
            self._path.unlink()
            self._file = None
