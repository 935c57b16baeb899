"""The report as SARIF 2.1.0, in the form that code-scanning services take: relative paths, rules with their pages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from migrate.findings import Finding, Severity
from migrate.ir import Engine, Stage
from migrate.report import words
from migrate.report.baseline import Mark, Remark, fingerprints, mark, remarks
from migrate.report.model import FileStatus, Report
from migrate.rules import rules
from migrate.rules.page import markdown, plain, summary

Document = dict[str, Any]

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"
_PRECISION = "high"
# Code scanning refuses a run with more.
MAX_RESULTS = 25_000
_SEVERITIES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "recommendation"}
_LOUDEST_FIRST = {level: rank for rank, level in enumerate(_SEVERITIES)}


def write(report: Report, sources: Mapping[str, str]) -> str:
    """One SARIF log with one run. Every finding and every Python-heavy stage is a result.

    A stage of which a finding says the same, code and place, is not said twice. Of more than ``MAX_RESULTS`` the least
    severe are left out, and said to be.
    """
    everything = _distinct(remarks(report))
    said = sorted(everything, key=lambda remark: _LOUDEST_FIRST[_level(remark)])[:MAX_RESULTS]
    prints = fingerprints(report, sources)
    codes = sorted({mark(remark).code for remark in said})
    notices = [*_left_out(len(everything) - len(said)), *_skipped(report)]
    run: Document = {
        "tool": {
            "driver": {
                "name": "migrate",
                "semanticVersion": report.version,
                "rules": [_rule(code) for code in codes],
            }
        },
        "automationDetails": {"id": "migrate/analyze/"},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder that was analysed."}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notices}],
        "results": [_result(remark, codes, prints, report.new) for remark in said],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _distinct(said: Iterable[Remark]) -> list[Remark]:
    """The remarks without the stages whose code and place a finding has, which also says what to do."""
    remarked = list(said)
    found = {mark(remark)[:4] for remark in remarked if isinstance(remark, Finding)}
    return [remark for remark in remarked if isinstance(remark, Finding) or mark(remark)[:4] not in found]


def _level(remark: Remark) -> Severity:
    return remark.severity if isinstance(remark, Finding) else Severity.NOTE


def _rule(code: str) -> Document:
    rule = rules().get(code)
    if rule is None:
        return {"id": code}
    return {
        "id": code,
        "name": "".join(part.capitalize() for part in rule.name.split("-")),
        "shortDescription": {"text": summary(rule)},
        "fullDescription": {"text": plain(rule.matches)},
        "help": {"text": plain(markdown(rule)), "markdown": markdown(rule)},
        "defaultConfiguration": {"level": rule.severity.value},
        "properties": {
            "tags": [rule.family.value, rule.family.title],
            "precision": _PRECISION,
            "problem.severity": _SEVERITIES[rule.severity],
        },
    }


def _result(remark: Remark, codes: list[str], prints: Mapping[Mark, str], new: frozenset[str] | None) -> Document:
    fingerprint = prints[mark(remark)]
    code = mark(remark).code
    result: Document = {
        "ruleId": code,
        "ruleIndex": codes.index(code),
        "level": _level(remark).value,
        "message": {"text": _message(remark)},
        "locations": [_location(remark)],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint},
    }
    if new is not None:
        result["baselineState"] = "new" if fingerprint in new else "unchanged"
    return result


def _message(remark: Remark) -> str:
    if isinstance(remark, Finding):
        said = f"{remark.message} {remark.fix}" if remark.fix else remark.message
        cell = remark.cell
    else:
        said = _stage_message(remark)
        cell = remark.span.cell
    return said if cell is None else f"{words.place(remark)}: {said}"


def _stage_message(stage: Stage) -> str:
    assert stage.heavy is not None
    said = f"{stage.symbol} runs Python on Spark's workers ({stage.heavy.value})"
    others = [blocker for blocker in stage.blocked_by if blocker != stage.id]
    if others:
        return f"{said}; {words.plural(len(others), 'other stage')} in its way to Ray."
    if stage.blocked_by:
        return f"{said}; it is not carried to Ray."
    return f"{said}; it can move to Ray." if stage.engine is Engine.RAY else f"{said}; it stays on Spark."


def _location(remark: Remark) -> Document:
    one = mark(remark)
    if isinstance(remark, Finding):
        region = {"startLine": one.line, "startColumn": one.column + 1}
        cell = remark.cell
    else:
        span = remark.span
        region = {
            "startLine": span.line,
            "startColumn": span.column + 1,
            "endLine": span.end_line,
            "endColumn": span.end_column + 1,
        }
        cell = span.cell
    if cell is not None:
        # A notebook's file lines are its JSON's; the message says the cell, the region only opens the file.
        region = {"startLine": 1}
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(one.path), "uriBaseId": _ROOT},
            "region": region,
        }
    }


def _left_out(count: int) -> list[Document]:
    text = (
        f"{words.plural(count, 'result')} left out: code scanning takes {MAX_RESULTS:,}. The JSON report has them all."
    )
    return [{"level": "warning", "message": {"text": text}}] if count else []


def _skipped(report: Report) -> list[Document]:
    return [
        {
            "level": "warning",
            "message": {"text": row.reason or "Not analysed."},
            "locations": [
                {"physicalLocation": {"artifactLocation": {"uri": quote(row.path), "uriBaseId": _ROOT}}},
            ],
        }
        for row in report.files
        if row.status is FileStatus.SKIPPED
    ]
