"""The report as text for a terminal: the table of jobs first, then each job."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterable, Mapping

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from migrate.findings import Finding, Severity
from migrate.ir import Engine, Job, Kind, Stage, Verdict
from migrate.report import words
from migrate.report.model import FileStatus, Library, Report
from migrate.report.source import SourceLines, printable

# From here on the table says what there is to say of a quiet job, and only telling stages are listed of the others.
MANY_JOBS = 20

NAMES_BLOCKERS_FROM = 110

_VERDICT_STYLE = {Verdict.KEEP_ON_SPARK: "yellow", Verdict.MOVE_TO_RAY: "cyan", Verdict.SPLIT: "magenta", None: "dim"}
_SEVERITY_STYLE = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}
_ENGINE_STYLE = {Engine.SPARK: "yellow", Engine.RAY: "cyan", None: "dim"}


def write(report: Report, sources: Mapping[str, str], *, width: int | None = None, color: bool = False) -> str:
    """The report as text of ``width`` columns (default: the terminal's, 80 where there is none)."""
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
    console.print(Text(f"migrate {report.version}  {printable(report.root)}", style="bold"))
    console.print(Text(words.headline(report)))
    for sentence in words.outlook(report):
        console.print(Text(sentence, style="dim"))
    if report.jobs:
        console.print()
        console.print(_overview(report, console.width))
    sheet = _Sheet(console, SourceLines(sources))
    brief = len(report.jobs) > MANY_JOBS
    for job in report.jobs:
        if not (brief and _quiet(job)):
            _job(sheet, job, brief)
    for library in report.libraries:
        if library.findings or any(stage.heavy for stage in library.stages):
            _library(sheet, library)
    _closing(sheet, report, sum(map(_quiet, report.jobs)) if brief else 0)
    sheet.flush()
    # Cells are padded to their column; the blanks at the ends of lines would only show up in a file.
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n")).rstrip() + "\n"


class _Sheet:
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


def _overview(report: Report, width: int) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), expand=True)
    table.add_column("job", ratio=1, overflow="fold")
    table.add_column("tag", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("conf.", justify="right", no_wrap=True)
    table.add_column("heavy", justify="right", no_wrap=True)
    # On a narrow screen the path needs the room; the job's own section names its blockers.
    named = width >= NAMES_BLOCKERS_FROM
    if named:
        table.add_column("blocked by", max_width=width // 4, overflow="fold")
    else:
        table.add_column("blockers", justify="right", no_wrap=True)
    for job in report.jobs:
        blockers = words.blockers(job)
        held_by = words.first_of((stage.symbol for stage in blockers), 1) if named else str(len(blockers))
        table.add_row(
            Text(printable(job.path)),
            words.TAGS[job.tag],
            Text(words.VERDICTS[job.verdict], style=_VERDICT_STYLE[job.verdict]),
            f"{job.confidence:.2f}",
            str(len(words.heavy_stages(job))),
            Text(printable(held_by)),
        )
    return table


def _quiet(job: Job) -> bool:
    return not (job.findings or job.unresolved or words.heavy_stages(job))


def _telling(job: Job) -> tuple[Stage, ...]:
    """The stages that run Python, hold others back, or are not known."""
    blockers = words.blockers(job)
    return tuple(stage for stage in job.stages if stage.heavy or stage in blockers or stage.kind is Kind.OPAQUE)


def _job(sheet: _Sheet, job: Job, brief: bool) -> None:
    verdict = (words.VERDICTS[job.verdict], _VERDICT_STYLE[job.verdict])
    sheet.title(job.path)
    sheet.add(f"{words.tags(job)}, ", verdict, f", confidence {job.confidence:.2f}")
    if job.reasons:
        sheet.section("Why")
    for reason in job.reasons:
        where = words.reason_place(job, reason)
        sheet.add((f"{reason.code} ", "dim"), f"{where}: " if where else "", reason.message, indent=2)
    if job.stages:
        listed = _telling(job) if brief else job.stages
        others = f", {len(job.stages) - len(listed)} native not listed" if brief else ""
        sheet.section(f"Stages ({len(job.stages)}, {len(words.heavy_stages(job))} Python-heavy{others})")
        _stages(sheet, job.path, listed, indent=2)
    _crossings(sheet, job)
    if job.findings:
        sheet.section("Findings")
    for finding in job.findings:
        _finding(sheet, finding, job.path, indent=2)
    if job.unresolved:
        sheet.blank()
        sheet.add((f"{words.plural(job.unresolved, 'use')} of a dataset could not be followed.", "yellow"))


def _crossings(sheet: _Sheet, job: Job) -> None:
    """Where data changes engines, and what keeps Python-heavy stages from changing theirs."""
    if job.boundaries:
        sheet.section("Hand-offs")
    for boundary in job.boundaries:
        crossing = f"{words.handoff(boundary)} by {boundary.format}: {boundary.path} "
        sheet.add(crossing, (f"({words.columns(boundary)})", "dim"), indent=2)
    blockers = words.blockers(job)
    if blockers:
        sheet.section("Blockers")
    for blocker in blockers:
        place = (f" ({words.stage_place(job.path, blocker)})", "dim")
        sheet.add((blocker.symbol, "bold"), place, f" {words.blocking(job, blocker)}", indent=2)


def _library(sheet: _Sheet, library: Library) -> None:
    sheet.title(f"{library.path} (library)")
    _stages(sheet, library.path, (stage for stage in library.stages if stage.heavy), indent=0)
    for finding in library.findings:
        _finding(sheet, finding, library.path, indent=0)


def _stages(sheet: _Sheet, path: str, stages: Iterable[Stage], indent: int) -> None:
    shown = None
    for stage in stages:
        head: list[str | tuple[str, str]] = [
            (f"{words.ENGINES[stage.engine]:<5} ", _ENGINE_STYLE[stage.engine]),
            (stage.symbol, "bold" if stage.heavy else ""),
            (f"  {words.stage_place(path, stage)}", "dim"),
        ]
        if stage.heavy:
            role = f", {stage.role}" if stage.role else ""
            head.append((f"  {stage.code or ''} {stage.heavy.value}{role} ({stage.cost.value})", "red"))
        sheet.add(*head, indent=indent)
        # Stages of one chain share their line, which is worth showing once.
        if (stage.span.path, stage.span.line) != shown:
            sheet.excerpt(stage.span.path, stage.span.line, indent + 6)
        shown = (stage.span.path, stage.span.line)


def _finding(sheet: _Sheet, finding: Finding, path: str, indent: int) -> None:
    file = "" if finding.path == path else f"{finding.path}, "
    severity = (finding.severity.value, _SEVERITY_STYLE[finding.severity])
    sheet.add(severity, f" {finding.code} ", (f"{file}{words.place(finding)}: ", "dim"), finding.message, indent=indent)
    sheet.excerpt(finding.path, finding.line, indent + 6)
    if finding.fix:
        sheet.add(f"do: {finding.fix}", indent=indent + 6)


def _closing(sheet: _Sheet, report: Report, quiet: int) -> None:
    skipped = [row for row in report.files if row.status is FileStatus.SKIPPED]
    if skipped:
        sheet.title("Skipped")
    for row in skipped:
        sheet.add(f"{row.path}: {row.reason or 'no reason given'}")
    said = words.remainder(report)
    if quiet:
        quiet_jobs = words.plural(quiet, "job")
        said.insert(0, f"{quiet_jobs} without Python-heavy stages or findings: in the table above, not one by one.")
    if said:
        sheet.blank()
        sheet.add(" ".join(said))
