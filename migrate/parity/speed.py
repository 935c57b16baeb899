"""Wall-clock of both sides, and their ratio."""

from __future__ import annotations

from dataclasses import dataclass


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
