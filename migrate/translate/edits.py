"""Edits on source text: replace what moves, keep every other byte."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace

from migrate.ir import Span
from migrate.mapping import Edit

_LEAD = re.compile(r"(?:\s|\)|\\\r?\n|#[^\r\n]*)*")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def physical_lines(text: str) -> list[str]:
    """The lines of a source text with their ends, as Python counts them: a form feed or U+2028 does not end a line."""
    return _LINE.findall(text)


class Lines:
    """Offsets of a text by line (from 1) and column (from 0, in characters)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0]
        self._lines = physical_lines(text)
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    @property
    def count(self) -> int:
        """How many lines the text has."""
        return len(self._lines)

    def line(self, number: int) -> str:
        """A line (from 1) without its end, empty behind the last."""
        return self._lines[number - 1].rstrip("\r\n") if number <= len(self._lines) else ""

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

    def insertion(self, path: str, offset: int) -> Span:
        """The empty span at an offset of the text."""
        line = bisect_right(self._starts, offset)
        column = offset - self._starts[line - 1]
        return Span(path, line, column, line, column)

    def indent(self, line: int) -> str:
        """The white space that a line begins with."""
        body = self.line(line)
        return body[: len(body) - len(body.lstrip(" \t"))]


def lead_of(text: str) -> str:
    """What stands between the end of a receiver and the dot of its method: parentheses, comments, line breaks."""
    found = _LEAD.match(text)
    assert found is not None  # the pattern matches nothing at all, too
    return found.group()


def closed_before(text: str) -> int:
    """How many parentheses are closed between the end of a receiver and the dot of its method."""
    return re.sub("#.*", "", lead_of(text)).count(")")


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made. An edit inside a larger one gives way to it; two that cross raise ValueError.

    What is inserted where a replacement begins stands in front of it.
    """
    lines = Lines(text)
    ordered = sorted(((*lines.bounds(edit.span), edit.text) for edit in edits), key=_first)
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


def _first(edit: tuple[int, int, str]) -> tuple[int, bool, int]:
    start, end, _ = edit
    return start, start != end, -end


def stands_alone(lines: Lines, span: Span) -> bool:
    """Whether nothing but white space and a comment shares the lines of a statement."""
    before = lines.line(span.line)[: span.column]
    after = lines.line(span.end_line)[span.end_column :].strip()
    return not before.strip() and (not after or after.startswith("#"))


def whole_lines(lines: Lines, span: Span) -> Span:
    """The span of a statement grown to its whole lines, with the comment lines that stand directly above it.

    A statement that shares a line with another is left as it is.
    """
    if not stands_alone(lines, span):
        return span
    first = span.line
    indent = lines.indent(first)
    while first > 1 and lines.line(first - 1).startswith(f"{indent}#"):
        first -= 1
    if first == 1:
        first = span.line  # what stands at the head of a file speaks of the whole file
    last = span.end_line
    if last < lines.count:
        return Span(span.path, first, 0, last + 1, 0)
    return Span(span.path, first, 0, last, len(lines.line(last)))


def with_gap(lines: Lines, span: Span) -> Span:
    """The whole lines of a statement that goes, with the blank lines behind it where blank lines stand in front too."""
    grown = whole_lines(lines, span)
    if grown.end_column != 0 or grown == span:
        return grown
    above = lines.line(grown.line - 1) if grown.line > 1 else ""
    after = grown.end_line
    if not above.strip() or above.rstrip().endswith(":"):
        while after <= lines.count and not lines.line(after).strip():
            after += 1
    return replace(grown, end_line=after)
