"""Figures of a parity result as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from migrate.parity.compared import OutputResult
from migrate.parity.result import GateResult, Result
from migrate.parity.speed import Speed
from migrate.parity.verdict import Verdict

NO_FIGURE = "-"
_COLUMNS_NAMED = 3
VERDICTS = {
    Verdict.EQUAL: "Equal",
    Verdict.DIFFERENT: "Different",
    Verdict.INCONCLUSIVE: "Inconclusive",
    Verdict.FAILED: "Failed",
}


def seconds(value: float) -> str:
    """`0.4 s`, `12.3 s`, `3 min 05 s`, `2 h 07 min`."""
    if value < 99.95:
        return f"{value:.1f} s"
    whole = round(value)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def size(value: int | None) -> str:
    """Bytes in GiB or MiB; a dash where there is no figure."""
    if value is None:
        return NO_FIGURE
    return f"{value / 2**30:.1f} GiB" if value >= 2**30 else f"{value / 2**20:.0f} MiB"


def percent(value: float | None) -> str:
    return NO_FIGURE if value is None else f"{value:.0f} %"


def gate_verdict(gate: GateResult) -> Verdict:
    """A gate's part of the answer: what could not be measured settles nothing."""
    if gate.got is None:
        return Verdict.INCONCLUSIVE
    return Verdict.EQUAL if gate.met else Verdict.DIFFERENT


def gate_word(gate: GateResult) -> str:
    return {Verdict.EQUAL: "met", Verdict.DIFFERENT: "missed"}.get(gate_verdict(gate), "open")


def ratio(speed: Speed) -> str:
    """The speed-up as a sentence without its end, with its spread where there was more than one pair."""
    text = f"Speed-up of Ray over Spark: {speed.speedup:.2f}"
    if speed.ray.runs > 1:
        text += f", median of {speed.ray.runs} (pairs from {speed.low:.2f} to {speed.high:.2f})"
    return text


def cold_and_warm(result: Result) -> str:
    """The two figures as a sentence without its end; empty where every run is a first one."""
    cold, warm = result.cold, result.warm
    if cold is None or warm is None:
        return ""
    told = [
        f"{name} {speed.speedup:.2f} (Spark {seconds(speed.spark.median)}, Ray {seconds(speed.ray.median)})"
        for name, speed in (("cold", cold), ("warm", warm))
    ]
    return f"Speed-up {', '.join(told)}"


def cost(result: Result) -> str:
    """What a run costs, as a sentence without its end; empty without prices."""
    found = result.cost
    if found is None:
        return ""
    return f"A run costs {found.spark:.4g} on Spark, {found.ray:.4g} on Ray: {found.ratio:.2f} times as much"


def tolerance(output: OutputResult) -> str:
    """What was allowed and why, and what was found; empty for an exact comparison."""
    parts = [f"{column}: {_allowance(allowed)}" for column, allowed in output.tolerances.items()]
    if not parts:
        return ""
    reason = f", because {output.reason}" if output.reason else ""
    return f"allowed {', '.join(parts)}{reason}; {_largest(output)}"


def rows(comparison: Mapping[str, Any]) -> tuple[int, int]:
    """The rows of Spark and of Ray."""
    counted = comparison["rows"]
    return int(counted["left"]), int(counted["right"])


def row_differences(output: OutputResult) -> str:
    """`3 rows changed, 1 only on Spark`; empty where all rows agree."""
    counts = (("changed", "rows changed"), ("only_left", "only on Spark"), ("only_right", "only on Ray"))
    return ", ".join(f"{output.comparison[key]:,} {word}" for key, word in counts if output.comparison.get(key))


def differing_columns(output: OutputResult) -> list[Mapping[str, Any]]:
    return [column for column in output.comparison.get("columns", ()) if column["status"] != "equal"]


def short(value: object) -> str:
    """A cell's value as Python writes it, cut when it is long."""
    text = repr(value)
    return text if len(text) <= 160 else text[:157] + "..."


def worst_first(result: Result) -> list[OutputResult]:
    """One result per output path: the worst over seeds and repeats, in the order of the spec."""
    rank = {Verdict.EQUAL: 0, Verdict.INCONCLUSIVE: 1, Verdict.DIFFERENT: 2}
    worst: dict[str, OutputResult] = {}
    for output in result.outputs:
        held = worst.get(output.path)
        if held is None or (rank[output.verdict], output.mismatched_rows) > (rank[held.verdict], held.mismatched_rows):
            worst[output.path] = output
    return list(worst.values())


def _largest(output: OutputResult) -> str:
    """The largest differences between two numbers that were found, of a few columns at most."""
    found = [(column["max_abs"], column["name"]) for column in output.comparison.get("columns", ())]
    numbers = sorted(((size, name) for size, name in found if isinstance(size, (int, float)) and size), reverse=True)
    if not numbers:
        return "no difference found"
    return "found at most " + ", ".join(f"{size:.3g} in {name}" for size, name in numbers[:_COLUMNS_NAMED])


def _allowance(allowed: Mapping[str, float]) -> str:
    parts = [f"{allowed[kind]:g} {word}" for kind, word in (("abs", "absolute"), ("rel", "relative")) if allowed[kind]]
    return " plus ".join(parts) or "nothing"
