"""GPUs where there is none: a stand-in for NVML's Python binding, a stand-in for nvidia-smi, and neither."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

from migrate.errors import MigrateError
from migrate.parity import gpu


class StandInNvml(ModuleType):
    """The part of NVML's binding that is used, over two made-up GPUs."""

    class NVMLError(Exception):
        """What the binding raises."""

    def __init__(self, *, driver: bool = True) -> None:
        super().__init__("pynvml")
        self.driver, self.open, self.rates = driver, 0, [40, 80]

    def nvmlInit(self) -> None:
        if not self.driver:
            raise self.NVMLError("Driver Not Loaded")
        self.open += 1

    def nvmlShutdown(self) -> None:
        self.open -= 1

    def nvmlDeviceGetCount(self) -> int:
        return len(self.rates)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        return index

    def nvmlDeviceGetName(self, handle: int) -> bytes:
        return b"Made-up GPU"

    def nvmlDeviceGetUtilizationRates(self, handle: int) -> object:
        class Rates:
            gpu = self.rates[handle]

        return Rates()


@pytest.fixture(autouse=True)
def no_commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A PATH on which nvidia-smi is only what a test puts there."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    return tmp_path


@pytest.mark.parametrize("driver", [True, False], ids=["with a driver", "without a driver"])
def test_nvml(monkeypatch: pytest.MonkeyPatch, driver: bool) -> None:
    nvml = StandInNvml(driver=driver)
    monkeypatch.setitem(sys.modules, "pynvml", nvml)
    assert gpu.names() == (("Made-up GPU", "Made-up GPU") if driver else ())
    with gpu.metering() as meter:
        assert meter.read() == (60.0 if driver else None)
    assert nvml.open == 0


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        pytest.param("echo 'Made-up GPU'", ("Made-up GPU",), id="one GPU"),
        pytest.param("echo 'no devices were found'; exit 6", (), id="no devices"),
        pytest.param("echo", (), id="nothing to say"),
    ],
)
def test_nvidia_smi(monkeypatch: pytest.MonkeyPatch, no_commands: Path, answer: str, names: tuple[str, ...]) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    command = no_commands / "nvidia-smi"
    command.write_text(f"#!/bin/sh\n{answer}\n")
    command.chmod(0o755)
    assert gpu.names() == names
    if names:
        gpu.require()
        return
    with pytest.raises(MigrateError, match="shows no NVIDIA GPU"):
        gpu.require()


def test_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert gpu.names() == ()
