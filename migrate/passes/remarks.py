"""Remarks on a job: habits of its code that its rules warn of, and what could not be read or followed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from migrate.findings import Finding, Severity
from migrate.frontend.keep import keeps
from migrate.frontend.module import Module
from migrate.ir import Job, Kind, Span, Stage, Verdict
from migrate.rules import rules
from migrate.rules.page import first_sentence, plain


def with_remarks(job: Job, module: Module) -> Job:
    """The job with a finding for each stage whose rule warns, use not followed, repaired line and idle keep comment.

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
    found += _idle_keeps(job, found, module)
    return replace(job, findings=tuple(sorted(found, key=lambda f: (f.path, f.line, f.column, f.code, f.message))))


def _idle_keeps(job: Job, found: list[Finding], module: Module) -> Iterator[Finding]:
    """A finding for each keep comment that names a code in vain: nothing it holds for is said under that code."""
    said = [(finding.line, finding.code) for finding in found if finding.path == module.path]
    said += [
        (stage.span.line, stage.code or "") for stage in job.stages if stage.heavy and stage.span.path == module.path
    ]
    for keep in keeps(module.text):
        kept = {code for line, code in said if keep.holds(line, code)}
        if keep.codes is None and not kept:
            message = "the comment keeps nothing: there is no finding and no Python-heavy stage here"
        elif idle := sorted((keep.codes or frozenset()) - kept):
            message = "; ".join(
                f"{code} is no code" if code not in rules() else f"nothing here has {code}" for code in idle
            )
        else:
            continue
        fix = "Correct the code, or take it out of the comment."
        yield _finding("SR925", Severity.WARNING, message, module.between(keep.line, 0, keep.line, 0), fix)


def _unresolved(stage: Stage) -> Finding:
    message = f"a dataset goes to {stage.symbol}, outside the analysed files: what happens to it there is not known"
    return _finding("SR911", Severity.NOTE, message, stage.span, None)


def _finding(code: str, severity: Severity, message: str, span: Span, fix: str | None) -> Finding:
    return Finding(code, severity, message, span.path, span.line, span.column, fix, span.cell, span.cell_line)
