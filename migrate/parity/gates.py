"""The gates of a spec, each held against its figure: met, missed, or open where the run gave no figure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from migrate.ir import Engine
from migrate.parity.compared import OutputResult
from migrate.parity.result import GateResult, Result
from migrate.parity.spec import Gates

_AT_LEAST, _AT_MOST = "at least", "at most"


def results(gates: Gates, result: Result) -> tuple[GateResult, ...]:
    """Every gate of the spec, in the order of its figures: what was wanted, what was got, as one sentence."""
    speed, cost = result.speed, result.cost
    gpu = [side.mean_gpu for side in result.sides_of(Engine.RAY) if side.mean_gpu is not None]
    asked = (
        (
            "max_mismatched_rows",
            _AT_MOST,
            gates.max_mismatched_rows,
            worst_mismatch(result.outputs),
            "{:.0f} mismatched rows",
            "nothing was compared",
        ),
        (
            "min_speedup",
            _AT_LEAST,
            gates.min_speedup,
            speed.speedup if speed else None,
            "a speed-up of {:.2f}",
            "no speed-up was measured",
        ),
        (
            "min_gpu_percent",
            _AT_LEAST,
            gates.min_gpu_percent,
            median(gpu) if gpu else None,
            "Ray used the GPUs to {:.0f} %",
            "no GPU was seen",
        ),
        (
            "max_cost_ratio",
            _AT_MOST,
            gates.max_cost_ratio,
            cost.ratio if cost else None,
            "Ray costs {:.2f} times what Spark does",
            "no cost was measured",
        ),
    )
    return tuple(_result(name, bound, wanted, *figure) for name, bound, wanted, *figure in asked if wanted is not None)


def worst_mismatch(outputs: Sequence[OutputResult]) -> int | None:
    """The mismatched rows of one pair, all outputs together, of the worst pair; None where nothing was compared."""
    sums: dict[tuple[int, int], int] = {}
    for output in outputs:
        key = (output.seed, output.repeat)
        sums[key] = sums.get(key, 0) + output.mismatched_rows
    return max(sums.values(), default=None)


def _result(name: str, bound: str, wanted: float, got: float | None, said: str, unknown: str) -> GateResult:
    met = got is not None and (got >= wanted if bound == _AT_LEAST else got <= wanted)
    figure = unknown if got is None else said.format(got)
    return GateResult(name, wanted, got, met, f"{name}: {figure}, {bound} {wanted:g} wanted")
