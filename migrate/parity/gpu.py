"""NVIDIA GPUs, as far as this machine shows any: NVML where its Python binding is installed, else nvidia-smi."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from migrate.errors import MigrateError

_PATIENCE_SECONDS = 20


class Meter:
    """Reads the mean utilisation of all visible GPUs, in percent. With no handles it reads None."""

    def __init__(self, nvml: Any = None, handles: tuple[Any, ...] = ()) -> None:
        self._nvml = nvml
        self._handles = handles

    def read(self) -> float | None:
        if not self._handles:
            return None
        try:
            rates = [self._nvml.nvmlDeviceGetUtilizationRates(handle).gpu for handle in self._handles]
        except self._nvml.NVMLError:
            return None
        return float(sum(rates)) / len(rates)


@contextmanager
def metering() -> Iterator[Meter]:
    """A meter for as long as it is needed."""
    nvml = _nvml()
    if nvml is None:
        yield Meter()
        return
    try:
        yield Meter(nvml, tuple(nvml.nvmlDeviceGetHandleByIndex(each) for each in range(nvml.nvmlDeviceGetCount())))
    finally:
        nvml.nvmlShutdown()


def names() -> tuple[str, ...]:
    """The visible GPUs by name."""
    nvml = _nvml()
    if nvml is not None:
        try:
            handles = [nvml.nvmlDeviceGetHandleByIndex(each) for each in range(nvml.nvmlDeviceGetCount())]
            return tuple(_text(nvml.nvmlDeviceGetName(handle)) for handle in handles)
        finally:
            nvml.nvmlShutdown()
    return _names_by_command()


def require() -> None:
    """Raise MigrateError unless there is a GPU: a run that was asked for on one must never pass on a CPU."""
    if not names():
        raise MigrateError(
            "--gpu was asked for and this machine shows no NVIDIA GPU (neither NVML nor nvidia-smi finds one); "
            "run it where there is one, or leave --gpu out to run on the CPU."
        )


def _nvml() -> Any:
    """The NVML binding, initialised; None where the binding or the driver is missing."""
    try:
        nvml = import_module("pynvml")
    except ImportError:
        return None
    try:
        nvml.nvmlInit()
    except nvml.NVMLError:
        return None
    return nvml


def _names_by_command() -> tuple[str, ...]:
    command = shutil.which("nvidia-smi")
    if command is None:
        return ()
    try:
        answer = subprocess.run(
            [command, "--query-gpu=name", "--format=csv,noheader"],
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(line.strip() for line in answer.stdout.splitlines() if line.strip()) if answer.returncode == 0 else ()


def _text(name: str | bytes) -> str:
    return name.decode() if isinstance(name, bytes) else name
