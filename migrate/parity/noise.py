"""An output judged against the noise of Spark itself: what two runs of Spark do not agree on proves nothing of Ray."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from migrate.errors import MigrateError
from migrate.parity.compare import Answer, Question, ask
from migrate.parity.compared import Noise, NoisyColumn
from migrate.parity.spec import EXACT, Allowance, Format, Output
from migrate.parity.verdict import Verdict

# Two runs show the size of the noise only roughly; what is beyond this many times of it is not noise.
FACTOR = 10
_ANY = Allowance(abs=1e300)
_RAY, _AGAIN = ("Spark", "Ray"), ("Spark", "Spark once more")


@dataclass(frozen=True)
class Outs:
    """The output folders of one pair and of Spark once more."""

    spark: Path
    again: Path
    ray: Path


@dataclass(frozen=True)
class Judged:
    """The verdict on one output, the comparison that settled it, and the noise, None where Spark agrees with itself."""

    verdict: Verdict
    comparison: Answer
    noise: Noise | None = None


def judge(output: Output, outs: Outs, limit: Allowance) -> Judged:
    """Different where Ray differs by more than Spark from itself, inconclusive where noise could hide a difference.

    ``limit`` is the difference that is too small to matter: within it, and within the noise, a column is equal.
    """
    found = ask(output, outs.spark, outs.ray, _RAY)
    own = ask(output, outs.spark, outs.again, _AGAIN)
    if own["verdict"] != Verdict.DIFFERENT.value:
        return Judged(Verdict(found["verdict"]), found)
    columns = _measured(output, outs, [_noisy(column) for column in own["columns"] if column["status"] == "value"])
    if found["verdict"] != Verdict.DIFFERENT.value:
        said = "Ray agrees with the first of the two in all of it"
        return Judged(Verdict(found["verdict"]), found, _said(columns, False, said))
    if _shape(found) - _shape(own):
        return Judged(Verdict.DIFFERENT, found, _said(columns, False, "Ray differs from it in columns or types"))
    return _beyond(output, outs, limit, columns, found)


def _beyond(output: Output, outs: Outs, limit: Allowance, columns: tuple[NoisyColumn, ...], found: Answer) -> Judged:
    """The verdict where both Ray and Spark once more have other values than Spark."""
    loosened = {
        column.name: _widened(_declared(output, column.name), abs=FACTOR * column.max_abs)
        for column in columns
        if column.max_abs is not None
    }
    blurred = {column.name for column in columns if column.name not in loosened}
    if len(blurred) < len(found["columns"]):
        own = ask(output, outs.spark, outs.again, _AGAIN, Question(blurred, loosened))
        # Integers, timestamps and the like: a tolerance does not reach them.
        blurred |= {column["name"] for column in own["columns"] if column["status"] == "value"}
    loosened = {name: allowed for name, allowed in loosened.items() if name not in blurred}
    sharp = Question(blurred, loosened)
    if len(blurred) == len(found["columns"]):
        return Judged(Verdict.INCONCLUSIVE, found, _said(columns, True, "no column is left to judge Ray by"))
    if ask(output, outs.spark, outs.again, _AGAIN, sharp)["verdict"] != Verdict.EQUAL.value:
        return Judged(Verdict.INCONCLUSIVE, found, _said(columns, True, "its rows are no measure for Ray's"))
    ray = ask(output, outs.spark, outs.ray, _RAY, sharp)
    if ray["verdict"] == Verdict.DIFFERENT.value:
        said = f"Ray differs in other values, or by more than {FACTOR} times as much"
        return Judged(Verdict.DIFFERENT, ray, _said(columns, False, said))
    if blurred:
        named = ", ".join(f"`{name}`" for name in sorted(blurred))
        return Judged(Verdict.INCONCLUSIVE, found, _said(columns, False, f"nothing can be said of Ray's {named}"))
    harmless = {
        column.name: _widened(_declared(output, column.name), abs=limit.abs, rel=limit.rel) for column in columns
    }
    ray = ask(output, outs.spark, outs.ray, _RAY, Question(loosened=harmless))
    if ray["verdict"] == Verdict.DIFFERENT.value:
        said = "Ray differs no more than that, and by so much a real difference could hide in it"
        return Judged(Verdict.INCONCLUSIVE, found, _said(columns, False, said))
    return Judged(
        Verdict.EQUAL, ray, _said(columns, False, "Ray differs no more than that, and by too little to matter")
    )


def _noisy(column: Mapping[str, Any]) -> NoisyColumn:
    largest = column["max_abs"]
    is_number = isinstance(largest, (int, float)) and math.isfinite(largest)
    return NoisyColumn(column["name"], column["mismatched"], float(largest) if is_number else None)


def _measured(output: Output, outs: Outs, columns: list[NoisyColumn]) -> tuple[NoisyColumn, ...]:
    """The noise by its size also where a format writes numbers as text, which only a tolerance makes it read."""
    if output.format not in {Format.CSV, Format.JSON}:
        return tuple(columns)
    found = []
    for column in columns:
        others = {other.name for other in columns} - {column.name}
        try:
            own = ask(output, outs.spark, outs.again, _AGAIN, Question(others, {column.name: _ANY}))
        except MigrateError:  # The column holds other words than numbers.
            found.append(column)
            continue
        sizes = {each["name"]: _noisy(each).max_abs for each in own["columns"]}
        found.append(replace(column, max_abs=sizes[column.name]))
    return tuple(found)


def _shape(answer: Answer) -> set[tuple[str, str]]:
    """The columns that one side lacks or has with another type."""
    return {
        (column["name"], column["status"]) for column in answer["columns"] if column["status"] in {"type", "missing"}
    }


def _declared(output: Output, column: str) -> Allowance:
    return output.tolerances.get(column, output.tolerances.get("*", EXACT))


def _widened(allowed: Allowance, abs: float = 0.0, rel: float = 0.0) -> Allowance:
    return Allowance(max(allowed.abs, abs), max(allowed.rel, rel))


def _said(columns: tuple[NoisyColumn, ...], rows: bool, conclusion: str) -> Noise:
    parts = [_how(column) for column in columns] or ["its rows or their types"]
    return Noise(columns, rows, f"Spark differs from itself in {', '.join(parts)}; {conclusion}")


def _how(column: NoisyColumn) -> str:
    largest = "" if column.max_abs is None else f", by at most {column.max_abs:.3g}"
    return f"`{column.name}` ({column.mismatched:,} cells{largest})"
