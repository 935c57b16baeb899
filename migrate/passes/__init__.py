"""Passes over a job: pure data in, pure data out."""

from __future__ import annotations

from dataclasses import replace

from migrate.ir import Job
from migrate.passes.tag import tags
from migrate.passes.verdict import with_verdict
from migrate.rules import code_for


def judge(job: Job) -> Job:
    """The job with the code of each stage, its tags, its verdict, and the reasons for both."""
    coded = tuple(replace(stage, code=stage.code or code_for(stage.symbol, stage.heavy)) for stage in job.stages)
    job = replace(job, stages=coded)
    tag, also, reasons = tags(job)
    return with_verdict(job, tag, also, reasons)
