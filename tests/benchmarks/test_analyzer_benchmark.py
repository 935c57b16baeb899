"""What the analyzer's benchmark measures on: the same tree each time, one file in fifty a job; and how it measures."""

from __future__ import annotations

import sys
from pathlib import Path

from made_tree import SHARE, make
from measured import measure

from migrate.inventory import analyze


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def test_the_made_tree_is_the_same_twice_and_holds_its_jobs(tmp_path: Path) -> None:
    files, lines, jobs = make(tmp_path / "one", 60_000)
    assert make(tmp_path / "two", 60_000) == (files, lines, jobs)
    assert _contents(tmp_path / "one") == _contents(tmp_path / "two")
    assert lines >= 60_000
    assert jobs == files // SHARE >= 1
    assert len(analyze((tmp_path / "one",), 2).jobs) == jobs


def test_a_command_is_measured_with_its_children_and_stopped_at_its_limit() -> None:
    child = "x = bytearray(80_000_000); sum(range(3_000_000))"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r} + '; import time; time.sleep(1)'])"
    run = measure([sys.executable, "-c", code], 60)
    assert run.failure == ""
    assert run.memory > 80 and run.cpu > 0.05 and run.wall >= 1
    assert "stopped after" in measure([sys.executable, "-c", "import time; time.sleep(30)"], 1).failure
    assert measure([sys.executable, "-c", "raise SystemExit(3)"], 60).failure == "exit 3: silent"
