"""The tables at the head of the text report: what all jobs add up to, and the jobs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich import box
from rich.columns import Columns
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from migrate.ir import Job, Verdict
from migrate.report import totals, words
from migrate.report.model import Report
from migrate.report.source import printable

VERDICT_STYLE = {Verdict.KEEP_ON_SPARK: "yellow", Verdict.MOVE_TO_RAY: "cyan", Verdict.SPLIT: "magenta", None: "dim"}
NAMES_BLOCKERS_FROM = 110
SHOWS_CONFIDENCE_FROM = 100
MOST = 6


def answer(report: Report) -> Iterator[RenderableType]:
    """What somebody with many jobs asks first: how many should move, what can move now, and what is in the way."""
    yield _tags_by_verdict(report)
    mechanisms, blockers = totals.mechanisms(report), totals.blockers(report)
    side_by_side: list[RenderableType] = []
    if mechanisms:
        moving, stages = sum(one.moving for one in mechanisms), sum(one.stages for one in mechanisms)
        rows = [(one.name, str(one.stages), str(one.moving)) for one in mechanisms]
        side_by_side.append(_ranking(("Python-heavy work", "stages", "to Ray now"), rows))
        yield Text(f"{moving:,} of {words.plural(stages, 'Python-heavy stage')} can move to Ray now.")
    if blockers:
        rows = [(one.symbol, str(one.jobs), str(one.alone)) for one in blockers]
        side_by_side.append(_ranking(("blocked by", "jobs", "alone"), rows))
    yield Columns(side_by_side, padding=(0, 6))
    if blockers:
        first = [one.symbol for one in blockers[:MOST]]
        count = "The first" if len(blockers) > MOST else "All"
        freed, blocked = totals.freed(report, first), totals.blocked(report)
        yield Text(
            f"{count} {len(first)} carried to Ray would free {freed:,} of {words.plural(blocked, 'blocked job')}."
        )


def inventory(jobs: Iterable[Job], width: int) -> Table:
    """One row a job."""
    table = _table(expand=True)
    table.add_column("job", ratio=1, overflow="fold")
    table.add_column("tag", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    # On a narrow screen the path needs the room; the job's own section has its confidence and names its blockers.
    rated, named = width >= SHOWS_CONFIDENCE_FROM, width >= NAMES_BLOCKERS_FROM
    if rated:
        table.add_column("conf.", justify="right", no_wrap=True)
    table.add_column("heavy", justify="right", no_wrap=True)
    if named:
        table.add_column("blocked by", max_width=width // 4, overflow="fold")
    else:
        table.add_column("blockers", justify="right", no_wrap=True)
    for job in jobs:
        blockers = words.blockers(job)
        held_by = words.first_of((stage.symbol for stage in blockers), 1) if named else str(len(blockers))
        table.add_row(
            Text(printable(job.path)),
            words.TAGS[job.tag],
            Text(words.VERDICTS[job.verdict], style=VERDICT_STYLE[job.verdict]),
            *([f"{job.confidence:.2f}"] if rated else []),
            str(len(words.heavy_stages(job))),
            Text(printable(held_by)),
        )
    return table


def _tags_by_verdict(report: Report) -> Table:
    counts = totals.tags_by_verdict(report)
    tags = [tag for tag in words.TAGS if tag or any(key[0] is None for key in counts)]
    verdicts = [verdict for verdict in words.VERDICTS if verdict or any(key[1] is None for key in counts)]
    table = _table()
    for label in ("jobs", *(words.VERDICTS[verdict] for verdict in verdicts), "all"):
        table.add_column(label, justify="left" if label == "jobs" else "right", no_wrap=True)
    for tag in tags:
        row = [counts.get((tag, verdict), 0) for verdict in verdicts]
        table.add_row(words.TAGS[tag], *(_count(one) for one in (*row, sum(row))))
    columns = [sum(counts.get((tag, verdict), 0) for tag in tags) for verdict in verdicts]
    table.add_row("all", *(_count(one) for one in (*columns, sum(columns))), style="bold")
    return table


def _ranking(labels: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Table:
    """The first rows of a ranking, and how many more there are."""
    table = _table()
    for label in labels:
        table.add_column(label, justify="left" if label == labels[0] else "right", no_wrap=True)
    for name, *figures in rows[:MOST]:
        table.add_row(Text(printable(name)), *(_count(int(figure)) for figure in figures))
    if len(rows) > MOST:
        table.add_row(Text(f"and {len(rows) - MOST} more", style="dim"))
    return table


def _count(number: int) -> str:
    return f"{number:,}" if number else "-"


def _table(expand: bool = False) -> Table:
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), expand=expand)
