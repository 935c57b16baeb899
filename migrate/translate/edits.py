"""Edits on source text: replace what moves, keep every other byte."""

from __future__ import annotations

import re
from collections.abc import Iterable

from migrate.ir import Span
from migrate.mapping import Edit

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def physical_lines(text: str) -> list[str]:
    """The lines of a source text with their ends, as Python counts them: a form feed or U+2028 does not end a line."""
    return _LINE.findall(text)


class Lines:
    """Offsets of a text by line (from 1) and column (from 0, in characters)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0]
        for line in physical_lines(text):
            self._starts.append(self._starts[-1] + len(line))

    def offset(self, line: int, column: int) -> int:
        """The offset of a place; ValueError when the text has no such line."""
        if not 1 <= line <= len(self._starts):
            raise ValueError(f"line {line} of a text of {len(self._starts) - 1} lines")
        return self._starts[line - 1] + column

    def bounds(self, span: Span) -> tuple[int, int]:
        """Start and end offset of a span."""
        return self.offset(span.line, span.column), self.offset(span.end_line, span.end_column)

    def cut(self, span: Span) -> str:
        """The text of a span."""
        start, end = self.bounds(span)
        return self.text[start:end]

    def indent(self, line: int) -> str:
        """The white space that a line begins with."""
        start = self._starts[line - 1]
        body = self.text[start:]
        return body[: len(body) - len(body.lstrip(" \t"))]


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made. An edit inside a larger one gives way to it; two that cross raise ValueError."""
    lines = Lines(text)
    ordered = sorted(((*lines.bounds(edit.span), edit.text) for edit in edits), key=lambda edit: (edit[0], -edit[1]))
    pieces: list[str] = []
    done = 0
    for start, end, replacement in ordered:
        if start < done:
            if end > done:
                raise ValueError(f"two edits cross at offset {start}: {replacement!r}")
            continue
        pieces += [text[done:start], replacement]
        done = end
    return "".join([*pieces, text[done:]])


def whole_lines(lines: Lines, span: Span) -> Span:
    """The span of a statement grown to its whole lines, with the comment lines that stand directly above it."""
    text = [line.rstrip("\r\n") for line in physical_lines(lines.text)]
    first = span.line
    indent = lines.indent(first)
    while first > 1 and text[first - 2].startswith(f"{indent}#"):
        first -= 1
    last = span.end_line
    rest = text[last - 1][span.end_column :].strip()
    if (rest and not rest.startswith("#")) or text[span.line - 1][: span.column].strip():
        return span
    if last < len(text):
        return Span(span.path, first, 0, last + 1, 0)
    return Span(span.path, first, 0, last, len(text[last - 1]))
