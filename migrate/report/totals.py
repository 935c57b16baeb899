"""What all jobs of a report add up to: the counts that its tables, charts and first lines are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from migrate.ir import Engine, Job, Tag, Verdict
from migrate.report import words
from migrate.report.model import Report


class Mechanism(NamedTuple):
    """How many stages of all jobs run Python by one mechanism, and how many of those are placed on Ray."""

    name: str
    stages: int
    moving: int


class Blocker(NamedTuple):
    """A symbol that keeps Python-heavy stages on Spark: in how many jobs, and in how many of those as the only one."""

    symbol: str
    jobs: int
    alone: int


def tags_by_verdict(report: Report) -> Mapping[tuple[Tag | None, Verdict | None], int]:
    """The number of jobs of each tag and verdict."""
    return Counter((job.tag, job.verdict) for job in report.jobs)


def mechanisms(report: Report) -> tuple[Mechanism, ...]:
    """The mechanisms that run Python, the most frequent first."""
    stages, moving = Counter[str](), Counter[str]()
    for job in report.jobs:
        for stage in words.heavy_stages(job):
            kind = stage.heavy.value if stage.heavy else ""
            stages[kind] += 1
            moving[kind] += stage.engine is Engine.RAY
    return tuple(Mechanism(name, stages[name], moving[name]) for name in _frequent(stages))


def blockers(report: Report) -> tuple[Blocker, ...]:
    """The symbols that hold Python-heavy stages back, those of the most jobs first."""
    jobs, alone = Counter[str](), Counter[str]()
    for symbols in map(_symbols, report.jobs):
        jobs.update(symbols)
        alone.update(symbols if len(symbols) == 1 else ())
    return tuple(Blocker(symbol, jobs[symbol], alone[symbol]) for symbol in _frequent(jobs))


def blocked(report: Report) -> int:
    """The number of jobs in which a Python-heavy stage is held back."""
    return sum(bool(_symbols(job)) for job in report.jobs)


def freed(report: Report, symbols: Iterable[str]) -> int:
    """The number of jobs in which nothing would be held back any more if ``symbols`` were carried to Ray."""
    carried = frozenset(symbols)
    return sum(bool(held) and held <= carried for held in map(_symbols, report.jobs))


def _symbols(job: Job) -> frozenset[str]:
    return frozenset(stage.symbol for stage in words.blockers(job))


def _frequent(counts: Counter[str]) -> list[str]:
    return sorted(counts, key=lambda name: (-counts[name], name))
