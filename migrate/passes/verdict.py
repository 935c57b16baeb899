"""What should happen to a job: stay on Spark, move to Ray, or be split between them."""

from __future__ import annotations

from dataclasses import replace

from migrate.ir import Cost, HeavyKind, Job, Kind, Reason, Stage, Tag, Verdict
from migrate.passes.tag import MLLIB, computes, learns
from migrate.rules import code_for

_WORTH_KEEPING = {Kind.JOIN, Kind.AGGREGATE, Kind.WINDOW, Kind.SORT, Kind.UNION}
_ROW_UDFS = {HeavyKind.PYTHON_UDF, HeavyKind.IMPORTED_UDF, HeavyKind.PANDAS_UDF, HeavyKind.PYTHON_UDTF}


def verdict_of(job: Job, tag: Tag) -> tuple[Verdict, Reason]:
    """The verdict of a tagged job and the reason that decided it."""
    if tag is Tag.STREAMING:
        return Verdict.KEEP_ON_SPARK, Reason("", "Ray has no streaming engine: streaming stays on Spark", None)
    moving = [stage for stage in job.stages if learns(stage) or computes(stage)]
    if not moving and any(stage.heavy in MLLIB for stage in job.stages):
        return Verdict.KEEP_ON_SPARK, Reason(
            "", "only MLlib: it runs in the JVM, and what follows it reads Spark", None
        )
    if tag is Tag.SQL_ETL or not moving:
        return Verdict.KEEP_ON_SPARK, Reason("", "SQL ETL: working SQL is never rewritten", None)
    kept = _native_upstream(job, moving)
    if kept is not None:
        message = f"{kept.symbol} is native work that feeds the Python part: it stays, Parquet hands over"
        return Verdict.SPLIT, Reason(_code(kept), message, kept.span.line)
    first = moving[0]
    message = f"{first.symbol} is the job; around it is little but reading"
    return Verdict.MOVE_TO_RAY, Reason(_code(first), message, first.span.line)


def _code(stage: Stage) -> str:
    return stage.code or code_for(stage.symbol, stage.heavy) or ""


def _native_upstream(job: Job, moving: list[Stage]) -> Stage | None:
    """The first native shuffle that Python work depends on, None where there is none."""
    by_id = {stage.id: stage for stage in job.stages}
    users = {stage.id for stage in moving}
    makers = {stage.id for stage in moving if not stage.inputs and stage.used_at}
    users |= {s.id for s in job.stages if s.cost in (Cost.PYTHON, Cost.ARROW) and s.inputs} if makers else set()
    seen: set[str] = set()
    open_ = list(users)
    while open_:
        stage = by_id.get(open_.pop())
        for source in stage.inputs if stage else ():
            if source not in seen:
                seen.add(source)
                open_.append(source)
    for stage in job.stages:
        if stage.id in seen and stage.kind in _WORTH_KEEPING and stage.cost is Cost.NATIVE:
            return stage
    return None


def with_verdict(job: Job, tag: Tag, also: tuple[Tag, ...], reasons: tuple[Reason, ...]) -> Job:
    """The job with its tags, verdict, confidence and reasons. What could not be followed lowers the confidence."""
    verdict, reason = verdict_of(job, tag)
    followed = len(job.stages)
    confidence = 0.95 * followed / (followed + job.unresolved) if followed else 0.5
    return replace(
        job,
        tag=tag,
        also=also,
        verdict=verdict,
        confidence=round(confidence, 2),
        reasons=(replace(reason, code=reason.code or (reasons[0].code if reasons else "")), *reasons),
    )
