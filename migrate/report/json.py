"""The report as the JSON document that scripts are written against (schemas/analyze.schema.json)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from migrate.findings import Finding
from migrate.ir import Boundary, Engine, Job, Reason, Stage
from migrate.passes.readiness import FORMULA, NOT_EFFORT, readiness
from migrate.report.baseline import Mark, fingerprints, mark
from migrate.report.model import Library, Report

SCHEMA_VERSION = 1

Document = dict[str, Any]
Fingerprints = Mapping[Mark, str]


def write(report: Report, sources: Mapping[str, str]) -> str:
    """The JSON document; two runs over the same files differ in ``summary.seconds`` alone."""
    return _text(document(report, sources), depth=4) + "\n"


def _text(value: object, depth: int, margin: str = "\n") -> str:
    """JSON with a line for each member down to a depth: a line for each file, stage and finding, which diffs well.

    One by one these go through the encoder in C, which json.dumps leaves as soon as it is to indent.
    """
    if not depth or not value or not isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    inner = margin + "  "
    if isinstance(value, dict):
        parts = [f"{json.dumps(key)}: {_text(member, depth - 1, inner)}" for key, member in value.items()]
        return "{" + inner + f",{inner}".join(parts) + margin + "}"
    return "[" + inner + f",{inner}".join(_text(member, depth - 1, inner) for member in value) + margin + "]"


def document(report: Report, sources: Mapping[str, str]) -> Document:
    """The report as plain dicts and lists, keys in the order of the schema."""
    prints = fingerprints(report, sources)
    summary = report.summary
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "migrate", "version": report.version},
        "root": report.root,
        "summary": {
            "files": summary.files,
            "lines": summary.lines,
            "jobs": summary.jobs,
            "by_tag": {tag.value: count for tag, count in summary.by_tag.items()},
            "by_verdict": {verdict.value: count for verdict, count in summary.by_verdict.items()},
            "seconds": None if report.seconds is None else round(report.seconds, 3),
            "suppressed": report.suppressed,
            "unresolved": summary.unresolved,
            "by_stay": {stay.value: count for stay, count in summary.by_stay.items()},
            "readiness": {"score": summary.readiness, "formula": FORMULA, "note": NOT_EFFORT},
        },
        "files": [{"path": row.path, "status": row.status.value, "reason": row.reason} for row in report.files],
        "jobs": [_job(job, prints) for job in report.jobs],
        "libraries": [_library(library, prints) for library in report.libraries],
    }


def _job(job: Job, prints: Fingerprints) -> Document:
    return {
        "path": job.path,
        "name": job.name,
        "tag": job.tag.value if job.tag else None,
        "also": [tag.value for tag in job.also],
        "verdict": job.verdict.value if job.verdict else None,
        "confidence": round(job.confidence, 2),
        "reasons": [_reason(reason) for reason in job.reasons],
        "stages": [stage_document(stage, prints) for stage in job.stages],
        "boundaries": [_boundary(boundary) for boundary in job.boundaries],
        "findings": [finding_document(finding, prints) for finding in job.findings],
        "unresolved": job.unresolved,
        "stay": job.stay.value if job.stay else None,
        "readiness": readiness([job]),
    }


def _library(library: Library, prints: Fingerprints) -> Document:
    return {
        "path": library.path,
        "stages": [stage_document(stage, prints) for stage in library.stages],
        "findings": [finding_document(finding, prints) for finding in library.findings],
    }


def stage_document(stage: Stage, prints: Fingerprints) -> Document:
    """One stage as a dict. A stage that has not been placed runs on Spark, where it is."""
    span = stage.span
    document: Document = {
        "id": stage.id,
        "kind": stage.kind.value,
        "cost": stage.cost.value,
        "heavy": stage.heavy.value if stage.heavy else None,
        "engine": (stage.engine or Engine.SPARK).value,
        "symbol": stage.symbol,
        "code": stage.code,
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "inputs": list(stage.inputs),
        "blocked_by": list(stage.blocked_by),
    }
    if stage.role is not None:
        document["role"] = stage.role
    if stage.used_at:
        document["used_at"] = list(stage.used_at)
    _add_cell(document, span.cell, span.cell_line)
    if stage.heavy is not None and mark(stage) in prints:
        document["fingerprint"] = prints[mark(stage)]
    return document


def finding_document(finding: Finding, prints: Fingerprints) -> Document:
    """One finding as a dict."""
    document: Document = {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "fix": finding.fix,
    }
    _add_cell(document, finding.cell, finding.cell_line)
    if mark(finding) in prints:
        document["fingerprint"] = prints[mark(finding)]
    return document


def _add_cell(document: Document, cell: int | None, cell_line: int | None) -> None:
    if cell is not None:
        document["cell"] = cell
        document["cell_line"] = cell_line


def _reason(reason: Reason) -> Document:
    return {"code": reason.code, "message": reason.message, "line": reason.line}


def _boundary(boundary: Boundary) -> Document:
    return {
        "from": boundary.source,
        "to": boundary.target,
        "direction": boundary.direction,
        "format": boundary.format,
        "columns": None if boundary.columns is None else list(boundary.columns),
        "path": boundary.path,
        "blocked": boundary.blocked,
    }
