"""Which remarks are new since a baseline, and which the user's `# migrate: keep CODE` comments silence."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from migrate.errors import MigrateError
from migrate.findings import Finding, Severity
from migrate.frontend.keep import Keep, keeps
from migrate.ir import Stage
from migrate.report.model import Report
from migrate.report.source import SourceLines

Remark = Finding | Stage


class Mark(NamedTuple):
    """What tells one remark of a run from another: its place and what it is about."""

    path: str
    line: int
    column: int
    code: str
    subject: str


def mark(remark: Remark) -> Mark:
    """The mark of a finding or a stage; a stage is listed in every job that reaches it, always under one mark."""
    if isinstance(remark, Finding):
        return Mark(remark.path, remark.line, remark.column, remark.code, remark.message)
    heavy = remark.heavy.value if remark.heavy else ""
    return Mark(remark.span.path, remark.span.line, remark.span.column, remark.code or heavy, remark.symbol)


def remarks(report: Report) -> Iterator[Remark]:
    """Every finding and every Python-heavy stage, each once, in the order of the report."""
    seen: set[Mark] = set()
    for part in report.parts():
        found: list[Remark] = [*part.findings, *(stage for stage in part.stages if stage.heavy is not None)]
        for remark in found:
            if mark(remark) not in seen:
                seen.add(mark(remark))
                yield remark


def fingerprints(report: Report, sources: Mapping[str, str]) -> Mapping[Mark, str]:
    """A name for each remark that survives moved lines, reformatted blanks and changes elsewhere in the file.

    It is made of the code, the path, the text of the line (its blanks squeezed) and, among remarks that agree in all
    three, the count from the top. Where the text is not at hand the remark's subject stands in for it.
    """
    prints: dict[Mark, str] = {}
    seen: dict[tuple[str, str, str], int] = {}
    lines = SourceLines(sources)
    for one in sorted({mark(remark) for remark in remarks(report)}):
        text = lines.line(one.path, one.line)
        key = (one.path, one.code, one.subject if text is None else " ".join(text.split()))
        seen[key] = seen.get(key, 0) + 1
        prints[one] = hashlib.sha256("\0".join((*key, str(seen[key]))).encode(errors="backslashreplace")).hexdigest()[
            :20
        ]
    return prints


def read_baseline(text: str, name: str) -> frozenset[str]:
    """The fingerprints of a baseline, which is a JSON report of an earlier run. ``name`` is its file, for errors.

    Raises MigrateError when the text is no such report.
    """
    try:
        document = json.loads(text)
        parts = [*document["jobs"], *document["libraries"]]
        entries = [entry for part in parts for entry in (*part["findings"], *part["stages"])]
        return frozenset(entry["fingerprint"] for entry in entries if "fingerprint" in entry)
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        advice = "write one with: migrate analyze PATH --format json --output FILE."
        raise MigrateError(f"{name} is not a JSON report of migrate analyze; {advice}") from error


def against(report: Report, sources: Mapping[str, str], known: frozenset[str]) -> Report:
    """The report, knowing which of its remarks the baseline ``known`` does not have."""
    return replace(report, new=frozenset(fingerprints(report, sources).values()) - known)


def told(report: Report, sources: Mapping[str, str]) -> tuple[Remark, ...]:
    """The remarks that somebody who knows the baseline has not heard: all of them where there is none."""
    prints = fingerprints(report, sources)
    return tuple(one for one in remarks(report) if report.new is None or prints[mark(one)] in report.new)


def counted(report: Report, sources: Mapping[str, str], *, only_new: bool) -> tuple[Remark, ...]:
    """The remarks that `--fail-on any` (or, with ``only_new``, `--fail-on new`) counts.

    Those are the errors, the warnings and the Python-heavy stages that no comment keeps; notes never fail a run.
    Without a baseline every remark is new.
    """
    return tuple(
        remark
        for remark in (told(report, sources) if only_new else remarks(report))
        if (isinstance(remark, Stage) or remark.severity is not Severity.NOTE) and not _kept(remark, sources)
    )


def suppress(report: Report, sources: Mapping[str, str]) -> Report:
    """The report without the findings that the user's comments silence, their number added to ``suppressed``.

    A stage that a comment keeps stays in the report: it is a fact of the job, and only `--fail-on` passes it over.
    """
    jobs = tuple(replace(job, findings=_heard(job.findings, sources)) for job in report.jobs)
    libraries = tuple(replace(library, findings=_heard(library.findings, sources)) for library in report.libraries)
    slimmer = replace(report, jobs=jobs, libraries=libraries)
    silenced = sum(1 for _ in remarks(report)) - sum(1 for _ in remarks(slimmer))
    return replace(slimmer, suppressed=report.suppressed + silenced)


def _heard(findings: tuple[Finding, ...], sources: Mapping[str, str]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if not _kept(finding, sources))


def _kept(remark: Remark, sources: Mapping[str, str]) -> bool:
    one = mark(remark)
    source = sources.get(one.path)
    return source is not None and any(keep.holds(one.line, one.code) for keep in _keeps_of(source))


@lru_cache(maxsize=64)
def _keeps_of(source: str) -> tuple[Keep, ...]:
    return keeps(source)
