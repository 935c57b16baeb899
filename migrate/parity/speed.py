"""Wall-clock of both sides, and their ratio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Spread:
    """Wall-clock seconds of one side over its runs."""

    median: float
    low: float
    high: float
    runs: int


@dataclass(frozen=True)
class Speed:
    """The two wall-clocks and their ratio: ``speedup`` of 2 says that Ray took half as long as Spark.

    ``low`` and ``high`` are the least and the greatest ratio of a pair that ran one after the other.
    """

    spark: Spread
    ray: Spread
    speedup: float
    low: float
    high: float


@dataclass(frozen=True)
class Cost:
    """What one run of each side costs, in the currency of the spec's prices; ``ratio`` is Ray's to Spark's."""

    spark: float
    ray: float
    ratio: float


def speed_of(spark: Sequence[float], ray: Sequence[float]) -> Speed | None:
    """The speed of pairs of runs, in seconds; None where there are none."""
    if not ray:
        return None
    ratios = [left / right for left, right in zip(spark, ray, strict=True)]
    return Speed(_spread(spark), _spread(ray), median(spark) / median(ray), min(ratios), max(ratios))


def _spread(seconds: Sequence[float]) -> Spread:
    return Spread(median(seconds), min(seconds), max(seconds), len(seconds))
