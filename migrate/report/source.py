"""Source lines by path, as the spans of a report count them."""

from __future__ import annotations

from collections.abc import Mapping

from migrate.frontend.source import split_lines


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


# Source text is shown, not obeyed: no escape sequence, bell or reordered text may reach a terminal or a page from it.
_CONTROL = dict.fromkeys(
    (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)),
    "\N{REPLACEMENT CHARACTER}",
)


def printable(text: str) -> str:
    """The text with tabs as four blanks and every control or text-direction character made visible."""
    return text if text.isprintable() else text.replace("\t", "    ").translate(_CONTROL)
