"""A Ray cluster of a test's own, whose head can be killed and started again."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

_SECONDS = 90
_NO_TOKEN = {"RAY_AUTH_MODE": "disabled"}
"""Else `ray start` asks for a token that a plain `ray.init` does not have."""


class Head:
    """The head of a cluster on this machine, at an address and in a folder that no other cluster has."""

    def __init__(self, cpus: int) -> None:
        # Sockets lie in that folder, and their paths must not be long.
        self._folder = Path(tempfile.mkdtemp(prefix="ray-"))
        self._port, self._cpus = _free_port(), cpus
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What a job must have in its environment to run there."""
        return {"RAY_ADDRESS": f"127.0.0.1:{self._port}", **_NO_TOKEN}

    def start(self) -> None:
        """Start the head, and wait until it says that it runs."""
        said = self._folder / "head.log"
        said.unlink(missing_ok=True)
        words = ["start", "--head", "--block", f"--port={self._port}", f"--num-cpus={self._cpus}"]
        words += [f"--temp-dir={self._folder}", "--include-dashboard=false"]
        with said.open("wb") as log:
            self._process = subprocess.Popen(
                [_ray(), *words], env=os.environ | _NO_TOKEN, stdout=log, stderr=log, start_new_session=True
            )
        for _ in range(_SECONDS):
            if "Ray runtime started" in said.read_text(errors="replace"):
                return
            time.sleep(1)
        raise AssertionError(said.read_text(errors="replace")[-2000:])

    def kill(self) -> None:
        """End every process of the head and its workers, as when its machine goes away."""
        if self._process is None:
            return
        mine = [self._process.pid, *(child.pid for child in psutil.Process(self._process.pid).children(recursive=True))]
        for pid in mine:
            with contextlib.suppress(psutil.NoSuchProcess):
                psutil.Process(pid).kill()
        self._process.wait()
        self._process = None

    def remove(self) -> None:
        """End what still runs, and take the folder away."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)


def _ray() -> str:
    return str(Path(sys.executable).with_name("ray"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
