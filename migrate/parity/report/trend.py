"""The history of a spec as text and as the document of `--history --format json`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from migrate import __version__
from migrate.parity.entry import Entry
from migrate.parity.history import Trend
from migrate.parity.report import console, words
from migrate.parity.verdict import Verdict
from migrate.report.source import printable

SCHEMA_VERSION = 1
_SHOWN_NIGHTS = 30


def to_json(trend: Trend) -> dict[str, Any]:
    """The document; its schema is schemas/parity_history.schema.json."""
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "migrate", "version": __version__},
        "name": trend.name,
        "file": trend.file,
        "rule": asdict(trend.rule),
        "met": trend.met,
        "row": trend.row,
        "sentence": trend.sentence,
        "nights": [
            {
                "day": night.day.isoformat(),
                "equal": night.is_equal,
                "runs": [{**asdict(entry), "speedup": entry.speedup} for entry in night.entries],
            }
            for night in trend.nights
        ],
    }


def write(trend: Trend, *, width: int | None = None, color: bool = False) -> str:
    """The last nights, a line for each run, and whether the rule is met."""
    style = "bold green" if trend.met else "bold red"
    answer = "CUT OVER" if trend.met else "NOT YET"
    title = Text.assemble((trend.name, "bold"), "  ", (answer, style))
    parts: list[RenderableType] = [title, Text(printable(trend.sentence) + "."), _table(trend)]
    return console.write(parts, width=width, color=color)


def _table(trend: Trend) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("night", "verdict", "exit"):
        table.add_column(name)
    for name in ("on Spark", "on Ray", "speed-up", "mismatched"):
        table.add_column(name, justify="right")
    for night in trend.nights[-_SHOWN_NIGHTS:]:
        for number, entry in enumerate(night.entries):
            table.add_row(night.day.isoformat() if number == 0 else "", *_cells(entry))
    return table


def _cells(entry: Entry) -> tuple[RenderableType, ...]:
    verdict = Verdict(entry.verdict)
    speedup = words.NO_FIGURE if entry.speedup is None else f"{entry.speedup:.2f}"
    times = [
        words.NO_FIGURE if value is None else words.seconds(value) for value in (entry.spark_seconds, entry.ray_seconds)
    ]
    shown = Text(words.VERDICTS[verdict].lower(), style=console.STYLE[verdict])
    return (shown, str(entry.exit_code), *times, speedup, f"{entry.mismatched_rows:,}")
