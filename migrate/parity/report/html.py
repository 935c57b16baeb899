"""The parity result as one HTML page that needs nothing else: no script, no request, light and dark."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from migrate import __version__
from migrate.ir import Engine
from migrate.parity.entry import Entry
from migrate.parity.report import charts, words
from migrate.parity.result import Curve, Result, SideResult, TrainingResult
from migrate.parity.sampling import Sample
from migrate.parity.spec import Phase
from migrate.parity.verdict import Verdict
from migrate.report.source import printable
from migrate.templating import render

_GIB = 2**30


@dataclass(frozen=True)
class Figure:
    """One of the large figures at the top."""

    value: str
    label: str


@dataclass(frozen=True)
class Chart:
    """One picture with both engines' lines, or one engine's; ``low`` and ``high`` are the ends of its y axis."""

    title: str
    unit: str
    low: str
    high: str
    lines: tuple[tuple[Engine, charts.Curve], ...]
    summary: str


def write(result: Result) -> str:
    """The page."""
    longest = max((side.seconds for engine in Engine if (side := result.typical(engine))), default=0.0)
    return render(
        "report/parity.html.j2",
        result=result,
        version=__version__,
        verdict=words.VERDICTS[result.verdict],
        figures=_figures(result),
        phases=[phase for phase in Phase if any(result.median_phases(engine).get(phase) for engine in Engine)],
        timelines=[(side, charts.bars(side.segments, longest)) for side in _typical(result)],
        time_ticks=charts.ticks(longest, " s", wanted=8),
        medians={engine: result.median_phases(engine) for engine in Engine},
        usage=_usage(result, longest),
        speed=result.speed,
        outputs=words.worst_first(result),
        training=None if result.training is None else _interval(result.training),
        curves=_curves(result.curves),
        trend=_trend(result.history),
        words=words,
        printable=printable,
        Engine=Engine,
        Verdict=Verdict,
    )


def _typical(result: Result) -> list[SideResult]:
    return [side for engine in Engine if (side := result.typical(engine)) is not None]


def _figures(result: Result) -> list[Figure]:
    figures = []
    if (speed := result.speed) is not None:
        figures += [
            Figure(f"{speed.speedup:.2f}\N{MULTIPLICATION SIGN}", "speed-up, Ray over Spark"),
            Figure(words.seconds(speed.spark.median), "on Spark"),
            Figure(words.seconds(speed.ray.median), "on Ray"),
        ]
    if result.outputs:
        compared = sum(words.rows(output.comparison)[0] for output in result.outputs)
        figures.append(Figure(f"{compared:,}", "rows compared"))
        figures.append(Figure(f"{sum(output.mismatched_rows for output in result.outputs):,}", "mismatched"))
    return figures


def _usage(result: Result, longest: float) -> list[tuple[Engine, list[Chart]]]:
    """Processor, memory and GPU of each engine's typical run, on the same axes for both."""
    sides = [side for side in _typical(result) if side.samples]
    if not sides:
        return []
    cores = sides[0].load.cores
    memory = charts.ceiling(max(side.peak_rss or 0 for side in sides) / _GIB)
    kinds: list[tuple[str, str, float, Callable[[Sample], float | None]]] = [
        ("Processor", " %", 100.0, lambda sample: sample.cpu / cores),
        ("Memory", " GiB", memory, lambda sample: sample.rss / _GIB),
    ]
    if any(side.mean_gpu is not None for side in sides):
        kinds.append(("GPU", " %", 100.0, lambda sample: sample.gpu))
    return [
        (side.engine, [_usage_chart(side, title, unit, top, read, longest) for title, unit, top, read in kinds])
        for side in sides
    ]


def _usage_chart(
    side: SideResult,
    title: str,
    unit: str,
    top: float,
    read: Callable[[Sample], float | None],
    longest: float,
) -> Chart:
    points = [(sample.at, read(sample)) for sample in side.samples]
    values = [value for _, value in points if value is not None]
    summary = f"mean {sum(values) / len(values):.3g}{unit}, peak {max(values):.3g}{unit}" if values else "no samples"
    line = (side.engine, charts.curve(points, longest, 0.0, top))
    return Chart(title, unit, "0", f"{top:g}{unit}", (line,), summary)


def _interval(training: TrainingResult) -> dict[str, Any]:
    """The picture of the equivalence test, in percent: margin as a band, interval as a bar, mean as a dot."""
    mean, margin = training.mean_difference, training.margin
    picture = None
    if mean is not None:
        low, high = training.interval or (mean, mean)
        reach = 1.25 * max(abs(low), abs(high), margin, 1e-12)
        place = [charts.BOX * (value + reach) / (2 * reach) for value in (-margin, margin, low, high, mean)]
        picture = dict(zip(("margin_low", "margin_high", "low", "high", "mean"), place, strict=True))
    return {"result": training, "picture": picture}


def _curves(curves: Sequence[Curve]) -> list[Chart]:
    """One chart for each figure of the history, all seeds in it."""
    found = []
    for name, group in groupby(sorted(curves, key=lambda curve: curve.name), key=lambda curve: curve.name):
        seeds = list(group)
        drawn = [(engine, getattr(curve, engine.value)) for curve in seeds for engine in Engine]
        values = [value for _, column in drawn for value in column if value is not None]
        low, high = min(values), max(values)
        last = max(len(column) for _, column in drawn) - 1
        lines = tuple(
            (engine, charts.curve(list(enumerate(column)), max(last, 1), low, high)) for engine, column in drawn
        )
        summary = f"{last + 1} epochs, {len(seeds)} seed{'s' if len(seeds) > 1 else ''}"
        found.append(Chart(name, "", f"{low:.4g}", f"{high:.4g}", lines, summary))
    return found


def _trend(history: Sequence[Entry]) -> Chart | None:
    """Both wall-clocks from run to run; None for fewer than two runs, which show no trend."""
    if len(history) < 2:
        return None
    columns = {engine: [getattr(entry, f"{engine.value}_seconds") for entry in history] for engine in Engine}
    top = charts.ceiling(max((value for column in columns.values() for value in column if value), default=0.0))
    lines = tuple(
        (engine, charts.curve(list(enumerate(column)), len(history) - 1, 0.0, top))
        for engine, column in columns.items()
    )
    good = sum(entry.exit_code == 0 for entry in history)
    return Chart("Wall-clock", " s", "0", f"{top:g} s", lines, f"{len(history)} runs, {good} equal with all gates met")
