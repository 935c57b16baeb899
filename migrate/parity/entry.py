"""One run as the history of its spec keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Entry:
    """One run in the history of its spec. ``identity`` is a digest of spec and code, ``started`` an ISO time in UTC.

    Seconds are medians, None where a side did not come through.
    """

    started: str
    verdict: str
    exit_code: int
    headline: str
    identity: str
    spark_seconds: float | None
    ray_seconds: float | None
    mismatched_rows: int
    run_dir: str

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.started.replace("Z", "+00:00"))

    @property
    def speedup(self) -> float | None:
        return self.spark_seconds / self.ray_seconds if self.spark_seconds and self.ray_seconds else None
