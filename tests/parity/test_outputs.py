"""Outputs that are no tables, outputs that nobody declared, and outputs that are damaged: never equal by silence."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from migrate.oracle import Options, Verdict
from migrate.parity import blobs
from migrate.parity.failure import SideFailed
from migrate.parity.findings import compare
from migrate.parity.outputs import undeclared
from migrate.parity.plan import Options as RunOptions
from migrate.parity.plan import Plan, plan
from migrate.parity.spec_file import load

if TYPE_CHECKING:
    from tests.parity.conftest import Bench


def folder(root: Path, **files: bytes) -> Path:
    for name, content in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


@pytest.mark.parametrize(
    ("left", "right", "verdict", "counts"),
    [
        pytest.param({"a": b"1", "b__c": b"2"}, {"a": b"1", "b__c": b"2"}, Verdict.EQUAL, (0, 0, 0), id="the same"),
        pytest.param({"a": b"1"}, {"a": b"2"}, Verdict.DIFFERENT, (0, 0, 1), id="another byte"),
        pytest.param({"a": b"12"}, {"a": b"1"}, Verdict.DIFFERENT, (0, 0, 1), id="cut short"),
        pytest.param({"a": b"1"}, {"b": b"1"}, Verdict.DIFFERENT, (1, 1, 0), id="another name"),
        pytest.param({"a": b"1", "b": b""}, {"a": b"1"}, Verdict.DIFFERENT, (1, 0, 0), id="a file less"),
        pytest.param({"a": b""}, {"a": b""}, Verdict.INCONCLUSIVE, (0, 0, 0), id="not one byte"),
        pytest.param({"a": b"1", "_SUCCESS": b"1"}, {"a": b"1", ".crc": b"2"}, Verdict.EQUAL, (0, 0, 0), id="notes"),
    ],
)
def test_bytes(
    tmp_path: Path,
    left: dict[str, bytes],
    right: dict[str, bytes],
    verdict: Verdict,
    counts: tuple[int, int, int],
) -> None:
    found = blobs.compare(folder(tmp_path / "l", **left), folder(tmp_path / "r", **right), Options())
    assert (found.verdict, found.only_left, found.only_right, found.changed) == (verdict, *counts)
    assert len(found.samples) == sum(counts)


def test_bytes_of_single_files(tmp_path: Path) -> None:
    left, right = folder(tmp_path / "l", a=b"1") / "a", folder(tmp_path / "r", b=b"1") / "b"
    assert blobs.compare(left, left, Options()).verdict is Verdict.EQUAL
    assert blobs.compare(left, right, Options()).verdict is Verdict.DIFFERENT, "a glob may have found another name"
    left.write_bytes(b"")
    assert blobs.compare(left, left, Options(allow_empty=True)).verdict is Verdict.EQUAL


def test_what_nobody_declared(tmp_path: Path) -> None:
    files = ["table__part-0", "models__a__x", "models__a__y", "models__b__z", "_SUCCESS", "plot.png"]
    out = folder(tmp_path, **dict.fromkeys(files, b"1"))
    assert undeclared(out, ["table", "models/a/x"]) == ["models/a/y", "models/b", "plot.png"]
    assert undeclared(out, ["*"]) == []
    assert undeclared(out, ["models/*/?", "table", "*.png"]) == []


def test_what_is_not_compared_is_said(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.write()
    assert bench.run() == 0
    assert "not compared, because the spec does not declare it: `metrics.json`" in capsys.readouterr().out


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20])


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)


def empty(file: Path) -> None:
    file.write_bytes(b"")


ONE, BOTH = ("002-ray",), ("001-spark", "002-ray")


@pytest.mark.parametrize(
    ("damage", "sides"),
    # One byte that is another one on both sides alike is the same data on both sides, and no damage that can be seen.
    [(flip, ONE), *((damage, sides) for damage in (cut, empty, Path.unlink) for sides in (ONE, BOTH))],
)
def test_damaged_outputs_are_never_equal(bench: Bench, damage: Callable[[Path], None], sides: tuple[str, ...]) -> None:
    """The sides have run; their outputs are damaged before they are compared, which gives the same answer each time."""
    bench.write(parquet=True)
    planned = plan(load(bench.folder), RunOptions())
    for side in BOTH:
        out = bench.run_dir / "runs" / f"{side}-seed-0" / "out"
        job = [sys.executable, str(bench.folder / "stand_in_job.py"), "--out", str(out), "--rows", "100", "--parquet"]
        subprocess.run(job, check=True)
        if side in sides:
            damage(out / "features" / "part-0")
    answers = [_answer(planned, bench.run_dir) for _ in range(2)]
    assert answers[0] == answers[1] != "equal"


def _answer(planned: Plan, run_dir: Path) -> str:
    try:
        (output,) = compare(planned.spec, planned.pairs[0], run_dir).outputs
    except SideFailed as error:
        return error.failure.cause.value
    return output.verdict.value
