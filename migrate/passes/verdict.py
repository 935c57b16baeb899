"""What should happen to a job: stay on Spark, move to Ray, or be split between them."""

from __future__ import annotations

from migrate.ir import Job, Reason, Stage, Tag, Verdict
from migrate.passes.evidence import ROW_UDFS, VALUE_UDFS, Evidence


def verdict_of(evidence: Evidence, tag: Tag) -> tuple[Verdict, Reason]:
    """The verdict of a tagged job, and the reason that decided it."""
    if tag is Tag.STREAMING:
        first = evidence.streaming[0].span.line
        return Verdict.KEEP_ON_SPARK, Reason("SR934", "Ray has no streaming engine: streaming stays on Spark", first)
    if tag is Tag.SQL_ETL:
        if evidence.python:
            line = evidence.python[0].span.line
            return Verdict.KEEP_ON_SPARK, Reason("SR931", "SQL carries the job, its Python is incidental", line)
        return Verdict.KEEP_ON_SPARK, Reason("SR930", "all of it is native Spark: working SQL is never rewritten", None)
    if tag is Tag.BATCH_ML:
        return _of_learning(evidence)
    return _of_python(evidence)


def _of_learning(evidence: Evidence) -> tuple[Verdict, Reason]:
    if evidence.learners:
        return _moved(evidence, evidence.learners[0])
    if evidence.mllib and not (evidence.libraries and evidence.python):
        line = evidence.mllib[0].span.line
        return Verdict.KEEP_ON_SPARK, Reason("SR935", "its only models are MLlib's: they run in the JVM", line)
    return _moved(evidence, (evidence.python or evidence.mllib)[0])


def _of_python(evidence: Evidence) -> tuple[Verdict, Reason]:
    first = evidence.python[0]
    if evidence.size == 0 and not evidence.libraries and evidence.relational:
        message = "its Python functions only rearrange fields between native joins and shuffles"
        return Verdict.KEEP_ON_SPARK, Reason("SR931", message, first.span.line)
    if evidence.upstream is None and not evidence.libraries and _rows_of_a_frame(evidence):
        kept = (evidence.framed or evidence.native)[0]
        message = f"{kept.symbol} and the rest of the frame's work is native and stays, the Python function moves"
        return Verdict.SPLIT, Reason("SR933", message, kept.span.line)
    return _moved(evidence, first)


def _rows_of_a_frame(evidence: Evidence) -> bool:
    """Whether the Python is functions of single values within work on frames, or of rows beside more of it."""
    if all(stage.heavy in VALUE_UDFS for stage in evidence.python):
        return bool(evidence.framed)
    return all(stage.heavy in ROW_UDFS for stage in evidence.python) and len(evidence.framed) >= len(evidence.python)


def _moved(evidence: Evidence, first: Stage) -> tuple[Verdict, Reason]:
    kept = evidence.upstream
    if kept is not None:
        message = f"{kept.symbol} is native work worth keeping; what follows in Python moves, Parquet hands over"
        return Verdict.SPLIT, Reason("SR933", message, kept.span.line)
    message = f"{first.symbol} is the job; around it is little but reading, projecting and filtering"
    return Verdict.MOVE_TO_RAY, Reason("SR932", message, first.span.line)


def confidence_of(job: Job, evidence: Evidence, tag: Tag) -> float:
    """Between 0 and 1: less for what could not be followed or was inferred, and where two tags are close."""
    total = max(len(evidence.stages), 1)
    guessed = sum(stage.facts.get("sure") == "no" for stage in evidence.stages)
    score = 0.97 * total / (total + job.unresolved + 0.25 * guessed)
    if tag in (Tag.SQL_ETL, Tag.PYTHON_COMPUTE) and evidence.python:
        score *= 0.85
    if tag is Tag.BATCH_ML and not evidence.learners and not evidence.mllib:
        score *= 0.7
    return round(score, 2)
