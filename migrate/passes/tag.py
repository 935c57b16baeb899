"""What a job mainly does: its tag, and the tags of what it also does, with the lines that show it."""

from __future__ import annotations

from migrate.ir import Reason, Stage, Tag
from migrate.passes.evidence import Evidence, operations
from migrate.rules import code_for

_SAYS = {
    Tag.STREAMING: "works on a stream",
    Tag.BATCH_ML: "trains or applies a model",
    Tag.PYTHON_COMPUTE: "runs a Python function over the data",
    Tag.SQL_ETL: "reads, shapes or writes with Spark's own operators",
}
_BESIDE = 3
"""Native operations for each Python function from which on the function may be incidental."""


def tags(evidence: Evidence) -> tuple[Tag, tuple[Tag, ...], tuple[Reason, ...]]:
    """The tag of a job, its other tags, and the reason with its line for each."""
    shown: dict[Tag, Stage] = {}
    if evidence.streaming:
        shown[Tag.STREAMING] = evidence.streaming[0]
    learning = evidence.learners or evidence.mllib
    by_hand = not learning and evidence.hand_written_learning
    if learning or by_hand:
        shown[Tag.BATCH_ML] = (learning or evidence.python)[0]
    if evidence.python:
        shown[Tag.PYTHON_COMPUTE] = max(evidence.python, key=lambda stage: int(stage.facts.get("size", "0")))
    if evidence.native or not shown:
        native = evidence.relational or evidence.native or evidence.stages
        if native:
            shown[Tag.SQL_ETL] = native[0]
    found = [tag for tag in _SAYS if tag in shown] or [Tag.SQL_ETL]
    if found[0] is Tag.PYTHON_COMPUTE and incidental(evidence):
        found = [Tag.SQL_ETL, Tag.PYTHON_COMPUTE]
    return found[0], tuple(found[1:]), tuple(_reason(tag, shown[tag]) for tag in found if tag in shown)


def incidental(evidence: Evidence) -> bool:
    """Whether SQL carries the job and Python only helps: more is done in the engine than in the functions."""
    beside = sum(operations(stage) for stage in evidence.native)
    return not evidence.libraries and beside >= max(_BESIDE * len(evidence.python), evidence.size)


def _reason(tag: Tag, stage: Stage) -> Reason:
    code = stage.code or code_for(stage.symbol, stage.heavy) or ""
    return Reason(code, f"{stage.symbol} {_SAYS[tag]}", stage.span.line)
