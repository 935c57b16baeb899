"""Sides that fail, hang, die or leave processes behind: one sentence, exit 2, nothing left running, evidence kept."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from migrate.cli import run
from migrate.parity import gpu

if TYPE_CHECKING:
    from tests.parity.conftest import Bench


@pytest.mark.parametrize(
    ("fault", "options", "cause", "said"),
    [
        pytest.param("exit", (), "exit", "exited with code 7", id="exits with a code"),
        pytest.param("kill", (), "signal", "killed by SIGKILL", id="killed by a signal"),
        pytest.param("hang", ("--timeout", "3"), "timeout", "when its 3 s were over", id="hangs"),
        pytest.param("children", ("--timeout", "3"), "timeout", "when its 3 s", id="hangs with deaf children"),
        pytest.param("memory", (), "memory", "ran out of memory", id="out of memory"),
        pytest.param("disk", (), "disk", "the disk is full", id="full disk"),
        pytest.param("inputs", (), "inputs", "changed rows.csv", id="writes into its inputs"),
    ],
)
def test_a_side_that_fails(
    bench: Bench, capsys: pytest.CaptureFixture[str], fault: str, options: tuple[str, ...], cause: str, said: str
) -> None:
    bench.write(ray=("--fault", fault))
    began = time.monotonic()
    assert bench.run(*options) == 2
    assert time.monotonic() - began < 200, "it ends long before the job would"
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "The Ray side (seed 0)" in shown.err
    assert said in " ".join(shown.err.split())
    failure = bench.document["failure"]
    assert (failure["cause"], failure["engine"]) == (cause, "ray")
    assert bench.document["verdict"] == "failed"
    assert bench.survivors() == []
    assert next(bench.run_dir.glob("runs/*/ray.log")).exists()
    assert list(bench.run_dir.glob("runs/001-*/out/features/part-0")), "what Spark wrote is kept"


def test_the_tail_of_the_log_is_shown(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.write(spark=("--fault", "exit"))
    assert bench.run() == 2
    assert "there is no column of this name" in capsys.readouterr().err
    assert bench.document["failure"]["log_tail"] == ["there is no column of this name"]
    assert len(bench.document["sides"]) == 1, "the Ray side is not started for nothing"


def test_a_command_that_is_not_there(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.write()
    spec = (bench.folder / "parity.toml").read_text()
    (bench.folder / "parity.toml").write_text(spec.replace('"{python}"', '"no-such-program"', 1))
    assert bench.run() == 2
    assert "cannot start step `spark`: no-such-program: No such file" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("fault", ["daemon", "naked daemon"])
def test_daemons_are_stopped(bench: Bench, fault: str) -> None:
    bench.write(ray=("--fault", fault))
    assert bench.run() == 0
    assert bench.document["sides"][1]["stopped"] == 1
    assert bench.survivors() == []


def test_processes_of_others_are_left_alone(bench: Bench) -> None:
    bench.write(ray=("--fault", "daemon"))
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    try:
        assert bench.run() == 0
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_told_to_stop(bench: Bench, number: signal.Signals) -> None:
    bench.write(ray=("--fault", "children"))
    command = [sys.executable, "-m", "migrate", "parity", str(bench.folder), "--run-dir", str(bench.run_dir)]
    # A test run under nohup ignores SIGHUP, and so would the runner, which heeds what it is told at its start.
    heed = partial(signal.signal, number, signal.SIG_DFL)
    runner = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heed)
    # The runner itself has the folder on its command line; beside it there are the job and its two children.
    _wait_until(lambda: len(bench.survivors()) == 4)
    runner.send_signal(number)
    _, err = runner.communicate(timeout=60)
    assert runner.returncode == 2
    assert "Interrupted while the Ray side (seed 0) ran step `ray`" in " ".join(err.split())
    assert bench.survivors() == []
    assert bench.document["failure"]["cause"] == "interrupted"


def test_asked_for_a_gpu_where_there_is_none(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    if gpu.names():
        pytest.skip("this machine has a GPU")
    bench.write()
    assert bench.run("--gpu") == 2
    assert "shows no NVIDIA GPU" in capsys.readouterr().err
    assert not bench.run_dir.exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(("--ray-python", "/no/such/python"), "needs the interpreter /no/such/python", id="no interpreter"),
        pytest.param(("--ray-python", "/bin/true"), "not a working Python interpreter", id="not an interpreter"),
        pytest.param(("--inputs", "nowhere"), "there are no inputs at", id="no inputs"),
    ],
)
def test_wrong_before_anything_runs(
    bench: Bench, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], said: str
) -> None:
    bench.write()
    assert bench.run(*options) == 2
    assert said in capsys.readouterr().err
    assert not bench.run_dir.exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a file system of a given size."""
    mounted = tmp_path / "small"
    mounted.mkdir()

    def mount(size: str) -> Path:
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(mounted)]
        if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
            pytest.skip("this user may not mount a file system of limited size")
        return mounted

    yield mount
    if mounted.is_mount():
        subprocess.run(["umount", str(mounted)], check=True)


