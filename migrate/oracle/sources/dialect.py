"""The two ways in which CSV files write a quote inside quotes: doubled, or after a backslash as Spark does."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from migrate.errors import MigrateError

_CHUNK_BYTES = 1 << 22
_TOKEN = re.compile(rb'[^"]+|"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


def has_backslashes(path: Path) -> bool:
    """Whether quotes in this file are escaped by backslashes.

    Raises MigrateError for quotes that close in neither way: the file is damaged or not complete.
    """
    quotes, suspicious, last = 0, False, b""
    for chunk in _chunks(path):
        quotes += chunk.count(b'"')
        suspicious = suspicious or b'\\"' in last + chunk
        last = chunk[-1:]
    # Nearly every file is settled here, without being parsed.
    if not suspicious and quotes % 2 == 0:
        return False
    line = _first_error(path, backslashes=False)
    if line is None:
        return False
    if not suspicious or _first_error(path, backslashes=True) is not None:
        raise MigrateError(f"{path}, line {line}: the quotes do not close, the file is damaged or not complete.")
    return True


def _chunks(path: Path) -> Iterator[bytes]:
    with pa.input_stream(str(path), compression="detect") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            yield chunk


def _first_error(path: Path, *, backslashes: bool) -> int | None:
    """The line at which the file can be read no further, None where it can be read to its end."""
    with pa.input_stream(str(path), compression="detect") as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
        escape = {"doublequote": False, "escapechar": "\\"} if backslashes else {}
        reader = csv.reader(text, strict=True, **escape)  # type: ignore[arg-type]  # the names of options
        try:
            for _ in reader:
                pass
        except csv.Error:
            return reader.line_num
    return None


class Doubled(io.RawIOBase):
    """A file that escapes quotes by backslashes, read as if it doubled them."""

    def __init__(self, path: Path) -> None:
        self._parts = self._rewritten(path)
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # any writable buffer
        # The CSV reader takes one read for one block, and a block must hold whole rows: never give less than is there.
        while len(self._ready) < len(buffer) and (part := next(self._parts, None)) is not None:
            self._ready += part
        size = min(len(buffer), len(self._ready))
        buffer[:size] = self._ready[:size]
        self._ready = self._ready[size:]
        return size

    @staticmethod
    def _rewritten(path: Path) -> Iterator[bytes]:
        rest = b""
        for chunk in _chunks(path):
            rest += chunk
            parts, position = [], 0
            while found := _TOKEN.match(rest, position):
                inner = found.group(1)
                if inner is None:
                    parts.append(found.group())
                else:
                    parts.append(b'"' + _ESCAPED.sub(rb"\1", inner).replace(b'"', b'""') + b'"')
                position = found.end()
            rest = rest[position:]
            yield b"".join(parts)
        yield rest
