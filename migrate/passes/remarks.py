"""Remarks on a job: habits of its code that its rules warn of, and what could not be read or followed."""

from __future__ import annotations

from dataclasses import replace

from migrate.findings import Finding, Severity
from migrate.frontend.module import Module
from migrate.ir import Job, Kind, Span, Stage, Verdict
from migrate.rules import rules
from migrate.rules.page import first_sentence, plain


def with_remarks(job: Job, module: Module) -> Job:
    """The job with a finding for each stage whose rule warns, each use not followed, each repaired line.

    A warning is of what a move would change, so that in a job that stays on Spark it is a note.
    """
    found = list(job.findings)
    for stage in job.stages:
        rule = rules().get(stage.code or "")
        if stage.kind is Kind.OPAQUE:
            found.append(_unresolved(stage))
        elif rule is not None and rule.severity is not Severity.NOTE:
            severity = Severity.NOTE if job.verdict is Verdict.KEEP_ON_SPARK else rule.severity
            message = f"{stage.symbol}: {first_sentence(rule.why)}"
            found.append(_finding(rule.code, severity, message, stage.span, plain(rule.do)))
    for line, what in module.repairs:
        code = "SR913" if what == "Python 2" else "SR914"
        message = "Python 2 syntax, read as Python 3" if what == "Python 2" else f"left out: {what}"
        found.append(_finding(code, Severity.WARNING, message, module.between(line, 0, line, 0), None))
    return replace(job, findings=tuple(sorted(found, key=lambda f: (f.path, f.line, f.column, f.code, f.message))))


def _unresolved(stage: Stage) -> Finding:
    message = f"a dataset goes to {stage.symbol}, outside the analysed files: what happens to it there is not known"
    return _finding("SR911", Severity.NOTE, message, stage.span, None)


def _finding(code: str, severity: Severity, message: str, span: Span, fix: str | None) -> Finding:
    return Finding(code, severity, message, span.path, span.line, span.column, fix, span.cell, span.cell_line)
