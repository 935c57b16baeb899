"""How a report's closed sets, places and numbers read to people, the same in every format."""

from __future__ import annotations

from collections.abc import Iterable

from migrate.findings import Finding
from migrate.ir import Boundary, Engine, Job, Reason, Stage, Stay, Tag, Verdict
from migrate.passes.readiness import FORMULA, NOT_EFFORT
from migrate.report.model import Report

TAGS = {
    Tag.SQL_ETL: "SQL ETL",
    Tag.BATCH_ML: "batch ML",
    Tag.STREAMING: "streaming",
    Tag.PYTHON_COMPUTE: "Python compute",
    None: "unknown",
}
VERDICTS = {
    Verdict.KEEP_ON_SPARK: "keep on Spark",
    Verdict.MOVE_TO_RAY: "move to Ray",
    Verdict.SPLIT: "split",
    None: "undecided",
}
ENGINES = {Engine.SPARK: "Spark", Engine.RAY: "Ray", None: "Spark"}


def plural(count: int, noun: str) -> str:
    """``1 job``, ``1,200 jobs``."""
    ending = "" if count == 1 else "s"
    return f"{count:,} {noun}{ending}"


def heavy_stages(job: Job) -> tuple[Stage, ...]:
    """The stages of a job that run Python."""
    return tuple(stage for stage in job.stages if stage.heavy is not None)


def place(remark: Finding | Stage) -> str:
    """``line 12`` of a file, ``cell 3, line 4`` of a notebook (cells from 0, as the JSON has them)."""
    spot = remark if isinstance(remark, Finding) else remark.span
    if spot.cell is not None:
        return f"cell {spot.cell}, line {spot.cell_line}"
    return f"line {spot.line}"


def places(remarks: Iterable[Finding | Stage]) -> str:
    """The places of several remarks on one file: ``lines 12, 14``."""
    different = list(dict.fromkeys(map(place, remarks)))
    if len(different) > 1 and all(one.startswith("line ") for one in different):
        return "lines " + ", ".join(one.removeprefix("line ") for one in different)
    return "; ".join(different)


def stage_place(job_path: str, stage: Stage) -> str:
    """The place of a stage, with its file where that is not the job's own."""
    return place(stage) if stage.span.path == job_path else f"{stage.span.path}, {place(stage)}"


def blockers(job: Job) -> tuple[Stage, ...]:
    """The stages that keep Python-heavy stages of the job from moving, in the order of the job."""
    held_by = {blocker for stage in heavy_stages(job) for blocker in stage.blocked_by}
    return tuple(stage for stage in job.stages if stage.id in held_by)


def first_of(symbols: Iterable[str], count: int) -> str:
    """The first ``count`` different symbols and how many more there are: ``RDD.map, RDD.collect +3``."""
    different = list(dict.fromkeys(symbols))
    more = f" +{len(different) - count}" if len(different) > count else ""
    return ", ".join(different[:count]) + more


def held_back(job: Job, blocker: Stage) -> tuple[Stage, ...]:
    """The other Python-heavy stages that ``blocker`` keeps from moving."""
    return tuple(stage for stage in heavy_stages(job) if blocker.id in stage.blocked_by and stage is not blocker)


def blocking(job: Job, blocker: Stage) -> str:
    """What a blocker does to the job: it cannot move itself, or holds others back, or both."""
    held = ", ".join(f"{stage.symbol} ({stage_place(job.path, stage)})" for stage in held_back(job, blocker))
    said = ["is not carried to Ray"] if blocker.id in blocker.blocked_by else []
    return " and ".join([*said, *([f"holds back {held}"] if held else [])])


def reason_place(job: Job, reason: Reason) -> str | None:
    """The place of a reason, by cell in a notebook; None for a reason that is the whole job's."""
    if reason.line is None:
        return None
    for stage in job.stages:
        if (stage.span.path, stage.span.line) == (job.path, reason.line):
            return place(stage)
    return f"line {reason.line}"


def handoff(boundary: Boundary) -> str:
    """``Spark to Ray`` or ``Ray to Spark``."""
    way = "Spark to Ray" if boundary.direction == "spark_to_ray" else "Ray to Spark"
    return f"{way}, once nothing blocks it," if boundary.blocked else way


def columns(boundary: Boundary) -> str:
    """The columns that cross, or that they are not known."""
    return "columns not known" if boundary.columns is None else ", ".join(boundary.columns) or "no columns"


def tags(job: Job) -> str:
    """The tag of a job and, in brackets, what else it does."""
    also = ", ".join(TAGS[tag] for tag in job.also)
    return f"{TAGS[job.tag]} (also {also})" if also else TAGS[job.tag]


def headline(report: Report) -> str:
    """One line of totals."""
    summary = report.summary
    parts = [
        plural(summary.files, "file"),
        plural(summary.lines, "line"),
        plural(summary.jobs, "job"),
        plural(summary.heavy, "Python-heavy stage"),
    ]
    if report.seconds is not None:
        parts.append(f"{report.seconds:.1f} s")
    return ", ".join(parts)


def outlook(report: Report) -> list[str]:
    """What the jobs that stay could do, and how much of the others could leave today, one sentence each."""
    summary = report.summary
    said = []
    portable, untouched = summary.by_stay[Stay.PORTABLE], summary.by_stay[Stay.UNTOUCHED]
    if portable or untouched:
        said.append(
            f"Of {plural(portable + untouched, 'job')} to keep on Spark, {portable:,} would run unchanged on another "
            f"engine that speaks Spark's DataFrame and SQL interface, {untouched:,} should be left alone."
        )
    if summary.readiness is not None:
        said.append(f"Readiness of what should move: {summary.readiness:g} of 100. {FORMULA}. {NOT_EFFORT}")
    return said


def remainder(report: Report) -> list[str]:
    """What the totals leave out, one sentence each: what was skipped, silenced or not followed."""
    summary = report.summary
    skipped = sum(row.status.value == "skipped" for row in report.files)
    said = []
    if skipped:
        said.append(f"{plural(skipped, 'file')} skipped.")
    if summary.unresolved:
        said.append(f"{plural(summary.unresolved, 'use')} of a dataset could not be followed.")
    if report.suppressed:
        said.append(f"{plural(report.suppressed, 'remark')} silenced by keep comments.")
    if report.new is not None:
        said.append(f"{plural(len(report.new), 'remark')} new since the baseline.")
    return said
