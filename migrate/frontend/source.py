"""Bytes of a script or notebook to source text: encodings, byte order marks and notebook cells."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

# str.splitlines would also break at form feeds and Unicode separators, which Python's own line count does not.
LINE_END = re.compile(r"(\r\n|\r|\n)")
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True)
class Cell:
    """A code cell: its place among all cells from 0, and the line of the joined text (from 1) where it starts."""

    index: int
    first_line: int


@dataclass(frozen=True)
class Source:
    """The text of one file as it is analysed; ``cells`` is empty but for Jupyter notebooks.

    ``sql`` holds SQL found outside of Python's own strings (notebook magics), ``runs`` the notebooks that
    ``%run`` includes, each with its line.
    """

    text: str
    cells: tuple[Cell, ...] = ()
    sql: tuple[tuple[int, str], ...] = ()
    runs: tuple[tuple[int, str], ...] = ()
    notebook: bool = False


def decode(data: bytes) -> str:
    """Source bytes as text, newlines kept: a byte order mark wins, then a coding line, then UTF-8, then Latin-1."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    for line in data.split(b"\n", 2)[:2]:
        match = _COOKIE.match(line)
        if match:
            try:
                return storable(data.decode(match.group(1).decode("ascii")))
            except (LookupError, UnicodeError):
                break
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def storable(text: str) -> str:
    """The text with a question mark for each lone surrogate, which no encoding can write."""
    return text if text.isascii() else text.encode("utf-8", errors="replace").decode("utf-8")


def split_lines(text: str) -> list[str]:
    """The lines of a source text without their ends."""
    return LINE_END.split(text)[::2]
