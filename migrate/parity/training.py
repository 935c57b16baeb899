"""Whether two trained models are as good as each other: an equivalence test of one metric, paired by seed."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from migrate.errors import MigrateError
from migrate.parity.result import Curve, Metric, TrainingResult
from migrate.parity.spec import Training
from migrate.parity.student import t_cdf, t_quantile
from migrate.parity.verdict import Verdict

# Two one-sided tests at this level are the same as asking for the 90 % interval to lie within the margin.
LEVEL = 0.05
# With fewer, the interval rests on a spread that is hardly known, and on differences being normal.
LEAST_SEEDS = 5
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

    In between, where the mean is within the margin and chance could still put it outside, it is inconclusive. So it is
    where Spark once more is not shown to be equivalent to Spark: the noise is larger than the margin then.
    """
    found = _test(training, metrics, "Ray")
    again = [Metric(metric.seed, metric.spark, metric.again) for metric in metrics if metric.again is not None]
    if not again or found.verdict is Verdict.INCONCLUSIVE:
        return found
    own = _test(training, again, "Spark once more")
    if own.verdict is Verdict.EQUAL or _is_beyond_noise(found, own, training.margin):
        return found
    sentence = f"{found.sentence}; but Spark does not agree with itself: {own.sentence}"
    return replace(found, verdict=Verdict.INCONCLUSIVE, sentence=sentence)


def _test(training: Training, metrics: Sequence[Metric], other: str) -> TrainingResult:
    """The two one-sided tests of one metric for each seed; ``other`` is what is held against Spark."""
    name, margin = training.metric, training.margin

    def result(verdict: Verdict, sentence: str, **figures: Any) -> TrainingResult:
        return TrainingResult(name, margin, verdict, sentence, tuple(metrics), **figures)

    lost = [metric for metric in metrics if not (math.isfinite(metric.spark) and math.isfinite(metric.ray))]
    if lost:
        told = f"seed {lost[0].seed}: Spark {lost[0].spark}, {other} {lost[0].ray}"
        return result(Verdict.DIFFERENT, f"{name} is not a finite number ({told})")
    differences = [metric.ray - metric.spark for metric in metrics]
    mean, count = fmean(differences), len(differences)
    seeds = "one seed" if count == 1 else f"{count} seeds"
    if not any(differences):
        interval = (mean, mean) if count > 1 else None
        same = f"{name} is the same on {other} as on Spark for {seeds}"
        return result(Verdict.EQUAL, same, mean_difference=mean, interval=interval)
    how = f"{name} on {other} is {mean:+.4g} from Spark over {seeds}"
    if count == 1:
        verdict = _enough(Verdict.EQUAL if _within(abs(mean), margin) else Verdict.DIFFERENT, count)
        return result(verdict, f"{how}: {_meaning(verdict, margin, count)}", mean_difference=mean)
    error, degrees = stdev(differences) / math.sqrt(count), count - 1
    half = error * t_quantile(1 - LEVEL, degrees)
    low, high = mean - half, mean + half
    verdict = _enough(_verdict(mean, low, high, margin), count)
    return result(
        verdict,
        f"{how}, 90 % interval {low:+.4g} to {high:+.4g}: {_meaning(verdict, margin, count)}",
        mean_difference=mean,
        interval=(low, high),
        p_value=_p_value(mean, error, margin, degrees),
    )


def _is_beyond_noise(found: TrainingResult, own: TrainingResult, margin: float) -> bool:
    """Whether Ray's mean differs by more than the margin on top of all that Spark differs from itself."""
    largest = max(abs(metric.ray - metric.spark) for metric in own.metrics)
    return found.mean_difference is not None and abs(found.mean_difference) > margin + largest


def curves(seed: int, spark: Any, ray: Any) -> list[Curve]:
    """The figures that both sides' metrics files hold epoch by epoch, as a list of tables."""
    left, right = _history(spark), _history(ray)
    names = [name for name in _numeric(left) if name in _numeric(right) and name not in _COUNTERS]
    return [Curve(name, seed, _column(left, name), _column(right, name)) for name in names]


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


def _enough(verdict: Verdict, seeds: int) -> Verdict:
    """Few seeds may show a difference. That there is none they do not show."""
    return Verdict.INCONCLUSIVE if verdict is Verdict.EQUAL and seeds < LEAST_SEEDS else verdict


def _meaning(verdict: Verdict, margin: float, seeds: int) -> str:
    if verdict is Verdict.EQUAL:
        return f"equivalent within {margin:g} (two one-sided t tests, 5 %)"
    if verdict is Verdict.DIFFERENT:
        return f"the mean lies outside the margin of {margin:g}"
    if seeds < LEAST_SEEDS:
        return f"not shown to be within {margin:g}; it takes {LEAST_SEEDS} seeds"
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
