"""The parity spec: what `parity.toml` says, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from migrate.ir import Engine


class Format(str, Enum):
    """How an output is read when the two sides are compared."""

    PARQUET = "parquet"
    CSV = "csv"
    JSON = "json"
    TEXT = "text"
    TORCH = "torch"
    METRICS = "metrics"
    BYTES = "bytes"


class Phase(str, Enum):
    """What a stretch of wall-clock was spent on."""

    START_UP = "start-up"
    ETL = "etl"
    PREPROCESSING = "preprocessing"
    TRAINING = "training"
    OTHER = "other"


@dataclass(frozen=True)
class Step:
    """One command of a side. ``python`` is its own interpreter as written in the spec, None for the side's."""

    name: str
    command: tuple[str, ...]
    python: str | None = None
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def engine(self) -> Engine | None:
        """The engine that the step's name stands for: `spark` and `spark_after` are Spark on either side."""
        return {"spark": Engine.SPARK, "spark_after": Engine.SPARK, "ray": Engine.RAY}.get(self.name)


@dataclass(frozen=True)
class PhaseLines:
    """Lines of the job's main file, first and last both inside, whose work belongs to a phase."""

    phase: Phase
    lines: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Side:
    """One engine's way to the outputs: its steps in order, the folder they run in, the environment they get."""

    engine: Engine
    steps: tuple[Step, ...]
    cwd: Path
    python: str | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    pass_env: tuple[str, ...] = ()
    phases: tuple[PhaseLines, ...] = ()


@dataclass(frozen=True)
class Allowance:
    """How far a number may lie from its counterpart: ``|left - right| <= abs + rel * |right|``."""

    abs: float = 0.0
    rel: float = 0.0


@dataclass(frozen=True)
class Output:
    """One declared output, at ``path`` under a side's output folder. ``reason`` says why its tolerance is right."""

    path: str
    format: Format
    keys: tuple[str, ...] = ()
    ordered: bool = False
    tolerances: Mapping[str, Allowance] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    allow_empty: bool = False
    reason: str | None = None


EXACT = Allowance()


@dataclass(frozen=True)
class Predictions:
    """What a side's model says of the held-out rows: Parquet at ``path``, a row by its ``keys``, what in ``column``.

    The models agree on a row within ``tolerance``; ``min_agreement`` is the share of rows on which they have to.
    """

    path: str
    keys: tuple[str, ...]
    column: str
    min_agreement: float
    tolerance: Allowance = EXACT


@dataclass(frozen=True)
class Training:
    """A trained model judged by one metric over seeds; ``output`` is the metrics file that holds it."""

    metric: str
    seeds: tuple[int, ...]
    margin: float
    output: str
    predictions: Predictions | None = None


@dataclass(frozen=True)
class Stage:
    """A dataset on the way: what ``variable`` of ``function`` (empty for the module) holds once it is assigned."""

    variable: str
    function: str = ""

    @property
    def title(self) -> str:
        return f"{self.variable} in {self.function}" if self.function else self.variable


@dataclass(frozen=True)
class Gates:
    """What must hold beyond equal outputs; None is no such gate."""

    min_speedup: float | None = None
    max_mismatched_rows: int | None = None
    min_gpu_percent: float | None = None
    max_cost_ratio: float | None = None


@dataclass(frozen=True)
class Prices:
    """What an hour on each side's machines costs, in any currency."""

    spark_per_hour: float
    ray_per_hour: float


@dataclass(frozen=True)
class Cutover:
    """When nightly runs are proof enough: so many equal nights in a row, with gaps of so many days at most."""

    equal_nights: int = 7
    max_gap_days: int = 1


# What two sums in different orders may differ by: small enough that nothing a team looks for hides behind it.
ROUNDING = Allowance(abs=1e-12, rel=1e-9)


@dataclass(frozen=True)
class Spec:
    """A parity spec, read from ``file``. ``inputs`` is an absolute path or a URI.

    ``noise`` is how far Spark's own noise may carry a number before a real difference could hide in it.
    """

    name: str
    file: Path
    text: str
    inputs: str | None
    spark: Side
    ray: Side
    outputs: tuple[Output, ...]
    training: Training | None
    gates: Gates
    noise: Allowance = ROUNDING
    cutover: Cutover = Cutover()
    stages: tuple[Stage, ...] = ()
    prices: Prices | None = None

    @property
    def folder(self) -> Path:
        return self.file.parent

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.spark, self.ray

    @property
    def needed(self) -> tuple[str, ...]:
        """All that a side has to write, under {out}."""
        paths = [output.path for output in self.outputs]
        if self.training is not None:
            paths.append(self.training.output)
            paths += [self.training.predictions.path] if self.training.predictions else []
        return tuple(dict.fromkeys(paths))

    @property
    def seeds(self) -> tuple[int, ...]:
        return self.training.seeds if self.training else (0,)


def is_uri(path: str) -> bool:
    return "://" in path
