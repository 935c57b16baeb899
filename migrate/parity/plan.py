"""What will be run: every side run in order, every step with its words, environment and folder settled."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from migrate.errors import MigrateError
from migrate.ir import Engine
from migrate.parity import interpreters
from migrate.parity.result import Purpose
from migrate.parity.spec import Side, Spec, Step, is_uri

PLACEHOLDERS = ("python", "out", "inputs", "workdir", "seed")
_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class Options:
    """What the command line says about a run. ``timeout`` is seconds for each side run, None for no limit.

    ``history`` is the file that keeps the spec's runs; without one, a run in the usual place is kept
    there. ``resume`` is the run directory of a run to go on with.
    """

    repeat: int = 1
    timeout: float | None = None
    calibrate: bool = False
    bisect: bool = False
    keep: bool = False
    gpu: bool = False
    inputs: str | None = None
    spark_python: str | None = None
    ray_python: str | None = None
    run_dir: Path | None = None
    history: Path | None = None
    resume: Path | None = None


@dataclass(frozen=True)
class PlannedStep:
    """One command with its interpreter. Placeholders still stand in ``command`` and ``env``: see `fill`."""

    name: str
    engine: Engine
    python: str
    command: tuple[str, ...]
    env: Mapping[str, str]


@dataclass(frozen=True)
class PlannedRun:
    """One side, run once. ``repeat`` and ``number`` count from 1."""

    number: int
    side: Side
    seed: int
    repeat: int
    steps: tuple[PlannedStep, ...]
    purpose: Purpose = Purpose.PARITY

    @property
    def is_cold(self) -> bool:
        """Whether it is to find its inputs as if nobody had read them: the later repeats are the warm ones."""
        return self.repeat == 1 and self.purpose is Purpose.PARITY

    @property
    def folder(self) -> str:
        """Its folder's name in the run directory."""
        return f"{self.number:03d}-{self.side.engine.value}-seed-{self.seed}"

    @property
    def title(self) -> str:
        which = {Purpose.PARITY: "", Purpose.NOISE: ", once more", Purpose.STAGES: ", stage by stage"}[self.purpose]
        return f"{self.side.engine.value.capitalize()}, seed {self.seed}{_times(self.repeat)}{which}"


@dataclass(frozen=True)
class Pair:
    """A Spark run and the Ray run that it is compared with; ``again`` is Spark once more, to see its own noise."""

    spark: PlannedRun
    ray: PlannedRun
    again: PlannedRun | None = None

    @property
    def runs(self) -> tuple[PlannedRun, ...]:
        """All runs, in the order in which they take their turns."""
        return (self.spark, *([self.again] if self.again else []), self.ray)

    @property
    def title(self) -> str:
        return f"seed {self.spark.seed}{_times(self.spark.repeat)}"


@dataclass(frozen=True)
class Plan:
    """Every pair in the order of running. The sides alternate, so that a machine that slows down slows both."""

    spec: Spec
    inputs: str | None
    pairs: tuple[Pair, ...]


def plan(spec: Spec, options: Options) -> Plan:
    """Settle what will be run. Raises MigrateError for missing interpreters and inputs and unknown placeholders."""
    overrides = {Engine.SPARK: options.spark_python, Engine.RAY: options.ray_python}
    inputs = _inputs(spec, options)
    steps = {
        side.engine: tuple(_step(spec, side, step, overrides, inputs) for step in side.steps) for side in spec.sides
    }
    numbers = count(1)

    def planned(side: Side, seed: int, repeat: int, purpose: Purpose = Purpose.PARITY) -> PlannedRun:
        return PlannedRun(next(numbers), side, seed, repeat, steps[side.engine], purpose)

    pairs = []
    for repeat in range(1, options.repeat + 1):
        for seed in spec.seeds:
            spark = planned(spec.spark, seed, repeat)
            again = planned(spec.spark, seed, repeat, Purpose.NOISE) if options.calibrate else None
            pairs.append(Pair(spark, planned(spec.ray, seed, repeat), again))
    return Plan(spec, inputs, tuple(pairs))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put the values in for the placeholders. Other braces stay: a variable that was passed on may hold any."""
    return _PLACEHOLDER.sub(lambda match: values.get(match.group(1), match.group(0)), text)


def _times(repeat: int) -> str:
    return f", repeat {repeat}" if repeat > 1 else ""


def _inputs(spec: Spec, options: Options) -> str | None:
    inputs = spec.inputs
    if options.inputs is not None:
        inputs = options.inputs if is_uri(options.inputs) else str(Path(options.inputs).absolute())
    if inputs is not None and not is_uri(inputs) and not Path(inputs).exists():
        raise MigrateError(f"{spec.file}: there are no inputs at {inputs}; correct inputs.path or pass --inputs.")
    return inputs


def _step(
    spec: Spec, side: Side, step: Step, overrides: Mapping[Engine, str | None], inputs: str | None
) -> PlannedStep:
    passed = {name: os.environ[name] for name in side.pass_env if name in os.environ}
    planned = PlannedStep(
        name=step.name,
        engine=step.engine or side.engine,
        python=interpreters.find(spec, side, step, overrides),
        command=step.command,
        env={**passed, **side.env, **step.env},
    )
    for word in (*step.command, *side.env.values(), *step.env.values()):
        _check(word, f"{spec.file}: the {side.engine.value} side's step `{step.name}`", inputs)
    return planned


def _check(word: str, where: str, inputs: str | None) -> None:
    for name in _PLACEHOLDER.findall(word):
        if name not in PLACEHOLDERS:
            known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
            raise MigrateError(f"{where} uses the unknown placeholder {{{name}}}; there are {known}.")
        if name == "inputs" and inputs is None:
            raise MigrateError(f"{where} uses {{inputs}}, but nothing says where: set inputs.path or pass --inputs.")
