"""The report as text for a terminal: the table of jobs first, then each job."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterable, Mapping

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule as Line
from rich.table import Table
from rich.text import Text

from migrate.findings import Finding, Severity
from migrate.ir import Boundary, Engine, Job, Kind, Stage, Verdict
from migrate.report import words
from migrate.report.model import FileStatus, Library, Report
from migrate.report.source import SourceLines, printable

# From here on the table says what there is to say of a quiet job, and only telling stages are listed of the others.
MANY_JOBS = 20

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
    lines = SourceLines(sources)
    console.print(Text(f"migrate {report.version}  {printable(report.root)}", style="bold"))
    console.print(Text(words.headline(report)))
    if report.jobs:
        console.print()
        console.print(_overview(report))
    brief = len(report.jobs) > MANY_JOBS
    for job in report.jobs:
        if not (brief and _quiet(job)):
            console.print(_job(job, lines, brief))
    for library in report.libraries:
        if library.findings or any(stage.heavy for stage in library.stages):
            console.print(_library(library, lines))
    console.print(_closing(report, sum(map(_quiet, report.jobs)) if brief else 0))
    # Cells are padded to their column; the blanks at the ends of lines would only show up in a file.
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n")).rstrip() + "\n"


def _overview(report: Report) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), expand=True)
    table.add_column("job", ratio=5, overflow="fold")
    table.add_column("tag", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("conf.", justify="right", no_wrap=True)
    table.add_column("heavy", justify="right", no_wrap=True)
    table.add_column("blocked by", ratio=3, overflow="fold")
    for job in report.jobs:
        blocked_by = dict.fromkeys(stage.symbol for stage in words.blockers(job))
        table.add_row(
            Text(printable(job.path)),
            words.TAGS[job.tag],
            Text(words.VERDICTS[job.verdict], style=_VERDICT_STYLE[job.verdict]),
            f"{job.confidence:.2f}",
            str(len(words.heavy_stages(job))),
            Text(printable(", ".join(blocked_by))),
        )
    return table


def _quiet(job: Job) -> bool:
    return not (job.findings or job.unresolved or words.heavy_stages(job))


def _telling(job: Job) -> tuple[Stage, ...]:
    """The stages that run Python, hold others back, or are not known."""
    blockers = words.blockers(job)
    return tuple(stage for stage in job.stages if stage.heavy or stage in blockers or stage.kind is Kind.OPAQUE)


def _job(job: Job, lines: SourceLines, brief: bool) -> RenderableType:
    line = Text()
    line.append(words.tags(job))
    line.append(", ")
    line.append(words.VERDICTS[job.verdict], style=_VERDICT_STYLE[job.verdict])
    line.append(f", confidence {job.confidence:.2f}")
    parts: list[RenderableType] = [_title(job.path), line]
    if job.reasons:
        parts.append(_section("Why", (_reason(reason.code, reason.line, reason.message) for reason in job.reasons)))
    if job.stages:
        listed = _telling(job) if brief else job.stages
        heavy = len(words.heavy_stages(job))
        others = f", {len(job.stages) - len(listed)} native not listed" if brief else ""
        title = f"Stages ({len(job.stages)}, {heavy} Python-heavy{others})"
        parts.append(_section(title, [_stages(job.path, listed, lines)]))
    if job.boundaries:
        parts.append(_section("Hand-offs", [_boundaries(job)]))
    blockers = words.blockers(job)
    if blockers:
        parts.append(_section("Blockers", (_blocker(job, stage) for stage in blockers)))
    if job.findings:
        parts.append(_section("Findings", (_finding(finding, job.path, lines) for finding in job.findings)))
    if job.unresolved:
        uses = words.plural(job.unresolved, "use")
        parts.append(Text(f"\n{uses} of a dataset could not be followed.", style="yellow"))
    return Group(*parts)


def _library(library: Library, lines: SourceLines) -> RenderableType:
    parts: list[RenderableType] = [_title(f"{library.path} (library)")]
    parts.append(_stages(library.path, (stage for stage in library.stages if stage.heavy), lines))
    parts.extend(_finding(finding, library.path, lines) for finding in library.findings)
    return Group(*parts)


def _title(text: str) -> RenderableType:
    return Padding(Line(Text(printable(text), style="bold"), align="left", characters="-", style="dim"), (1, 0, 0, 0))


def _section(title: str, body: Iterable[RenderableType]) -> RenderableType:
    return Padding(Group(Text(title, style="bold"), Padding(Group(*body), (0, 0, 0, 2))), (1, 0, 0, 0))


def _reason(code: str, line: int | None, message: str) -> Text:
    where = f"line {line}: " if line is not None else ""
    return Text.assemble((f"{code} ", "dim"), where, printable(message))


def _stages(path: str, stages: Iterable[Stage], lines: SourceLines) -> RenderableType:
    parts: list[RenderableType] = []
    shown = None
    for stage in stages:
        parts.append(_stage_head(stage, path))
        # Stages of one chain share their line, which is worth showing once.
        if (stage.span.path, stage.span.line) != shown:
            parts.extend(_excerpt(lines, stage.span.path, stage.span.line))
        shown = (stage.span.path, stage.span.line)
    return Group(*parts)


def _stage_head(stage: Stage, path: str) -> Text:
    head = Text.assemble(
        (f"{words.ENGINES[stage.engine]:<5} ", _ENGINE_STYLE[stage.engine]),
        (printable(stage.symbol), "bold" if stage.heavy else ""),
        (f"  {words.stage_place(path, stage)}", "dim"),
    )
    if stage.heavy:
        role = f", {stage.role}" if stage.role else ""
        head.append(f"  {stage.code or ''} {stage.heavy.value}{role} ({stage.cost.value})", style="red")
    return head


def _excerpt(lines: SourceLines, path: str, line: int) -> list[RenderableType]:
    source = lines.line(path, line)
    if source is None:
        return []
    # One line of source is a reminder, not a listing: what does not fit is cut.
    text = Text(printable(source.strip()), style="dim", no_wrap=True, overflow="ellipsis")
    return [Padding(text, (0, 0, 0, 6))]


def _boundaries(job: Job) -> RenderableType:
    return Group(*map(_boundary, job.boundaries))


def _boundary(boundary: Boundary) -> Text:
    crossing = f"{words.handoff(boundary)} by {boundary.format}: {printable(boundary.path)} "
    return Text.assemble(crossing, (f"({printable(words.columns(boundary))})", "dim"))


def _blocker(job: Job, blocker: Stage) -> Text:
    held = (f"{stage.symbol} ({words.stage_place(job.path, stage)})" for stage in words.held_back(job, blocker))
    where = words.stage_place(job.path, blocker)
    return Text.assemble(
        (printable(blocker.symbol), "bold"), (f" ({where})", "dim"), f" holds back {printable(', '.join(held))}"
    )


def _finding(finding: Finding, path: str, lines: SourceLines) -> RenderableType:
    file = "" if finding.path == path else f"{finding.path}, "
    parts: list[RenderableType] = [
        Text.assemble(
            (finding.severity.value, _SEVERITY_STYLE[finding.severity]),
            f" {finding.code} ",
            (f"{file}{words.place(finding)}: ", "dim"),
            printable(finding.message),
        )
    ]
    parts.extend(_excerpt(lines, finding.path, finding.line))
    if finding.fix:
        parts.append(Padding(Text(f"do: {printable(finding.fix)}"), (0, 0, 0, 6)))
    return Group(*parts)


def _closing(report: Report, quiet: int) -> RenderableType:
    parts: list[RenderableType] = []
    skipped = [row for row in report.files if row.status is FileStatus.SKIPPED]
    if skipped:
        parts.append(_title("Skipped"))
        parts.extend(Text(printable(f"{row.path}: {row.reason or 'no reason given'}")) for row in skipped)
    said = words.remainder(report)
    if quiet:
        quiet_jobs = words.plural(quiet, "job")
        said.insert(0, f"{quiet_jobs} without Python-heavy stages or findings: in the table above, not one by one.")
    if said:
        parts.append(Text("\n" + " ".join(said)))
    return Group(*parts)
