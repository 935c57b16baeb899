"""The set-up: what it refuses before it starts, what it skips when it is done, how it fails and stops."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

import build_horovod
import setup_env
import steps
from setup_env import Environment
from steps import SetupError


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of the test's own, with an environment called `small` whose pins are there."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements/small.txt").write_text("click==8.1.8\n")
    (tmp_path / "requirements/torch.txt").write_text("torch==2.13.0\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / setup_env.COMPILED).parent.mkdir(parents=True)
    (tmp_path / setup_env.COMPILED).write_text("int one;\n")
    for name, folder in (("ROOT", tmp_path), ("PINS", tmp_path / "requirements"), ("VENVS", tmp_path / ".venv")):
        monkeypatch.setattr(setup_env, name, folder)
    return tmp_path


def finish(environment: Environment) -> None:
    """What a finished build leaves behind, as far as the next run looks."""
    environment.python.parent.mkdir(parents=True)
    environment.python.symlink_to(sys.executable)
    environment.stamp.write_text(environment.inputs())


def change_pins(project: Path) -> None:
    (project / "requirements/small.txt").write_text("click==8.1.7\n")


def change_metadata(project: Path) -> None:
    (project / "pyproject.toml").write_text("[project]\nname = 'other'\n")


def change_compiled_code(project: Path) -> None:
    (project / setup_env.COMPILED).write_text("int two;\n")


def lose_the_interpreter(project: Path) -> None:
    (project / ".venv/small/bin/python").unlink()


def lose_the_stamp(project: Path) -> None:
    (project / ".venv/small/built-from").unlink()


def touch_the_readme(project: Path) -> None:
    (project / "README.md").write_text("More.\n")


@pytest.mark.parametrize(
    ("change", "still_built"),
    [
        pytest.param(touch_the_readme, True, id="another file"),
        pytest.param(change_pins, False, id="a pin"),
        pytest.param(change_metadata, False, id="the toolkit's metadata"),
        pytest.param(change_compiled_code, False, id="what is compiled"),
        pytest.param(lose_the_interpreter, False, id="no interpreter"),
        pytest.param(lose_the_stamp, False, id="a build that was cut off"),
    ],
)
def test_it_is_built_again_when_what_it_was_built_from_changes(
    change: Callable[[Path], None], still_built: bool, project: Path
) -> None:
    environment = Environment("small", toolkit=True)
    finish(environment)
    assert environment.is_built()
    change(project)
    assert environment.is_built() is still_built


@pytest.mark.parametrize(
    ("version", "refused"),
    [
        pytest.param((3, 9, 18), True, id="3.9"),
        pytest.param((3, 10, 0), False, id="3.10"),
        pytest.param((3, 13, 9), False, id="3.13"),
        pytest.param((3, 14, 0), True, id="3.14"),
    ],
)
def test_python_versions(
    version: tuple[int, int, int], refused: bool, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    problems = [problem for problem in setup_env._missing([Environment("small")]) if "Python 3.10" in problem]
    assert bool(problems) is refused
    assert all(f"this is {'.'.join(map(str, version))}" in problem for problem in problems)


def test_too_little_disk_is_said_with_both_figures(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type(shutil.disk_usage(project))(0, 0, 1_500_000_000)
    monkeypatch.setattr("shutil.disk_usage", lambda folder: usage)
    problems = setup_env._missing([Environment("small")])
    assert f"at {project} 8 GB of disk are needed and 1.5 GB are free (make room)" in problems


def test_what_is_missing_is_one_sentence_before_anything_is_started(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(setup_env, "ENVIRONMENTS", (Environment("small", horovod=True),))
    monkeypatch.setattr(sys, "argv", ["setup_env.py"])
    monkeypatch.setenv("CXX", "no-such-compiler")
    monkeypatch.setattr("signal.signal", lambda *_: None)
    assert setup_env.main() == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert "there is no C++ compiler (install g++ 10 or newer, or name one in CXX)" in said.err
    assert said.out == ""
    assert [path.name for path in (project / ".venv").iterdir()] == ["lock"]


@pytest.mark.parametrize(
    ("compiler", "problem"),
    [
        pytest.param("exit 0", None, id="knows C++20"),
        pytest.param("echo 'unrecognized option -std=c++20' >&2; exit 1", "does not compile C++20", id="too old"),
    ],
)
def test_the_compiler_is_tried(
    compiler: str, problem: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "compiler").write_text(f"#!/bin/sh\n{compiler}\n")
    (tmp_path / "compiler").chmod(0o755)
    monkeypatch.setenv("CXX", str(tmp_path / "compiler"))
    said = [one for one in build_horovod.missing_tools(Path(sys.executable)) if "C++" in one]
    assert [problem in one for one in said if problem] == [True] * (problem is not None)
    assert bool(said) is (problem is not None)


@pytest.mark.parametrize(
    ("packages", "refused"),
    [
        pytest.param(["torch", "filelock"], False, id="a CPU build"),
        pytest.param(["torch", "nvidia-cublas"], True, id="a CUDA build"),
        pytest.param(["torch", "cuda-bindings"], True, id="a CUDA build by its bindings"),
    ],
)
def test_no_cuda_comes_to_a_machine_without_a_gpu(
    packages: list[str], refused: bool, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pip(environment: Environment, log: object, *arguments: str) -> None:
        """Stands in for pip, whose answer depends on the indexes of the machine."""
        assert "--dry-run" in arguments
        (report,) = (one.removeprefix("--report=") for one in arguments if one.startswith("--report="))
        Path(report).write_text(json.dumps({"install": [{"metadata": {"name": name}} for name in packages]}))

    monkeypatch.setattr(setup_env, "_pip", pip)
    if refused:
        with pytest.raises(SetupError, match=r"torch==2\.13\.0 with CUDA; .* PIP_FIND_LINKS .* PIP_EXTRA_INDEX_URL"):
            setup_env._refuse_cuda(Environment("small"), io.BytesIO())
    else:
        setup_env._refuse_cuda(Environment("small"), io.BytesIO())


def test_a_release_that_is_not_as_expected_is_not_patched_by_guess(tmp_path: Path) -> None:
    for name, released, _ in build_horovod.PATCHES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        with (tmp_path / name).open("a") as file:
            file.write(f"{released}\n")
    build_horovod.patch(tmp_path)
    for name, released, wanted in build_horovod.PATCHES:
        assert wanted in (tmp_path / name).read_text()
        assert released not in (tmp_path / name).read_text()
    with pytest.raises(SetupError, match=r"CMakeLists\.txt should say 'set\(CMAKE_CXX_STANDARD 14\)' once"):
        build_horovod.patch(tmp_path)


def test_a_failing_step_shows_the_end_of_its_log(tmp_path: Path) -> None:
    with (tmp_path / "step.log").open("wb") as log, pytest.raises(SetupError) as failure:
        steps.run_logged(["sh", "-c", "seq 1 40; echo out of memory >&2; exit 3"], log)
    said = str(failure.value)
    assert "exit 3" in said and "out of memory" in said and str(tmp_path / "step.log") in said
    assert "\n  40\n" in said and "\n  1\n" not in said
    assert "\n1\n" in (tmp_path / "step.log").read_text()


def test_an_interrupted_step_leaves_no_process_behind(tmp_path: Path) -> None:
    program = f"import sys; sys.path.insert(0, {str(Path(steps.__file__).parent)!r})\n" + (
        "import signal, steps\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))\n"
        "log = open(sys.argv[1], 'wb')\n"
        "steps.run_logged(['sh', '-c', 'sleep 60 & echo started; wait'], log)\n"
    )
    log = tmp_path / "step.log"
    runner = subprocess.Popen([sys.executable, "-c", program, str(log)])
    _wait_for(lambda: log.exists() and len(psutil.Process(runner.pid).children(recursive=True)) == 2)
    family = psutil.Process(runner.pid).children(recursive=True)
    os.kill(runner.pid, signal.SIGTERM)
    assert runner.wait(timeout=30) == 143
    _wait_for(lambda: not any(_runs(process) for process in family))


def _runs(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def _wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)


def test_two_set_ups_take_turns(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    lock = tmp_path / "deep/lock"
    program = f"import sys; sys.path.insert(0, {str(Path(steps.__file__).parent)!r})\n" + (
        "from pathlib import Path\nimport steps\n"
        "with steps.exclusive(Path(sys.argv[1])):\n    print('second', flush=True)\n"
    )
    with steps.exclusive(lock):
        second = subprocess.Popen([sys.executable, "-c", program, str(lock)], stdout=subprocess.PIPE, text=True)
        assert second.stdout is not None
        assert second.stdout.readline() == f"Waiting for another set-up that holds {lock}\n"
    assert second.communicate(timeout=30)[0] == "second\n"


def test_the_pins_hold_for_both_engines_alike(checkout: Path) -> None:
    def pins(name: str) -> dict[str, set[str]]:
        lines = (checkout / "requirements" / name).read_text().splitlines()
        found: dict[str, set[str]] = {}
        for line in lines:
            assert "==" in line and "://" not in line, f"{name}: {line} is no pin"
            found.setdefault(line.split("==")[0], set()).add(line)
        return found

    spark, ray = pins("spark.txt"), pins("ray.txt")
    for package in ("numpy", "pyarrow", "pillow", "psutil"):
        assert spark[package] == ray[package], "a difference of theirs would look like one of the engines'"
    assert not {name for name in (*spark, *ray) if name.startswith(("nvidia", "torch", "cuda"))}
    assert all("pandas==2" in line for line in spark["pandas"])
