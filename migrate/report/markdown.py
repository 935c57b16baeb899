"""The report as Markdown, short enough for a comment on a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from migrate.findings import Finding
from migrate.ir import Job, Verdict
from migrate.report import totals, words
from migrate.report.baseline import Remark, mark, told
from migrate.report.model import Report
from migrate.report.source import SourceLines, printable

# GitHub refuses a comment of more than 65,536 characters; the rest is left for the closing lines.
MAX_CHARACTERS = 60_000
MOST_BLOCKERS = 5
_SPECIAL = re.compile(r"([\\`*_\[\]#|~])")


def write(report: Report, sources: Mapping[str, str]) -> str:
    """The totals, the jobs, and each job's reasons and remarks folded away.

    With a baseline only the remarks that it does not have are listed, and only the jobs that have such. What does not
    fit a comment is left out, and said to be.
    """
    lines = SourceLines(sources)
    said: dict[str, list[Remark]] = {}
    for remark in told(report, sources):
        said.setdefault(mark(remark).path, []).append(remark)
    jobs = [job for job in report.jobs if report.new is None or job.path in said]
    parts = ["## Spark jobs", _headline(report), *_answer(report), *([_table(jobs)] if jobs else [])]
    text = "\n\n".join(parts) + "\n"
    left_out = 0
    for block in _blocks(report, said, lines):
        if len(text) + len(block) > MAX_CHARACTERS:
            left_out += 1
        else:
            text += f"\n{block}\n"
    if left_out:
        text += f"\n{words.plural(left_out, 'file')} left out here; the JSON and HTML reports have them.\n"
    return text


def _answer(report: Report) -> Iterator[str]:
    """How many jobs of which sort should move, what can move now, and what is in the way."""
    if len(report.jobs) > 1:
        yield _matrix(report)
    mechanisms, blockers = totals.mechanisms(report), totals.blockers(report)
    if mechanisms:
        moving, stages = sum(one.moving for one in mechanisms), sum(one.stages for one in mechanisms)
        yield f"{moving:,} of {words.plural(stages, 'Python-heavy stage')} can move to Ray now."
    if blockers:
        most = ", ".join(f"{_code(one.symbol)} ({words.plural(one.jobs, 'job')})" for one in blockers[:MOST_BLOCKERS])
        yield f"What blocks most: {most}."


def _matrix(report: Report) -> str:
    counts = totals.tags_by_verdict(report)
    verdicts = [verdict for verdict in words.VERDICTS if verdict or any(one is None for _, one in counts)]
    tags = [tag for tag in words.TAGS if any(one is tag for one, _ in counts)]
    rows = [
        ["Jobs", *(words.VERDICTS[verdict] for verdict in verdicts)],
        ["---", *("--:" for _ in verdicts)],
        *([words.TAGS[tag], *(f"{counts.get((tag, verdict), 0):,}" for verdict in verdicts)] for tag in tags),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _blocks(report: Report, said: Mapping[str, list[Remark]], lines: SourceLines) -> Iterator[str]:
    """One folded block for each file that something is said of: the jobs, then the modules that they import."""
    for job in report.jobs:
        here = said.get(job.path, [])
        if here or (job.unresolved and report.new is None):
            points = [*_reasons(job), *_points(here, lines), *_unresolved(job)]
            yield _folded(f"{job.path}: {words.VERDICTS[job.verdict]}", points)
    jobs = {job.path for job in report.jobs}
    for path, here in said.items():
        if path not in jobs:
            yield _folded(path, _points(here, lines))


def _headline(report: Report) -> str:
    return " ".join([f"{words.headline(report)}.", *words.outlook(report), *words.remainder(report)])


def _table(jobs: Sequence[Job]) -> str:
    rows = ["| Job | Tag | Verdict | Confidence | Heavy stages | Blocked by |", "|---|---|---|--:|--:|---|"]
    for job in sorted(jobs, key=lambda job: job.verdict is Verdict.KEEP_ON_SPARK):
        blocked_by = words.first_of((_code(stage.symbol) for stage in words.blockers(job)), 3)
        heavy = len(words.heavy_stages(job))
        verdict = words.VERDICTS[job.verdict]
        row = (_code(job.path), words.TAGS[job.tag], verdict, f"{job.confidence:.2f}", str(heavy), blocked_by)
        rows.append(f"| {' | '.join(row)} |")
        if sum(map(len, rows)) > MAX_CHARACTERS // 3:
            rows.append(f"| and {len(jobs) - len(rows) + 2:,} more | | | | | |")
            break
    return "\n".join(rows)


def _folded(title: str, points: Iterable[str]) -> str:
    return "\n".join([f"<details><summary>{_html(title)}</summary>\n", *points, "\n</details>"])


def _reasons(job: Job) -> Iterator[str]:
    for reason in job.reasons:
        where = words.reason_place(job, reason)
        yield f"- {reason.code} {f'{where}: ' if where else ''}{_text(reason.message)}"


def _points(said: Iterable[Remark], lines: SourceLines) -> Iterator[str]:
    for remark in said:
        yield f"- {_remark(remark)}"
        source = lines.line(mark(remark).path, mark(remark).line)
        if source is not None:
            yield f"  {_code(source.strip())}"


def _unresolved(job: Job) -> Iterator[str]:
    if job.unresolved:
        yield f"- {words.plural(job.unresolved, 'use')} of a dataset could not be followed."


def _remark(remark: Remark) -> str:
    where = words.place(remark)
    if isinstance(remark, Finding):
        fix = f" {_text(remark.fix)}" if remark.fix else ""
        return f"**{remark.severity.value}** {remark.code} {where}: {_text(remark.message)}{fix}"
    assert remark.heavy is not None
    return f"**Python-heavy** {remark.code or ''} {where}: {_code(remark.symbol)} ({_text(remark.heavy.value)})"


def _code(text: str) -> str:
    """The text as a code span, whatever it holds."""
    shown = printable(text).replace("|", "\\|")
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {shown} {fence}" if longest else f"{fence}{shown}{fence}"


def _text(text: str) -> str:
    """The text as prose: nothing in it is Markdown, HTML or a mention of a person."""
    return _html(_SPECIAL.sub(r"\\\1", text)).replace("@", "@<!-- -->")


def _html(text: str) -> str:
    return printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
