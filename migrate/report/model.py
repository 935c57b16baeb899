"""The frozen document that every output of `migrate analyze` is rendered from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from migrate.findings import Finding
from migrate.ir import Job, Stage, Stay, Tag, Verdict
from migrate.passes.readiness import readiness


class FileStatus(str, Enum):
    """What became of one file of the tree."""

    JOB = "job"
    LIBRARY = "library"
    NO_SPARK = "no_spark"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class FileRow:
    """One file of the inventory. ``reason`` is one sentence on why it was skipped, None for the other states."""

    path: str
    status: FileStatus
    reason: str | None = None


@dataclass(frozen=True)
class Library:
    """A module that only defines functions and classes, with the Spark stages that are written in it."""

    path: str
    stages: tuple[Stage, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Summary:
    """The totals of a report. Every tag and verdict has its count, zero included."""

    files: int
    lines: int
    jobs: int
    by_tag: Mapping[Tag, int]
    by_verdict: Mapping[Verdict, int]
    by_status: Mapping[FileStatus, int]
    heavy: int
    findings: int
    unresolved: int
    by_stay: Mapping[Stay, int]
    readiness: float | None


@dataclass(frozen=True)
class Report:
    """All that `migrate analyze` found under ``root``.

    ``lines`` counts the source lines read, ``seconds`` is the wall-clock of the run (None leaves it out, so that two
    reports can be compared byte by byte), ``version`` is the toolkit's. ``suppressed`` counts the remarks that the
    user's ``# migrate: keep CODE`` comments silenced. ``new`` holds the fingerprints that a baseline does not know,
    None when the run had no baseline.
    """

    root: str
    files: tuple[FileRow, ...]
    jobs: tuple[Job, ...]
    libraries: tuple[Library, ...]
    lines: int
    seconds: float | None
    version: str
    suppressed: int = 0
    new: frozenset[str] | None = field(default=None)

    @property
    def summary(self) -> Summary:
        """The totals, counted from the rows."""
        tags = Counter(job.tag for job in self.jobs)
        verdicts = Counter(job.verdict for job in self.jobs)
        statuses = Counter(row.status for row in self.files)
        return Summary(
            files=len(self.files),
            lines=self.lines,
            jobs=len(self.jobs),
            by_tag={tag: tags[tag] for tag in Tag},
            by_verdict={verdict: verdicts[verdict] for verdict in Verdict},
            by_status={status: statuses[status] for status in FileStatus},
            heavy=sum(stage.heavy is not None for job in self.jobs for stage in job.stages),
            findings=sum(len(part.findings) for part in self.parts()),
            unresolved=sum(job.unresolved for job in self.jobs),
            by_stay={stay: sum(job.stay is stay for job in self.jobs) for stay in Stay},
            readiness=readiness(self.jobs),
        )

    def parts(self) -> Iterator[Job | Library]:
        """The jobs, then the libraries: all that has stages and findings."""
        yield from self.jobs
        yield from self.libraries
