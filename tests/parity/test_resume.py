"""A run that goes on where another one ended: what came through is not run again, unless something changed."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from migrate.cli import run
from migrate.parity import codec
from migrate.parity.compared import OutputResult
from migrate.parity.result import SideResult

if TYPE_CHECKING:
    from tests.parity.conftest import Bench


def resume(bench: Bench, *options: str) -> int:
    return run(["parity", str(bench.folder), "--resume", str(bench.run_dir), *options])


def taken_over(shown: str) -> list[str]:
    return [line.partition(":")[0] for line in shown.splitlines() if line.endswith("done by an earlier run")]


def test_the_side_that_failed_runs_again(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.write(ray=("--fault", "exit"))
    assert bench.run() == 2
    capsys.readouterr()
    bench.write()
    assert resume(bench) == 0
    assert taken_over(capsys.readouterr().err) == ["Spark, seed 0"]
    document = bench.document
    assert document["verdict"] == "equal"
    assert "1 of 2 side runs were done by the run that this one goes on with" in document["notes"]
    assert document["speed"]["spark"]["runs"] == 1


def test_an_interrupted_run(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.write(ray=("--fault", "hang"))
    command = [sys.executable, "-m", "migrate", "parity", str(bench.folder), "--run-dir", str(bench.run_dir)]
    runner = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 120
    while not list(bench.run_dir.glob("runs/002-*/ray.log")):
        assert time.monotonic() < end, "it never came to the Ray side"
        time.sleep(0.2)
    runner.send_signal(signal.SIGINT)
    assert runner.wait(60) == 2
    bench.write()
    assert resume(bench) == 0
    assert taken_over(capsys.readouterr().err) == ["Spark, seed 0"]


def other_inputs(bench: Bench) -> None:
    (bench.folder / "inputs" / "rows.csv").write_text("1\n2\n3\n")


def other_code(bench: Bench) -> None:
    with (bench.folder / "stand_in_job.py").open("a") as job:
        job.write("# another line\n")


def lost_output(bench: Bench) -> None:
    """As after an interruption in front of the comparison."""
    (bench.run_dir / "runs" / "002-ray-seed-0" / "compared.json").unlink()
    shutil.rmtree(bench.run_dir / "runs" / "001-spark-seed-0" / "out" / "features")


def torn_note(bench: Bench) -> None:
    note = bench.run_dir / "runs" / "001-spark-seed-0" / "side.json"
    note.write_text(note.read_text()[:100])


@pytest.mark.parametrize(
    ("change", "left", "code"),
    [
        pytest.param(lambda bench: None, ["Spark, seed 0", "Ray, seed 0"], 1, id="nothing"),
        pytest.param(other_inputs, [], 1, id="the inputs"),
        pytest.param(other_code, [], 1, id="the code"),
        pytest.param(lost_output, ["Ray, seed 0"], 1, id="an output is lost"),
        pytest.param(torn_note, ["Ray, seed 0"], 1, id="the note of a side is torn"),
        pytest.param(
            lambda bench: bench.write(ray=("--drop", "3"), output="allow_empty = true"),
            ["Spark, seed 0", "Ray, seed 0"],
            1,
            id="only what is compared",
        ),
        pytest.param(
            lambda bench: bench.write(spark=("--drop", "3"), ray=("--drop", "3")), ["Ray, seed 0"], 0, id="a command"
        ),
    ],
)
def test_what_changed_runs_again(
    bench: Bench, capsys: pytest.CaptureFixture[str], change: Callable[[Bench], object], left: list[str], code: int
) -> None:
    bench.write(ray=("--drop", "3"))
    assert bench.run() == 1, "different outputs are kept"
    capsys.readouterr()
    change(bench)
    assert resume(bench) == code
    assert taken_over(capsys.readouterr().err) == left


def test_equal_pairs_need_no_outputs(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.write()
    assert bench.run() == 0
    assert not list(bench.run_dir.glob("runs/*/out"))
    capsys.readouterr()
    assert resume(bench, "--repeat", "2") == 0
    assert taken_over(capsys.readouterr().err) == ["Spark, seed 0", "Ray, seed 0"]
    assert len(bench.document["outputs"]) == 2
    assert bench.document["speed"]["ray"]["runs"] == 2


def test_nothing_to_go_on_with(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.write()
    assert resume(bench) == 2
    assert "there is no run to go on with" in capsys.readouterr().err
    assert resume(bench, "--run-dir", str(bench.run_dir)) == 2


def test_what_is_noted_is_read_again() -> None:
    spec = spec_from_file_location("made_results", Path(__file__).with_name("made_results.py"))
    assert spec is not None and spec.loader is not None
    made: Any = module_from_spec(spec)
    spec.loader.exec_module(made)
    result = made.inconclusive()
    for kind, values in ((SideResult, result.sides), (OutputResult, result.outputs)):
        for value in values:
            assert codec.decode(kind, json.loads(json.dumps(codec.encode(value)))) == value
    with pytest.raises(TypeError):
        codec.decode(SideResult, {**codec.encode(result.sides[0]), "seed": "0"})
