"""Source lines by path, as the spans of a report count them."""

from __future__ import annotations

import re
from collections.abc import Mapping

# str.splitlines would also break at form feeds and Unicode separators, which Python's own line count does not.
_LINE_END = re.compile(r"\r\n|\r|\n")


def split_lines(text: str) -> list[str]:
    """The lines of a source text without their ends."""
    return _LINE_END.split(text)


class SourceLines:
    """Lines of the sources by path; each file is asked for and split once."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._sources = sources
        self._split: dict[str, list[str]] = {}

    def line(self, path: str, line: int) -> str | None:
        """The text of a line (from 1), None where the source or the line is not at hand."""
        if path not in self._split:
            self._split[path] = split_lines(self._sources.get(path, ""))
        lines = self._split[path]
        return lines[line - 1] if 0 < line <= len(lines) and path in self._sources else None
