"""What a parity run found, as frozen data: the one thing that every report is made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from statistics import median
from typing import Any

from migrate.ir import Engine
from migrate.parity.compared import OutputResult, Parting
from migrate.parity.entry import Entry
from migrate.parity.phases import Segment, totals
from migrate.parity.sampling import Load, Sample
from migrate.parity.spec import Phase, Prices
from migrate.parity.speed import Cost, Speed, speed_of
from migrate.parity.verdict import Verdict

_HOUR = 3600.0


class Purpose(str, Enum):
    """What a side is run for: to be compared and timed, to show Spark's noise, or to write out its stages."""

    PARITY = "parity"
    NOISE = "noise"
    STAGES = "stages"


class Cause(str, Enum):
    """Why a run could not be done."""

    START = "start"
    EXIT = "exit"
    SIGNAL = "signal"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    DISK = "disk"
    INTERRUPTED = "interrupted"
    INPUTS = "inputs"
    MISSING_OUTPUT = "missing_output"
    UNREADABLE_OUTPUT = "unreadable_output"


@dataclass(frozen=True)
class Failure:
    """Why a run could not be done: one sentence, and the end of the log of the step that it happened in."""

    cause: Cause
    sentence: str
    engine: Engine | None = None
    step: str | None = None
    seed: int | None = None
    log: str | None = None
    log_tail: tuple[str, ...] = ()


@dataclass(frozen=True)
class StepResult:
    """One command that was run. ``command`` is redacted; ``exit_code`` is negative for a signal, None if stopped.

    ``calls`` counts the engine calls that the tracer saw; ``trace_failures`` are the tracer's own mistakes.
    """

    name: str
    command: tuple[str, ...]
    python: str
    seconds: float
    exit_code: int | None
    segments: tuple[Segment, ...]
    calls: int
    trace_failures: tuple[str, ...] = ()


@dataclass(frozen=True)
class SideResult:
    """One side, run once. ``folder`` is relative to the run directory; ``stopped`` counts processes it left behind.

    Only runs for parity count in the figures of speed and use.
    """

    engine: Engine
    seed: int
    repeat: int
    folder: str
    load: Load
    steps: tuple[StepResult, ...]
    samples: tuple[Sample, ...]
    stopped: int
    purpose: Purpose = Purpose.PARITY

    @property
    def seconds(self) -> float:
        """Wall-clock: from each step's start to its end, summed."""
        return sum(step.seconds for step in self.steps)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The whole side's timeline, the steps one after the other."""
        moved, offset = [], 0.0
        for step in self.steps:
            moved += [Segment(s.phase, s.start + offset, s.end + offset, s.what) for s in step.segments]
            offset += step.seconds
        return tuple(moved)

    @property
    def phases(self) -> dict[Phase, float]:
        return totals(self.segments)

    @property
    def peak_rss(self) -> int | None:
        return max((sample.rss for sample in self.samples), default=None)

    @property
    def mean_cpu(self) -> float | None:
        """Percent of all cores together."""
        return _mean([sample.cpu / self.load.cores for sample in self.samples])

    @property
    def mean_others(self) -> float | None:
        """What the rest of the machine used meanwhile, percent of all cores together."""
        return _mean([sample.others / self.load.cores for sample in self.samples])

    @property
    def mean_gpu(self) -> float | None:
        return _mean([sample.gpu for sample in self.samples if sample.gpu is not None])


@dataclass(frozen=True)
class Metric:
    """The training metric of one seed on both sides, the mean over its repeats; ``again`` is Spark's once more."""

    seed: int
    spark: float
    ray: float
    again: float | None = None


@dataclass(frozen=True)
class Agreement:
    """On how many of the held-out rows the two models of one seed say the same."""

    seed: int
    rows: int
    same: int

    @property
    def share(self) -> float:
        return self.same / self.rows if self.rows else 0.0


@dataclass(frozen=True)
class TrainingResult:
    """The equivalence test over seeds. ``interval`` is the 90 % interval of the mean difference, Ray minus Spark."""

    metric: str
    margin: float
    verdict: Verdict
    sentence: str
    metrics: tuple[Metric, ...]
    mean_difference: float | None = None
    interval: tuple[float, float] | None = None
    p_value: float | None = None
    agreements: tuple[Agreement, ...] = ()


@dataclass(frozen=True)
class Curve:
    """One figure of the training history, epoch by epoch, on both sides of one seed."""

    name: str
    seed: int
    spark: tuple[float | None, ...]
    ray: tuple[float | None, ...]


@dataclass(frozen=True)
class GateResult:
    """One gate. ``got`` is None where the run gave nothing to hold against it: then it is neither met nor missed."""

    name: str
    wanted: float
    got: float | None
    met: bool
    sentence: str

    @property
    def missed(self) -> bool:
        return self.got is not None and not self.met


@dataclass(frozen=True)
class Result:
    """A whole parity run. ``started`` and ``ended`` are ISO times in UTC; ``environment`` is versions and machine.

    ``history`` is the last runs of the spec up to this one, oldest first; empty where none is kept.
    """

    name: str
    spec: str
    run_dir: str
    started: str
    ended: str
    verdict: Verdict
    exit_code: int
    headline: str
    sides: tuple[SideResult, ...]
    outputs: tuple[OutputResult, ...]
    training: TrainingResult | None
    curves: tuple[Curve, ...]
    gates: tuple[GateResult, ...]
    failure: Failure | None
    notes: tuple[str, ...]
    environment: Mapping[str, Any]
    history: tuple[Entry, ...] = ()
    parting: Parting | None = None
    prices: Prices | None = None

    @property
    def speed(self) -> Speed | None:
        """None unless both sides ran to their end at least once."""
        return self._speed(lambda repeat: True)

    @property
    def cold(self) -> Speed | None:
        """The first run of each side, before which its inputs were put out of the system's cache."""
        return self._speed(lambda repeat: repeat == 1)

    @property
    def warm(self) -> Speed | None:
        """All runs but the first; None without repeats."""
        return self._speed(lambda repeat: repeat > 1)

    @property
    def cost(self) -> Cost | None:
        """By the median wall-clocks; None where the spec names no prices."""
        speed, prices = self.speed, self.prices
        if speed is None or prices is None:
            return None
        spark = speed.spark.median / _HOUR * prices.spark_per_hour
        ray = speed.ray.median / _HOUR * prices.ray_per_hour
        return Cost(spark, ray, ray / spark)

    def _speed(self, wanted: Callable[[int], bool]) -> Speed | None:
        if self.failure is not None:
            return None
        spark, ray = (
            [side.seconds for side in self.sides_of(engine) if wanted(side.repeat)]
            for engine in (Engine.SPARK, Engine.RAY)
        )
        return speed_of(spark, ray)

    def sides_of(self, engine: Engine) -> tuple[SideResult, ...]:
        """The runs that the figures are about."""
        return tuple(side for side in self.sides if side.engine is engine and side.purpose is Purpose.PARITY)

    def median_phases(self, engine: Engine) -> dict[Phase, float]:
        """Seconds by phase, the median over the side's runs."""
        runs = [side.phases for side in self.sides_of(engine)]
        return {phase: median(run[phase] for run in runs) for phase in Phase} if runs else {}

    def typical(self, engine: Engine) -> SideResult | None:
        """The run whose wall-clock is the median, or next to it: the one to look at."""
        runs = sorted(self.sides_of(engine), key=lambda side: side.seconds)
        return runs[(len(runs) - 1) // 2] if runs else None


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None