@pytest.mark.parametrize(
    ("size", "said"),
    [
        pytest.param("300k", "The Ray side (seed 0) failed in step `ray`", id="for the job"),
        pytest.param("12k", "The Spark side (seed 0)", id="for the runner"),
    ],
)
def test_no_room(
    bench: Bench,
    capsys: pytest.CaptureFixture[str],
    small_disk: Callable[[str], Path],
    size: str,
    said: str,
) -> None:
    bench.write(ray=("--rows", "100000"))
    assert run(["parity", str(bench.folder), "--run-dir", str(small_disk(size) / "run")]) == 2
    shown = " ".join(capsys.readouterr().err.split())
    assert said in shown
    assert "the disk is full" in shown or "No space left" in shown


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[Callable[[int], Callable[[], None]]]:
    """Gives what puts a process that starts into a control group of so many bytes of memory."""
    root = Path("/sys/fs/cgroup")
    version_2 = (root / "cgroup.controllers").exists()
    group = (root if version_2 else root / "memory") / f"parity-test-{os.getpid()}"

    def limit(size: int) -> Callable[[], None]:
        try:
            group.mkdir()
            (group / ("memory.max" if version_2 else "memory.limit_in_bytes")).write_text(str(size))
        except OSError:
            pytest.skip("this user may not limit the memory of a control group")
        return lambda: (group / "cgroup.procs").write_text(str(os.getpid())) and None

    yield limit
    if group.exists():
        _wait_until(lambda: not (group / "cgroup.procs").read_text())
        group.rmdir()


def test_killed_by_the_kernel_for_memory(bench: Bench, limited: Callable[[int], Callable[[], None]]) -> None:
    """Not an error that the job could report: at the limit of its control group the kernel kills it."""
    bench.write(ray=("--fault", "greed"))
    command = [sys.executable, "-m", "migrate", "parity", str(bench.folder), "--run-dir", str(bench.run_dir)]
    enter = limited(400 << 20)
    runner = subprocess.run(command, capture_output=True, text=True, timeout=200, preexec_fn=enter)
    assert runner.returncode == 2
    assert "it ran out of memory" in " ".join(runner.stderr.split())
    assert (bench.document["failure"]["cause"], bench.document["failure"]["engine"]) == ("memory", "ray")
    assert bench.survivors() == []


def test_a_program_of_no_known_format(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    program = bench.folder / "program"
    program.write_bytes(b"\x00\x01\x02")
    program.chmod(0o755)
    bench.write()
    spec = (bench.folder / "parity.toml").read_text()
    (bench.folder / "parity.toml").write_text(spec.replace('"{python}"', f'"{program}"', 1))
    assert bench.run() == 2
    assert "cannot start step `spark`" in capsys.readouterr().err


def _wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.1)


def test_no_zombie_is_left(bench: Bench) -> None:
    bench.write(ray=("--fault", "daemon"))
    before = {child.pid for child in psutil.Process(os.getpid()).children(recursive=True)}
    assert bench.run() == 0
    assert {child.pid for child in psutil.Process(os.getpid()).children(recursive=True)} <= before
