"""The parity spec: what `parity.toml` says, read once, checked, and then only data."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from migrate.errors import MigrateError
from migrate.ir import Engine
from migrate.parity.spec_table import Table

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SCHEMA_VERSION = 1


class Format(str, Enum):
    """How an output is read when the two sides are compared."""

    PARQUET = "parquet"
    CSV = "csv"
    JSON = "json"
    TEXT = "text"
    TORCH = "torch"
    METRICS = "metrics"


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


@dataclass(frozen=True)
class Training:
    """A trained model judged by one metric over seeds; ``output`` is the metrics file that holds it."""

    metric: str
    seeds: tuple[int, ...]
    margin: float
    output: str


@dataclass(frozen=True)
class Gates:
    """What must hold beyond equal outputs; None is no such gate."""

    min_speedup: float | None = None
    max_mismatched_rows: int | None = None


EXACT = Allowance()
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

    @property
    def folder(self) -> Path:
        return self.file.parent

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.spark, self.ray

    @property
    def seeds(self) -> tuple[int, ...]:
        return self.training.seeds if self.training else (0,)


def load(path: Path) -> Spec:
    """Read a spec, or the `parity.toml` of a folder. Raises MigrateError naming the file and the key."""
    file = (path / "parity.toml" if path.is_dir() else path).absolute()
    try:
        text = file.read_text(encoding="utf-8")
        values = tomllib.loads(text)
    except OSError as error:
        raise MigrateError(f"{file}: the parity spec cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise MigrateError(f"{file}: the parity spec is not UTF-8 text.") from error
    except tomllib.TOMLDecodeError as error:
        raise MigrateError(f"{file}: the parity spec is not valid TOML: {error}.") from error
    return _spec(Table(values, file), file, text)


def is_uri(path: str) -> bool:
    return "://" in path


def _spec(table: Table, file: Path, text: str) -> Spec:
    version = table.whole("schema_version")
    if version != SCHEMA_VERSION:
        table.fail("schema_version", f"is {version}; this version of migrate reads {SCHEMA_VERSION}")
    name = table.text("name")
    if "/" in name or name in {".", ".."}:
        table.fail("name", "names a folder of the run and must not hold a slash")
    outputs = tuple(_output(each) for each in table.tables("output", named_by="path"))
    paths = [output.path for output in outputs]
    if twice := [path for path in paths if paths.count(path) > 1]:
        table.fail("output", f'declares "{twice[0]}" twice')
    inputs = table.table("inputs")
    path = inputs.optional_text("path")
    inputs.close()
    spec = Spec(
        name=name,
        file=file,
        text=text,
        inputs=None if path is None else path if is_uri(path) else str(file.parent / path),
        spark=_side(table, Engine.SPARK, file.parent),
        ray=_side(table, Engine.RAY, file.parent),
        outputs=outputs,
        training=_training(table, outputs),
        gates=_gates(table.table("gates")),
        noise=_allowance(table.table("noise"), ROUNDING),
    )
    table.close()
    _check_seeds(table, spec)
    return spec


def _side(root: Table, engine: Engine, folder: Path) -> Side:
    if not root.has(engine.value):
        root.fail(engine.value, "is missing: the spec needs a [spark] and a [ray] table")
    table = root.table(engine.value)
    if table.has("command") == table.has("step"):
        table.fail("command", f"or [[{engine.value}.step]] tables are needed, one of the two and not both")
    if table.has("command"):
        steps: tuple[Step, ...] = (Step(engine.value, table.texts("command", needed=True)),)
    else:
        steps = tuple(_step(each) for each in table.tables("step", named_by="name"))
        if not steps or len({step.name for step in steps}) < len(steps):
            table.fail("step", "must hold at least one step, each with its own name")
    side = Side(
        engine=engine,
        steps=steps,
        cwd=folder / table.text("cwd", "."),
        python=table.optional_text("python"),
        env=table.text_map("env"),
        pass_env=table.texts("pass_env"),
        phases=tuple(_phase(each) for each in table.tables("phase", named_by="name")),
    )
    if not side.cwd.is_dir():
        table.fail("cwd", f"is not a folder: {side.cwd}")
    table.close(also=("command", "step"))
    return side


def _step(table: Table) -> Step:
    step = Step(
        name=table.text("name"),
        command=table.texts("command", needed=True),
        python=table.optional_text("python"),
        env=table.text_map("env"),
    )
    if not step.name.replace("_", "").replace("-", "").isalnum():
        table.fail("name", "must be made of letters, digits, `_` and `-`")
    table.close()
    return step


def _phase(table: Table) -> PhaseLines:
    named = (Phase.ETL, Phase.PREPROCESSING, Phase.TRAINING)
    phase = PhaseLines(Phase(table.choice("name", [each.value for each in named])), table.line_ranges("lines"))
    table.close()
    return phase


def _output(table: Table) -> Output:
    tolerance = table.table("tolerance")
    output = Output(
        path=table.text("path"),
        format=Format(table.choice("format", [each.value for each in Format])),
        keys=table.texts("keys"),
        ordered=table.flag("ordered", False),
        tolerances={column: _allowance(tolerance.table(column)) for column in tolerance.names()},
        ignore=table.texts("ignore"),
        allow_empty=table.flag("allow_empty", False),
        reason=table.optional_text("reason"),
    )
    if Path(output.path).is_absolute() or ".." in Path(output.path).parts:
        table.fail("path", "must lie under {out}: relative, without `..`")
    if output.keys and output.format in {Format.TEXT, Format.TORCH, Format.METRICS}:
        table.fail("keys", f"means nothing for the format {output.format.value}")
    table.close()
    return output


def _allowance(table: Table, usual: Allowance = EXACT) -> Allowance:
    allowance = Allowance(table.number("abs", usual.abs), table.number("rel", usual.rel))
    table.close()
    return allowance


def _training(root: Table, outputs: tuple[Output, ...]) -> Training | None:
    table = root.table("training")
    if not root.has("training"):
        return None
    metrics = [output.path for output in outputs if output.format is Format.METRICS]
    output = table.optional_text("output") or (metrics[0] if len(metrics) == 1 else "")
    if not output:
        table.fail("output", "is missing: name the metrics file under {out}")
    training = Training(table.text("metric"), table.wholes("seeds"), table.number("margin"), output)
    table.close()
    return training


def _gates(table: Table) -> Gates:
    limit = table.whole("max_mismatched_rows") if table.has("max_mismatched_rows") else None
    gates = Gates(table.optional_number("min_speedup"), limit)
    table.close(also=("max_mismatched_rows",))
    return gates


def _check_seeds(table: Table, spec: Spec) -> None:
    for side in spec.sides:
        words = [word for step in side.steps for word in (*step.command, *step.env.values())] + [*side.env.values()]
        if len(spec.seeds) > 1 and not any("{seed}" in word for word in words):
            lacking = f"no command of the {side.engine.value} side has {{seed}}"
            table.fail("training.seeds", f"names several seeds, but {lacking}")
