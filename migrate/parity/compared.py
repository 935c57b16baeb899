"""What the comparison of one output, or of one stage on the way, came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from migrate.parity.verdict import Verdict


@dataclass(frozen=True)
class NoisyColumn:
    """A column in which two runs of Spark differ: in so many cells, by at most ``max_abs`` (None: not by a number)."""

    name: str
    mismatched: int
    max_abs: float | None


@dataclass(frozen=True)
class Noise:
    """How one output differs between two runs of Spark. ``rows`` says that it does beyond the values of ``columns``.

    ``sentence`` says what that means for the answer about Ray.
    """

    columns: tuple[NoisyColumn, ...]
    rows: bool
    sentence: str


@dataclass(frozen=True)
class OutputResult:
    """One declared output of one pair. ``comparison`` is the oracle's document.

    Where Spark differs from itself, ``noise`` says so, and ``comparison`` is the one that settled the verdict.
    """

    path: str
    format: str
    seed: int
    repeat: int
    verdict: Verdict
    comparison: Mapping[str, Any]
    reason: str | None = None
    tolerances: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    noise: Noise | None = None

    @property
    def mismatched_rows(self) -> int:
        """Rows that differ. What may be Spark's own noise is none, and what nobody can judge is not counted."""
        if self.noise is not None and self.verdict is Verdict.INCONCLUSIVE:
            return 0
        return sum(int(self.comparison.get(key) or 0) for key in ("only_left", "only_right", "changed"))

    @property
    def differs_in_rows_only(self) -> bool:
        """Whether the two have the same columns of the same types, so that counting rows says it all."""
        statuses = {column.get("status") for column in self.comparison.get("columns", ())}
        return self.mismatched_rows > 0 and statuses <= {"equal", "value"}


@dataclass(frozen=True)
class StageResult:
    """One stage on both sides. Where it was not compared, ``verdict`` is None and ``reason`` says why."""

    title: str
    verdict: Verdict | None
    reason: str | None
    comparison: Mapping[str, Any] | None = None

    @property
    def how(self) -> str:
        """What the oracle says about the difference, as the end of a sentence."""
        notes = (self.comparison or {}).get("notes") or ["it differs"]
        return str(notes[0]).rstrip(".")

    @property
    def differs_in_types_only(self) -> bool:
        comparison = self.comparison or {}
        rows = any(comparison.get(key) for key in ("only_left", "only_right", "changed"))
        statuses = {column["status"] for column in comparison.get("columns", ())}
        return not rows and statuses <= {"equal", "type"}


@dataclass(frozen=True)
class Parting:
    """Where two sides part: every stage, the title of the first at which they do (None: at none), and a sentence."""

    stages: tuple[StageResult, ...]
    first: str | None
    sentence: str
