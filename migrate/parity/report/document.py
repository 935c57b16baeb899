"""The parity result as the document of `--format json`; its schema is schemas/parity.schema.json."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from migrate import __version__
from migrate.ir import Engine
from migrate.parity.compared import OutputResult, Parting
from migrate.parity.result import Result, SideResult, TrainingResult
from migrate.parity.speed import Speed

SCHEMA_VERSION = 1


def to_json(result: Result) -> dict[str, Any]:
    """The document of `--format json`: plain values, valid JSON whatever the metrics hold."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "migrate", "version": __version__},
        "name": result.name,
        "spec": result.spec,
        "run_dir": result.run_dir,
        "started": result.started,
        "ended": result.ended,
        "verdict": result.verdict,
        "exit_code": result.exit_code,
        "headline": result.headline,
        "failure": None if result.failure is None else vars(result.failure),
        "outputs": [_output_json(output) for output in result.outputs],
        "training": None if result.training is None else _training_json(result.training),
        "curves": [vars(curve) for curve in result.curves],
        "parting": None if result.parting is None else _parting_json(result.parting),
        "gates": [vars(gate) for gate in result.gates],
        "speed": _speed_json(result.speed),
        "cold": _speed_json(result.cold),
        "warm": _speed_json(result.warm),
        "cost": None if result.cost is None else vars(result.cost),
        "phases": {engine.value: result.median_phases(engine) for engine in Engine},
        "sides": [_side_json(side) for side in result.sides],
        "notes": result.notes,
        "environment": result.environment,
        "history": [vars(entry) for entry in result.history],
    }
    plain = _plain(document)
    assert isinstance(plain, dict)
    return plain


def _speed_json(speed: Speed | None) -> dict[str, Any] | None:
    return None if speed is None else {**vars(speed), "spark": vars(speed.spark), "ray": vars(speed.ray)}


def _output_json(output: OutputResult) -> dict[str, Any]:
    noise = None
    if output.noise is not None:
        noise = {**vars(output.noise), "columns": [vars(column) for column in output.noise.columns]}
    return {**vars(output), "mismatched_rows": output.mismatched_rows, "noise": noise}


def _parting_json(parting: Parting) -> dict[str, Any]:
    return {**vars(parting), "stages": [vars(stage) for stage in parting.stages]}


def _training_json(training: TrainingResult) -> dict[str, Any]:
    return {
        **vars(training),
        "metrics": [vars(metric) for metric in training.metrics],
        "agreements": [vars(each) for each in training.agreements],
    }


def _side_json(side: SideResult) -> dict[str, Any]:
    return {
        **vars(side),
        "seconds": side.seconds,
        "phases": side.phases,
        "peak_rss": side.peak_rss,
        "mean_cpu": side.mean_cpu,
        "mean_others": side.mean_others,
        "mean_gpu": side.mean_gpu,
        "load": vars(side.load),
        "steps": [{**vars(step), "segments": [vars(s) for s in step.segments]} for step in side.steps],
        "samples": [vars(sample) for sample in side.samples],
    }


def _plain(value: object) -> object:
    """Enums by value, tuples as lists, and numbers that JSON has no word for as the text of what they are."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value
