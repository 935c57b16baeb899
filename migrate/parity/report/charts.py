"""The geometry of the report's pictures: percentages for bars, points for curves in a box of 100 by 100."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from migrate.parity.phases import Segment
from migrate.parity.spec import Phase

BOX = 100.0
# A narrower bar could be neither seen nor pointed at.
_NARROWEST = 0.15


@dataclass(frozen=True)
class Tick:
    """A mark on an axis, at ``place`` percent of its length."""

    place: float
    label: str


@dataclass(frozen=True)
class Bar:
    """A stretch of a timeline; ``left`` and ``width`` are percent of its length."""

    phase: Phase
    left: float
    width: float
    seconds: float
    what: str | None


@dataclass(frozen=True)
class Curve:
    """A line through the box; ``line`` and ``area`` are the texts of SVG's points and path."""

    line: str
    area: str


def ticks(highest: float, unit: str = "", wanted: int = 5) -> list[Tick]:
    """Marks at round numbers from 0 to not beyond ``highest``."""
    if highest <= 0:
        return [Tick(0.0, f"0{unit}")]
    step = _round_step(highest / wanted)
    count = math.floor(highest / step + 1e-9)
    return [Tick(BOX * number * step / highest, f"{number * step:g}{unit}") for number in range(count + 1)]


def ceiling(highest: float) -> float:
    """The end of an axis that holds ``highest``, a round number."""
    if highest <= 0:
        return 1.0
    step = _round_step(highest / 4)
    return step * math.ceil(highest / step - 1e-9)


def bars(segments: Sequence[Segment], longest: float) -> list[Bar]:
    """A timeline's segments on an axis of ``longest`` seconds, those too narrow to see joined to what follows."""
    groups: list[list[Segment]] = []
    for segment in segments:
        if groups and groups[-1][-1].end - groups[-1][0].start < _NARROWEST * longest / BOX:
            groups[-1].append(segment)
        else:
            groups.append([segment])
    return [_bar(group, longest) for group in groups if longest > 0]


def _bar(group: Sequence[Segment], longest: float) -> Bar:
    main = max(group, key=lambda segment: segment.seconds)
    start, seconds = group[0].start, group[-1].end - group[0].start
    return Bar(main.phase, BOX * start / longest, BOX * seconds / longest, seconds, main.what)


def curve(points: Sequence[tuple[float, float | None]], right: float, bottom: float, top: float) -> Curve:
    """A line through points, x from 0 to ``right``, y from ``bottom`` to ``top``; one without a y is left out."""
    height = (top - bottom) or 1.0
    placed = [
        (BOX * x / (right or 1.0), BOX - BOX * (min(max(y, bottom), top) - bottom) / height)
        for x, y in points
        if y is not None
    ]
    line = " ".join(f"{x:.2f},{y:.2f}" for x, y in placed)
    if not placed:
        return Curve("", "")
    area = f"M{placed[0][0]:.2f},{BOX:g} L{line.replace(' ', ' L')} L{placed[-1][0]:.2f},{BOX:g} Z"
    return Curve(line, area)


def _round_step(rough: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    power: float = 10.0 ** math.floor(math.log10(rough))
    for factor in (1, 2, 5):
        if factor * power >= rough * (1 - 1e-9):
            return factor * power
    return 10 * power
