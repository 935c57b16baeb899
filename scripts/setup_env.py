#!/usr/bin/env python3
"""Build the two environments of a run, `.venv/spark` and `.venv/ray`, from their pins; done before, it does nothing."""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import build_horovod
from steps import SetupError, exclusive, run_logged, step

ROOT = Path(__file__).resolve().parent.parent
VENVS = ROOT / ".venv"
PINS = ROOT / "requirements"
COMPILED = "migrate/oracle/kernels/lanes.c"
OLDEST, NEWEST = (3, 10), (3, 13)
GIGABYTE = 10**9
DISK_NEEDED = 8 * GIGABYTE  # measured: 3.6 for both environments, the rest for archives and Horovod's build
DISK_NEEDED_CUDA = 20 * GIGABYTE
TEMPORARY_DISK_NEEDED = 2 * GIGABYTE


@dataclass(frozen=True)
class Environment:
    """One virtual environment: its pins are `requirements/<name>.txt` and `requirements/torch.txt`."""

    name: str
    horovod: bool = False
    toolkit: bool = False

    @property
    def folder(self) -> Path:
        return VENVS / self.name

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def pins(self) -> tuple[Path, Path]:
        return PINS / f"{self.name}.txt", PINS / "torch.txt"

    @property
    def stamp(self) -> Path:
        """Says which inputs the finished environment was built from; written last."""
        return self.folder / "built-from"

    def inputs(self) -> str:
        """A hash of everything that the finished environment depends on, the place included: it cannot be moved."""
        parts = [str(self.folder), sys.version, *(file.read_text() for file in self.pins)]
        if self.toolkit:
            parts += [(ROOT / file).read_text() for file in ("pyproject.toml", COMPILED)]
        if self.horovod:
            parts.append(repr((build_horovod.VERSION, build_horovod.PATCHES, build_horovod.FEATURES)))
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def is_built(self) -> bool:
        return self.python.exists() and self.stamp.exists() and self.stamp.read_text() == self.inputs()


ENVIRONMENTS = (Environment("spark", horovod=True), Environment("ray", toolkit=True))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    names = [environment.name for environment in ENVIRONMENTS]
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"what to build: {', '.join(names)} (default: all)")
    wanted = parser.parse_args().names or names
    if unknown := [name for name in wanted if name not in names]:
        parser.error(f"no environment is called {unknown[0]}; there are {', '.join(names)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with exclusive(VENVS / "lock"):
            _set_up([environment for environment in ENVIRONMENTS if environment.name in wanted])
    except SetupError as error:
        print(f"setup_env: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("setup_env: interrupted; run it again to go on.", file=sys.stderr)
        return 130
    return 0


def _set_up(environments: list[Environment]) -> None:
    to_build = [environment for environment in environments if not environment.is_built()]
    if not to_build:
        return
    if problems := _missing(to_build):
        raise SetupError("this machine cannot be set up: " + "; ".join(problems) + ".")
    print(f"Setting up {' and '.join(str(e.folder.relative_to(ROOT)) for e in to_build)}", flush=True)
    for environment in to_build:
        with (VENVS / f"{environment.name}.log").open("wb") as log:
            _build(environment, log)


def _missing(environments: list[Environment]) -> list[str]:
    """What this machine lacks, each with how to get it; asked before anything is started."""
    version = ".".join(map(str, sys.version_info[:3]))
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        return [f"Python 3.10 to 3.13 is needed and this is {version} (name another: make PYTHON=python3.12 ...)"]
    problems = []
    if subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True).returncode != 0:
        problems.append(f"{sys.executable} cannot make virtual environments (install python3-venv)")
    # A wheel of an earlier run needs no compiler, but which wheel fits is known only once torch is there.
    if any(environment.horovod for environment in environments):
        problems += build_horovod.missing_tools(Path(sys.executable))
    needed = DISK_NEEDED_CUDA if has_nvidia_gpu() else DISK_NEEDED
    for folder, bytes_needed in ((ROOT, needed), (Path(tempfile.gettempdir()), TEMPORARY_DISK_NEEDED)):
        free = shutil.disk_usage(folder).free
        if free < bytes_needed:
            needed_and_free = f"{bytes_needed // GIGABYTE} GB of disk are needed and {free / GIGABYTE:.1f} GB are free"
            problems.append(f"at {folder} {needed_and_free} (make room)")
    return problems


def has_nvidia_gpu() -> bool:
    """Whether the NVIDIA driver runs on this machine."""
    return Path("/proc/driver/nvidia/version").exists()


def _build(environment: Environment, log: BinaryIO) -> None:
    environment.stamp.unlink(missing_ok=True)
    if not _runs_this_python(environment):
        with step(f"{environment.name}: virtual environment of Python {sys.version.split()[0]}"):
            run_logged([sys.executable, "-m", "venv", "--clear", str(environment.folder)], log)
    if not has_nvidia_gpu() and not _has(environment, "torch"):
        with step(f"{environment.name}: asking pip which torch it would install"):
            _refuse_cuda(environment, log)
    packages = sum(1 for line in environment.pins[0].read_text().splitlines() if "==" in line)
    with step(f"{environment.name}: installing torch and {packages} pinned packages"):
        _pip(environment, log, "install", *(f"--requirement={file}" for file in environment.pins))
    if environment.horovod:
        wheel = build_horovod.wheel_for(environment.python)
        with step(f"{environment.name}: installing {wheel.name}"):
            _pip(environment, log, "install", "--no-deps", "--force-reinstall", str(wheel))
    if environment.toolkit:
        with step(f"{environment.name}: installing this checkout, editable"):
            _pip(environment, log, "install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    environment.stamp.write_text(environment.inputs())


def _pip(environment: Environment, log: BinaryIO, *arguments: str) -> None:
    run_logged([str(environment.python), "-m", "pip", "--disable-pip-version-check", *arguments], log)


def _runs_this_python(environment: Environment) -> bool:
    if not environment.python.exists():
        return False
    command = [str(environment.python), "-c", "import pip, sys; print(sys.version)"]
    answer = subprocess.run(command, capture_output=True, text=True)
    return answer.stdout.strip() == sys.version.strip()


def _has(environment: Environment, distribution: str) -> bool:
    program = f"import importlib.metadata as m; m.version({distribution!r})"
    return subprocess.run([str(environment.python), "-c", program], capture_output=True).returncode == 0


def _refuse_cuda(environment: Environment, log: BinaryIO) -> None:
    """Raise when pip would bring gigabytes of CUDA to a machine that has no GPU."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        pins = f"--requirement={PINS / 'torch.txt'}"
        _pip(environment, log, "install", "--dry-run", f"--report={report}", pins)
        names = [package["metadata"]["name"] for package in json.loads(report.read_text())["install"]]
    if any(name.startswith(("nvidia-", "cuda-")) for name in names):
        torch = (PINS / "torch.txt").read_text().strip()
        raise SetupError(
            f"this machine has no NVIDIA GPU, and pip would install {torch} with CUDA; point pip at a CPU build of it "
            "with PIP_FIND_LINKS (a folder of wheels) or PIP_EXTRA_INDEX_URL (an index) and run this again."
        )


if __name__ == "__main__":
    sys.exit(main())
