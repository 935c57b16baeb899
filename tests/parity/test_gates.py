"""Gates over results made by hand, the two figures of speed, and inputs that are cold."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from migrate.ir import Engine
from migrate.parity import gates, inputs
from migrate.parity.report import words
from migrate.parity.result import Result, SideResult
from migrate.parity.spec import Gates, Prices


def _made() -> Any:
    spec = spec_from_file_location("made_results", Path(__file__).with_name("made_results.py"))
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


made = _made()


def on_gpu(side: SideResult, percent: float) -> SideResult:
    return replace(side, samples=tuple(replace(sample, gpu=percent) for sample in side.samples))


def result(*, percent: float | None = None, prices: Prices | None = None) -> Result:
    """One pair: 69.1 s on Spark, 39.7 s on Ray."""
    sides = (made.spark_side(0), made.ray_side(0))
    if percent is not None:
        # Spark's use is another one, and not the one that is asked for.
        sides = tuple(on_gpu(side, percent if side.engine is Engine.RAY else 99.0) for side in sides)
    return replace(made.equal(), sides=sides, prices=prices)


@pytest.mark.parametrize(
    ("asked", "found", "met", "said"),
    [
        pytest.param(Gates(min_gpu_percent=60), result(percent=60.0), True, "to 60 %, at least 60", id="GPU used"),
        pytest.param(Gates(min_gpu_percent=60), result(percent=59.0), False, "to 59 %, at least 60", id="GPU idle"),
        pytest.param(Gates(min_gpu_percent=0), result(), None, "no GPU was seen", id="no GPU"),
        pytest.param(Gates(max_cost_ratio=0.6), result(prices=Prices(2, 2)), True, "costs 0.57 times", id="cheap"),
        pytest.param(Gates(max_cost_ratio=0.6), result(prices=Prices(2, 3)), False, "costs 0.86 times", id="dear"),
        pytest.param(Gates(max_cost_ratio=0.6), made.failed(), None, "no cost was measured", id="no cost"),
        pytest.param(Gates(min_speedup=1.7), result(), True, "a speed-up of 1.74", id="fast"),
        pytest.param(Gates(max_mismatched_rows=41), made.different(), False, "42 mismatched rows", id="rows"),
    ],
)
def test_each_gate(asked: Gates, found: Result, met: bool | None, said: str) -> None:
    (gate,) = gates.results(asked, found)
    assert said in gate.sentence
    assert (gate.met, gate.missed) == (bool(met), met is False)


def test_no_gate_that_is_not_asked_for() -> None:
    assert gates.results(Gates(), result(percent=1.0)) == ()


def test_cold_and_warm() -> None:
    first = result()
    assert first.cold == first.speed and first.warm is None
    assert words.cold_and_warm(first) == ""
    later = [replace(side, repeat=2) for side in (made.spark_side(0, 10.0), made.ray_side(0, 10.0))]
    both = replace(first, sides=(*first.sides, *later))
    assert both.cold == first.cold
    assert both.warm is not None
    assert (both.warm.spark.median, both.warm.ray.median) == pytest.approx((79.1, 49.7))
    assert (
        words.cold_and_warm(both)
        == "Speed-up cold 1.74 (Spark 69.1 s, Ray 39.7 s), warm 1.59 (Spark 79.1 s, Ray 49.7 s)"
    )


def test_cost_of_a_run() -> None:
    found = result(prices=Prices(spark_per_hour=3600, ray_per_hour=1800)).cost
    assert found is not None
    assert (found.spark, found.ray, found.ratio) == pytest.approx((69.1, 19.85, 19.85 / 69.1))


def _cached_bytes(file: Path) -> int:
    answer = subprocess.run(["fincore", "-b", "-n", "-o", "RES", str(file)], capture_output=True, text=True, check=True)
    return int(answer.stdout.split()[0]) if answer.stdout.split() else 0


def test_inputs_are_put_out_of_the_cache(tmp_path: Path) -> None:
    if shutil.which("fincore") is None:
        pytest.skip("there is no fincore to ask what the system has cached")
    file = tmp_path / "inputs" / "deep" / "rows.bin"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"x" * (4 << 20))
    subprocess.run(["sync", str(file)], check=True)
    file.read_bytes()
    if not _cached_bytes(file):
        pytest.skip("this file system has no cache to speak of")
    inputs.chill(str(tmp_path / "inputs"))
    assert _cached_bytes(file) == 0
