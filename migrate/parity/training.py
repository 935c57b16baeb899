"""Whether two trained models are as good as each other: an equivalence test of one metric, paired by seed."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from migrate.errors import MigrateError
from migrate.parity.result import Curve, Metric, TrainingResult, Verdict
from migrate.parity.spec import Training

# Two one-sided tests at this level are the same as asking for the 90 % interval to lie within the margin.
LEVEL = 0.05
_PATH_PART = re.compile(r"([^.\[\]]+)|\[(-?\d+)\]")
_COUNTERS = {"epoch", "step", "iteration", "time", "seed"}


def read_metric(file: Path, metric: str) -> float:
    """A metric named like `accuracy` or `history[-1].loss` in a JSON file. Raises MigrateError if it is not there."""
    document = read_document(file)
    value: Any = document
    if isinstance(document, dict) and metric in document:
        value = document[metric]
    else:
        for name, index in _PATH_PART.findall(metric):
            try:
                value = value[name] if name else value[int(index)]
            except (KeyError, IndexError, TypeError) as error:
                raise MigrateError(f"{file}: there is no metric `{metric}` in it.") from error
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise MigrateError(f"{file}: the metric `{metric}` is not a number but {json.dumps(value)[:60]}.")
    return float(value)


def read_document(file: Path) -> Any:
    """A metrics file as JSON values. Raises MigrateError."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise MigrateError(f"{file}: the metrics cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise MigrateError(f"{file}: the metrics are not valid JSON: {error}.") from error


def judge(training: Training, metrics: Sequence[Metric]) -> TrainingResult:
    """Equal where the metric is shown to be equivalent, different where its mean differs by more than the margin.

    In between, where the mean is within the margin and chance could still put it outside, it is inconclusive.
    """
    name, margin = training.metric, training.margin
    lost = [metric for metric in metrics if not (math.isfinite(metric.spark) and math.isfinite(metric.ray))]
    if lost:
        sentence = f"{name} is not a finite number (seed {lost[0].seed}: Spark {lost[0].spark}, Ray {lost[0].ray})"
        return TrainingResult(name, margin, Verdict.DIFFERENT, sentence, tuple(metrics))
    differences = [metric.ray - metric.spark for metric in metrics]
    mean = fmean(differences)
    if len(differences) < 2:
        verdict = Verdict.EQUAL if _within(abs(mean), margin) else Verdict.DIFFERENT
        how = f"on Ray is {mean:+.4g} from Spark" if mean else "is the same on Ray as on Spark"
        sentence = f"{name} {how} with one seed, {_inside(verdict)} the margin of {margin:g}"
        sentence += "; one seed says nothing about chance"
        return TrainingResult(name, margin, verdict, sentence, tuple(metrics), mean)
    if not any(differences):
        sentence = f"{name} is the same on Ray as on Spark for each of {len(differences)} seeds"
        return TrainingResult(name, margin, Verdict.EQUAL, sentence, tuple(metrics), mean, (mean, mean))
    error = stdev(differences) / math.sqrt(len(differences))
    degrees = len(differences) - 1
    half = error * t_quantile(1 - LEVEL, degrees)
    low, high = mean - half, mean + half
    verdict = _verdict(mean, low, high, margin)
    sentence = (
        f"{name} on Ray is {mean:+.4g} from Spark over {len(differences)} seeds, "
        f"90 % interval {low:+.4g} to {high:+.4g}: {_meaning(verdict, margin)}"
    )
    p_value = _p_value(mean, error, margin, degrees)
    return TrainingResult(name, margin, verdict, sentence, tuple(metrics), mean, (low, high), p_value)


def curves(seed: int, spark: Any, ray: Any) -> list[Curve]:
    """The figures that both sides' metrics files hold epoch by epoch, as a list of tables."""
    left, right = _history(spark), _history(ray)
    names = [name for name in _numeric(left) if name in _numeric(right) and name not in _COUNTERS]
    return [Curve(name, seed, _column(left, name), _column(right, name)) for name in names]


def t_cdf(t: float, degrees: int) -> float:
    """Student's t distribution function for a whole number of degrees of freedom, by its finite series.

    Abramowitz and Stegun, 26.7.3 and 26.7.4.
    """
    angle = math.atan(t / math.sqrt(degrees))
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = degrees % 2 == 1
    term = cosine if odd else 1.0
    total = 0.0
    for power in range(1 if odd else 0, degrees - 1, 2):
        total += term
        term *= cosine * cosine * (power + 1) / (power + 2)
    inside = 2 / math.pi * (angle + sine * total) if odd else sine * total
    return 0.5 + inside / 2


def t_quantile(probability: float, degrees: int) -> float:
    """The t that ``probability`` (above one half) of the distribution lies below."""
    low, high = 0.0, 1.0
    while t_cdf(high, degrees) < probability:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if t_cdf(middle, degrees) < probability else (low, middle)
    return high


def _verdict(mean: float, low: float, high: float, margin: float) -> Verdict:
    if _within(-low, margin) and _within(high, margin):
        return Verdict.EQUAL
    return Verdict.INCONCLUSIVE if _within(abs(mean), margin) else Verdict.DIFFERENT


def _within(value: float, margin: float) -> bool:
    """A margin holds on its edge, also where 0.90 - 0.88 comes out a hair above 0.02."""
    return value <= margin or math.isclose(value, margin, rel_tol=1e-9, abs_tol=1e-12)


def _p_value(mean: float, error: float, margin: float, degrees: int) -> float | None:
    """The larger of the two one-sided p-values; None where the seeds do not differ at all among themselves."""
    if error == 0:
        return None
    return max(1 - t_cdf((mean + margin) / error, degrees), t_cdf((mean - margin) / error, degrees))


def _inside(verdict: Verdict) -> str:
    return "within" if verdict is Verdict.EQUAL else "outside"


def _meaning(verdict: Verdict, margin: float) -> str:
    if verdict is Verdict.EQUAL:
        return f"equivalent within {margin:g} (two one-sided t tests, 5 %)"
    if verdict is Verdict.DIFFERENT:
        return f"the mean lies outside the margin of {margin:g}"
    return f"not shown to be within {margin:g}; more seeds would tell"


def _history(document: Any) -> list[Mapping[str, Any]]:
    candidates = [document, *(document.values() if isinstance(document, dict) else ())]
    for candidate in candidates:
        if isinstance(candidate, list) and candidate and all(isinstance(row, dict) for row in candidate):
            return candidate
    return []


def _numeric(history: list[Mapping[str, Any]]) -> list[str]:
    names = dict.fromkeys(name for row in history for name in row)
    return [name for name in names if any(value is not None for value in _column(history, name))]


def _column(history: list[Mapping[str, Any]], name: str) -> tuple[float | None, ...]:
    values = (row.get(name) for row in history)
    return tuple(
        float(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        else None
        for value in values
    )
