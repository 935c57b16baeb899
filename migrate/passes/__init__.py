"""Passes over a job: pure data in, pure data out."""

from __future__ import annotations

from dataclasses import replace

from migrate.ir import Job
from migrate.passes.evidence import Evidence
from migrate.passes.tag import tags
from migrate.passes.verdict import confidence_of, verdict_of
from migrate.rules import code_for


def judge(job: Job) -> Job:
    """The job with the code of each stage, its tags, its verdict, its confidence, and the reasons for them."""
    coded = tuple(replace(stage, code=stage.code or code_for(stage.symbol, stage.heavy)) for stage in job.stages)
    job = replace(job, stages=coded)
    evidence = Evidence(job)
    tag, also, shown = tags(evidence)
    verdict, reason = verdict_of(evidence, tag)
    confidence = confidence_of(job, evidence, tag)
    return replace(job, tag=tag, also=also, verdict=verdict, confidence=confidence, reasons=(reason, *shown))
