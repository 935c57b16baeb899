"""The report as text for a terminal: what all jobs add up to, the table of jobs, then each job."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TypeVar

from rich.console import Console
from rich.text import Text

from migrate.findings import Finding, Severity
from migrate.ir import Engine, Job, Stage, Verdict
from migrate.report import words
from migrate.report.baseline import Remark, mark, told
from migrate.report.model import FileStatus, Library, Report
from migrate.report.sheet import Sheet
from migrate.report.source import SourceLines, printable
from migrate.report.tables import VERDICT_STYLE, answer, inventory

# From here on each job is told in brief: its Python-heavy stages, its warnings, and of each list the first few.
MANY_JOBS = 20
FEW = 6

_SEVERITY_STYLE = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "blue"}
_ENGINE_STYLE = {Engine.SPARK: "yellow", Engine.RAY: "cyan", None: "dim"}

Item = TypeVar("Item")


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
    if len(report.jobs) > 1:
        for part in answer(report):
            console.print(part)
    for sentence in words.outlook(report):
        console.print(Text(sentence, style="dim"))
    brief = len(report.jobs) > MANY_JOBS
    # Nobody reads hundreds of rows to the end: what should move comes first.
    jobs = sorted(report.jobs, key=lambda job: job.verdict is Verdict.KEEP_ON_SPARK) if brief else report.jobs
    if jobs:
        console.print(inventory(jobs, console.width))
    telling = _Jobs(Sheet(console, SourceLines(sources)), brief=brief)
    for job in jobs:
        telling.job(job)
    for library in report.libraries:
        telling.library(library)
    if report.new is not None:
        telling.news(told(report, sources))
    telling.closing(report)
    # Cells are padded to their column; the blanks at the ends of lines would only show up in a file.
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n")).rstrip() + "\n"


class _Jobs:
    """Tells of one job after another, in full or in brief."""

    def __init__(self, sheet: Sheet, *, brief: bool) -> None:
        self._sheet = sheet
        self._brief = brief
        self._quiet = 0

    def job(self, job: Job) -> None:
        """The section of a job; in brief a job without Python-heavy stages or warnings has none."""
        findings = self._told(job.findings)
        if self._brief and not findings and not words.heavy_stages(job):
            self._quiet += 1
            return
        sheet = self._sheet
        sheet.title(job.path)
        verdict = (words.VERDICTS[job.verdict], VERDICT_STYLE[job.verdict])
        sheet.add(f"{words.tags(job)}, ", verdict, f", confidence {job.confidence:.2f}")
        if job.reasons:
            sheet.section("Why")
        for reason in job.reasons:
            where = words.reason_place(job, reason)
            sheet.add((f"{reason.code} ", "dim"), f"{where}: " if where else "", reason.message, indent=2)
        self._job_stages(job)
        self._crossings(job)
        if findings:
            sheet.section("Findings")
        self._findings(findings, job.path, indent=2)
        unsaid = len(job.findings) - len(findings)
        if unsaid:
            sheet.add((f"{words.plural(unsaid, 'note')} not listed.", "dim"), indent=2)
        if job.unresolved:
            sheet.blank()
            sheet.add((f"{words.plural(job.unresolved, 'use')} of a dataset could not be followed.", "yellow"))

    def library(self, library: Library) -> None:
        """The section of a library that something is to be said of."""
        findings = self._told(library.findings)
        heavy = [stage for stage in library.stages if stage.heavy]
        if findings or heavy:
            self._sheet.title(f"{library.path} (library)")
            self._stages(library.path, heavy, indent=0)
            self._findings(findings, library.path, indent=0)

    def news(self, remarks: Sequence[Remark]) -> None:
        """What the baseline does not know: at the end, where a failed run is looked at first."""
        if remarks:
            self._sheet.title("New since the baseline")
        for remark in remarks:
            one = mark(remark)
            said = remark.message if isinstance(remark, Finding) else f"{remark.symbol} runs Python on Spark's workers"
            self._sheet.add((f"{one.code} ", "bold"), f"{one.path}, {words.place(remark)}: {said}")
            self._sheet.excerpt(one.path, one.line, 6)

    def closing(self, report: Report) -> None:
        """What was not analysed, and what the sections above leave out."""
        sheet = self._sheet
        skipped = sorted(
            (row.reason or "no reason given", row.path) for row in report.files if row.status is FileStatus.SKIPPED
        )
        if skipped:
            sheet.title("Listed, not analysed")
        for reason, rows in groupby(skipped, key=lambda row: row[0]):
            paths = [path for _, path in rows]
            sheet.add(f"{reason} ({words.plural(len(paths), 'file')})")
            for path in self._first(paths, "file", 2):
                sheet.add((path, "dim"), indent=2)
        said = words.remainder(report)
        if self._quiet:
            quiet_jobs = words.plural(self._quiet, "job")
            said.insert(0, f"{quiet_jobs} without Python-heavy stages or warnings: in the table above, not one by one.")
        if said:
            sheet.blank()
            sheet.add(" ".join(said))
        sheet.flush()

    def _told(self, findings: Sequence[Finding]) -> list[Finding]:
        return [finding for finding in findings if not (self._brief and finding.severity is Severity.NOTE)]

    def _first(self, items: Sequence[Item], noun: str, indent: int) -> Iterable[Item]:
        """The items, in brief the first few; how many are left out is said behind them."""
        shown = items[:FEW] if self._brief else items
        yield from shown
        if len(items) > len(shown):
            self._sheet.add((f"and {words.plural(len(items) - len(shown), f'more {noun}')}", "dim"), indent=indent)

    def _job_stages(self, job: Job) -> None:
        if not job.stages:
            return
        heavy = words.heavy_stages(job)
        others = ", the others not listed" if self._brief and len(heavy) < len(job.stages) else ""
        self._sheet.section(f"Stages ({len(job.stages)}, {len(heavy)} Python-heavy{others})")
        self._stages(job.path, self._first(heavy, "Python-heavy stage", 2) if self._brief else job.stages, indent=2)

    def _crossings(self, job: Job) -> None:
        """Where data changes engines, and what keeps Python-heavy stages from changing theirs."""
        if job.boundaries:
            self._sheet.section("Hand-offs")
        for boundary in job.boundaries:
            crossing = f"{words.handoff(boundary)} by {boundary.format}: {boundary.path} "
            self._sheet.add(crossing, (f"({words.columns(boundary)})", "dim"), indent=2)
        blockers = words.blockers(job)
        if blockers:
            self._sheet.section("Blockers")
        for blocker in self._first(blockers, "blocker", 2):
            place = (f" ({words.stage_place(job.path, blocker)})", "dim")
            self._sheet.add((blocker.symbol, "bold"), place, f" {words.blocking(job, blocker)}", indent=2)

    def _stages(self, path: str, stages: Iterable[Stage], indent: int) -> None:
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
            self._sheet.add(*head, indent=indent)
            # Stages of one chain share their line, which is worth showing once.
            if (stage.span.path, stage.span.line) != shown:
                self._sheet.excerpt(stage.span.path, stage.span.line, indent + 6)
            shown = (stage.span.path, stage.span.line)

    def _findings(self, findings: Sequence[Finding], path: str, indent: int) -> None:
        """The findings, one remark for all places that it is true of."""
        same: dict[tuple[str, ...], list[Finding]] = {}
        for finding in findings:
            key = (finding.severity.value, finding.code, finding.path, finding.message, finding.fix or "")
            same.setdefault(key, []).append(finding)
        for places in same.values():
            first = places[0]
            file = "" if first.path == path else f"{first.path}, "
            severity = (first.severity.value, _SEVERITY_STYLE[first.severity])
            self._sheet.add(
                severity, f" {first.code} ", (f"{file}{words.places(places)}: ", "dim"), first.message, indent=indent
            )
            for line in self._first(list(dict.fromkeys(one.line for one in places)), "line", indent + 6):
                self._sheet.excerpt(first.path, line, indent + 6)
            if first.fix:
                self._sheet.add(f"Do: {first.fix}", indent=indent + 6)
