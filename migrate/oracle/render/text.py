"""The comparison as text for a terminal: the verdict, what differs in words, the columns, rows to look at."""

from __future__ import annotations

import io
import shutil
from typing import Any

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from migrate.oracle.model import Comparison, Sample, Side, Verdict
from migrate.oracle.render import words

_STYLE = {Verdict.EQUAL: "bold green", Verdict.DIFFERENT: "bold red", Verdict.INCONCLUSIVE: "bold yellow"}
_MOST_CELLS = 6


def write(comparison: Comparison, *, width: int | None = None, color: bool = False) -> str:
    """The answer as text of ``width`` columns (default: the terminal's, 80 where there is none)."""
    out = io.StringIO()
    console = Console(
        file=out,
        width=width or shutil.get_terminal_size((80, 24)).columns,
        force_terminal=color,
        color_system="standard" if color else None,
        highlight=False,
        emoji=False,
        markup=False,
        legacy_windows=False,
    )
    said = Text(words.SAID[comparison.verdict], style=_STYLE[comparison.verdict])
    console.print(said.append(f"  {words.headline(comparison)}", style="default not bold"))
    for note in comparison.notes:
        console.print(Padding(_printable(note), (0, 0, 0, 2)))
    if words.differing(comparison):
        console.print()
        console.print(_columns(comparison))
    if comparison.samples:
        console.print()
        console.print(_samples(comparison))
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n")).rstrip() + "\n"


def _columns(comparison: Comparison) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("column", overflow="fold")
    table.add_column("type, left / right", overflow="fold")
    table.add_column("status")
    table.add_column("differing", justify="right")
    table.add_column("largest", justify="right")
    for column in words.differing(comparison):
        table.add_row(
            _printable(column.name),
            _printable(words.types(column)),
            words.STATUSES[column.status],
            f"{column.mismatched:,}",
            words.distance(column),
        )
    return table


def _samples(comparison: Comparison) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("row", "which", "column", "left", "right"):
        table.add_column(title, overflow="fold")
    for sample in comparison.samples:
        for number, cell in enumerate(sample.cells[:_MOST_CELLS]):
            first = number == 0
            table.add_row(
                words.KINDS[sample.side] if first else "",
                _which(sample) if first else "",
                _printable(cell.column),
                _shown(cell.left, sample.side is not Side.ONLY_RIGHT),
                _shown(cell.right, sample.side is not Side.ONLY_LEFT),
            )
        if len(sample.cells) > _MOST_CELLS:
            table.add_row("", "", f"and {len(sample.cells) - _MOST_CELLS} more columns", "", "")
    return table


def _which(sample: Sample) -> Text:
    key = ", ".join(f"{name}={words.value(value)}" for name, value in sample.key.items())
    place = sample.left_row if sample.left_row is not None else sample.right_row
    return _printable(key or f"row {place}")


def _shown(value: Any, present: bool) -> Text:
    return _printable(words.value(value)) if present else Text("")


def _printable(text: str) -> Text:
    """The text with control characters spelled out: a value must not be able to steer a terminal."""
    return Text("".join(char if char.isprintable() else repr(char)[1:-1] for char in text))
