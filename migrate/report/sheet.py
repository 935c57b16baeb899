"""Lines of a text report, laid out to the width of a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from migrate.report.source import SourceLines, printable


class Sheet:
    """Indented lines on a console. Rich's nested paddings would lay out each line once for every level."""

    def __init__(self, console: Console, lines: SourceLines) -> None:
        self._console = console
        self._width = console.width
        self._lines = lines
        self._rows: list[Text] = []

    def add(self, *parts: str | tuple[str, str], indent: int = 0) -> None:
        """A line, of pieces with or without a style, continued at its indent where it is too long."""
        pieces = ((part, "") if isinstance(part, str) else part for part in parts)
        text = Text.assemble(*((printable(piece), style) for piece, style in pieces))
        room = self._width - indent
        for line in [text] if text.cell_len <= room else text.wrap(self._console, room):
            line.pad_left(indent)
            self._rows.append(line)

    def title(self, text: str) -> None:
        """A new part of the report: its title with a rule to the right edge."""
        title = Text(printable(text) + " ", style="bold")
        title.append("-" * (self._width - title.cell_len), style="dim")
        self.flush()
        self.blank()
        for line in title.wrap(self._console, self._width):
            self._rows.append(line)

    def section(self, text: str) -> None:
        """A heading within a part."""
        self.blank()
        self.add((text, "bold"))

    def blank(self) -> None:
        self._rows.append(Text())

    def excerpt(self, path: str, line: int, indent: int) -> None:
        """A source line as a reminder, not a listing: what does not fit is cut."""
        source = self._lines.line(path, line)
        if source is not None:
            text = Text(printable(source.strip()), style="dim")
            text.truncate(self._width - indent, overflow="ellipsis")
            text.pad_left(indent)
            self._rows.append(text)

    def flush(self) -> None:
        """Prints what has been added."""
        if self._console.color_system is None:
            # Without colour there is nothing left for Rich to do, and on thousands of jobs it takes its time to do it.
            self._console.file.writelines(f"{row.plain}\n" for row in self._rows)
        elif self._rows:
            self._console.print(Text("\n").join(self._rows), no_wrap=True, overflow="ignore", crop=False)
        self._rows.clear()
