"""A command's wall-clock, processor time and peak memory, all its processes together."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

_EVERY = 0.2
"""Seconds between two looks at the memory."""


@dataclass(frozen=True)
class Measured:
    """Seconds, the most memory at one time (MB; shared pages counted once), the load average before, the output."""

    wall: float
    cpu: float
    memory: float
    load: float
    code: int | None
    output: str

    @property
    def failure(self) -> str:
        """Why there is no result, empty where there is one."""
        if self.code is None:
            return f"stopped after {self.wall:.0f} s"
        return (
            "" if self.code == 0 else f"exit {self.code}: {(self.output.strip().splitlines() or ['silent'])[-1][:80]}"
        )


def measure(command: list[str], limit: float, cwd: Path | None = None, env: dict[str, str] | None = None) -> Measured:
    """Run a command; after ``limit`` seconds it is stopped and has no exit code."""
    started, load = time.monotonic(), os.getloadavg()[0]
    process = subprocess.Popen(
        command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    peaks = [0]
    watch = threading.Thread(target=_watch, args=(process.pid, peaks), daemon=True)
    output: list[bytes] = []
    assert process.stdout is not None
    drain = threading.Thread(target=lambda: output.append(process.stdout.read()), daemon=True)  # type: ignore[union-attr]
    watch.start()
    drain.start()
    timer = threading.Timer(limit, lambda: os.killpg(process.pid, 9))
    timer.start()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    drain.join(5)
    code = process.returncode if wall < limit else None
    text = b"".join(output).decode("utf-8", errors="replace")
    return Measured(wall, usage.ru_utime + usage.ru_stime, peaks[0] / 1e6, load, code, text)


def _watch(pid: int, peaks: list[int]) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        while root.is_running() and root.status() != psutil.STATUS_ZOMBIE:
            total = 0
            for process in (root, *root.children(recursive=True)):
                with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                    total += process.memory_full_info().pss
            peaks[0] = max(peaks[0], total)
            time.sleep(_EVERY)
