"""One step of the set-up: run with a log, alone, with progress, and stopped cleanly when it is interrupted."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

SECONDS_BETWEEN_LINES = 15.0  # of progress, where the output is no terminal


class SetupError(Exception):
    """The set-up cannot be done. The message is one sentence that says what to do about it."""


@contextlib.contextmanager
def exclusive(lock: Path) -> Iterator[None]:
    """Hold a lock file, so that two set-ups at a time do the work once. A killed holder frees it."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"Waiting for another set-up that holds {lock}", flush=True)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def run_logged(
    command: Sequence[str],
    log: BinaryIO,
    environment: Mapping[str, str] | None = None,
    on_line: Callable[[str], None] = lambda line: None,
) -> None:
    """Run a command to its end, its output in the log. Raises SetupError with the log's last lines when it fails."""
    log.write(f"$ {' '.join(command)}\n".encode())
    log.flush()
    process = subprocess.Popen(
        list(command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, start_new_session=True
    )
    assert process.stdout is not None
    tail: list[str] = []
    try:
        for raw in process.stdout:
            log.write(raw)
            line = raw.decode(errors="replace").rstrip()
            tail = [*tail[-14:], line]
            on_line(line)
        code = process.wait()
    finally:
        # pip starts make, make starts compilers: all of them are in the session of their own.
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
    log.flush()
    if code != 0:
        last = "\n  ".join(tail)
        raise SetupError(
            f"`{' '.join(command[:4])} ...` failed with exit {code}; its log is {log.name} and ends:\n  {last}"
        )


@contextlib.contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is being done, then how long it took."""
    print(f"  {what} ...", end="", flush=True)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        print(" not done", flush=True)
        raise
    print(f" {time.monotonic() - began:.0f} s", flush=True)


class MakeProgress:
    """Shows how far a build is, from the `[ 34%]` that CMake's makefiles print."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._shown = -SECONDS_BETWEEN_LINES

    def __call__(self, line: str) -> None:
        percent = re.search(r"\[ *(\d+)%\] (.*)", line)
        if percent is None:
            return
        seconds = time.monotonic() - self._began
        if sys.stdout.isatty():
            end = "\n" if percent[1] == "100" else ""
            print(f"\r\x1b[K  {percent[1]:>3} %  {seconds:4.0f} s  {percent[2][:60]}", end=end, flush=True)
        elif seconds - self._shown >= SECONDS_BETWEEN_LINES:
            self._shown = seconds
            print(f"  {percent[1]:>3} %  {seconds:4.0f} s", flush=True)
