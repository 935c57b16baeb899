"""The report as one HTML page that needs nothing else: no network, no server, no build."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from migrate import templating
from migrate.report import totals, words
from migrate.report.baseline import Remark, mark
from migrate.report.json import document
from migrate.report.model import Report
from migrate.report.source import SourceLines, printable
from migrate.rules import rules
from migrate.rules.page import plain, summary

# The last one starts the page, so it comes when all the others are there.
_SCRIPTS = tuple(f"report/{name}.js" for name in ("graph", "fold", "charts", "inventory", "overview", "job", "analyze"))

_BLOCKERS_SHOWN = 8


def write(report: Report, sources: Mapping[str, str]) -> str:
    """The page. Source text travels as JSON and reaches the page as text nodes alone, so that none of it is markup."""
    from markupsafe import Markup

    script = "\n".join(templating.render(name) for name in _SCRIPTS)
    return templating.render(
        "report/analyze.html.j2",
        title=f"Spark jobs in {printable(report.root)}",
        script=Markup(script),
        # The policy names the one script that may run, so that nothing smuggled into the page could.
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        data=Markup(embedded(_data(report, sources))),
    )


def embedded(data: object) -> str:
    """JSON that can stand inside a script element: nothing in it can end the element or open a comment."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _data(report: Report, sources: Mapping[str, str]) -> dict[str, Any]:
    return {
        "report": document(report, sources),
        "lines": _lines(report, sources),
        "rules": _rules(report),
        "tags": {tag.value: words.TAGS[tag] for tag in words.TAGS if tag},
        "verdicts": {verdict.value: words.VERDICTS[verdict] for verdict in words.VERDICTS if verdict},
        "totals": _totals(report),
        "headline": words.headline(report),
        "outlook": words.outlook(report),
        "remainder": words.remainder(report),
        "new": None if report.new is None else sorted(report.new),
    }


def _totals(report: Report) -> dict[str, Any]:
    """What the charts show: every mechanism, and of the blockers the first, with what carrying these would free."""
    held = totals.blockers(report)
    shown = held[:_BLOCKERS_SHOWN]
    return {
        "mechanisms": [mechanism._asdict() for mechanism in totals.mechanisms(report)],
        "blockers": [blocker._asdict() for blocker in shown],
        "blocking": len(held),
        "blocked": totals.blocked(report),
        "freed": totals.freed(report, (blocker.symbol for blocker in shown)),
    }


def _remarks(report: Report) -> Iterable[Remark]:
    for part in report.parts():
        yield from part.stages
        yield from part.findings


def _lines(report: Report, sources: Mapping[str, str]) -> dict[str, dict[int, str]]:
    """The source lines that the page shows, by path and number."""
    reader = SourceLines(sources)
    found: dict[str, dict[int, str]] = {}
    places = {(mark(remark).path, mark(remark).line) for remark in _remarks(report)}
    places |= {(job.path, reason.line) for job in report.jobs for reason in job.reasons if reason.line is not None}
    for path, line in sorted(places):
        text = reader.line(path, line)
        if text is not None:
            found.setdefault(path, {})[line] = printable(text.strip())
    return found


def _rules(report: Report) -> dict[str, dict[str, Any]]:
    """The pages of the codes that the report speaks of, as plain text."""
    codes = {remark.code for remark in _remarks(report)}
    codes |= {reason.code for job in report.jobs for reason in job.reasons}
    return {
        code: {
            "name": rule.name,
            "summary": summary(rule),
            "why": plain(rule.why),
            "do": plain(rule.do),
            "differences": [plain(difference) for difference in rule.differences],
        }
        for code, rule in rules().items()
        if code in codes
    }
