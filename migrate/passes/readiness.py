"""How much of the work that should leave Spark could leave it today."""

from __future__ import annotations

from collections.abc import Iterable

from migrate.ir import Engine, Job, Verdict

FORMULA = (
    "readiness = 100 x (heavy stages that can move today / heavy stages) x (stages / (stages + uses not followed))"
)
"""What is printed beside every score."""
NOT_EFFORT = "It says how much the toolkit carries over by itself. It is no estimate of effort or of days."


def readiness(jobs: Iterable[Job]) -> float | None:
    """The readiness of placed jobs together, from 0 to 100 by ``FORMULA``; None where nothing should move.

    Only jobs that should move or be split count, with the Python-heavy stages that running them reaches.
    """
    heavy = moving = stages = unresolved = 0
    for job in jobs:
        if job.verdict in (None, Verdict.KEEP_ON_SPARK):
            continue
        counted = [stage for stage in job.stages if stage.heavy and stage.facts.get("reached") != "no"]
        heavy += len(counted)
        moving += sum(stage.engine is Engine.RAY for stage in counted)
        stages += len(job.stages)
        unresolved += job.unresolved
    if not heavy:
        return None
    return round(100 * (moving / heavy) * (stages / (stages + unresolved)), 1)
