"""What a side uses while it runs: processor time, memory and GPUs of all its processes, twice a second."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from migrate.parity.family import Family
from migrate.parity.gpu import Meter

INTERVAL_SECONDS = 0.5


@dataclass(frozen=True)
class Sample:
    """One look. ``at`` is seconds since the side began; ``cpu`` percent of one core, so that 2 busy cores are 200.

    ``others`` is what the rest of the machine used meanwhile, in the same measure. ``rss`` is bytes, summed over the
    processes: a page that several of them share counts once for each.
    """

    at: float
    cpu: float
    others: float
    rss: int
    gpu: float | None
    processes: int


@dataclass(frozen=True)
class Load:
    """The machine before a run: its cores and the load averages over 1, 5 and 15 minutes."""

    cores: int
    averages: tuple[float, float, float]


class Sampler:
    """Looks at a family when asked, and not more often than the interval."""

    def __init__(self, family: Family, meter: Meter, began: float) -> None:
        self._family, self._meter, self._began = family, meter, began
        self._used: dict[psutil.Process, float] = {}
        self._last = began
        self._busy = _busy_seconds()
        self.samples: list[Sample] = []

    def look(self) -> None:
        now = time.monotonic()
        if now - self._last < INTERVAL_SECONDS:
            return
        members = self._family.near()
        used = dict(self._used)  # Who can't be read this time has not begun anew when read again.
        rss, read = 0, 0
        for member in members:
            try:
                with member.oneshot():
                    times = member.cpu_times()
                    rss += member.memory_info().rss
            except psutil.Error:
                continue
            used[member] = times.user + times.system
            read += 1
        # A process that is new to us has used all of its time since the last look.
        spent = max(sum(seconds - self._used.get(member, 0.0) for member, seconds in used.items()), 0.0)
        busy = _busy_seconds()
        share = 100 / (now - self._last)
        others = max(busy - self._busy - spent, 0.0) * share
        self.samples.append(Sample(now - self._began, spent * share, others, rss, self._meter.read(), read))
        self._used, self._last, self._busy = used, now, busy


def _busy_seconds() -> float:
    """Processor seconds that the whole machine has spent on anything since it started."""
    times = psutil.cpu_times()
    return float(times.user + times.system)


def load() -> Load:
    return Load(psutil.cpu_count() or 1, os.getloadavg())


def write(samples: Sequence[Sample], file: Path) -> None:
    file.write_text("".join(json.dumps(asdict(sample)) + "\n" for sample in samples), encoding="utf-8")
