"""Both engines behind one session each, for tests that run jobs on them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KERNEL = Path(__file__).resolve().parent / "kernel.py"


class EngineFailed(AssertionError):
    """A job failed on an engine; the message holds its traceback."""


class EngineLate(EngineFailed):
    """A job did not end in time."""


@dataclass(frozen=True)
class Ran:
    """A job that ran: what it printed, and its wall-clock in seconds."""

    stdout: str
    seconds: float


class Kernel:
    """One engine's session in its own process and process group, started with the first job."""

    def __init__(self, engine: str, python: Path, log: Path) -> None:
        self._engine, self._python, self._log = engine, python, log
        self._process: subprocess.Popen[str] | None = None
        self._free = threading.Lock()

    def run(self, script: Path, folder: Path, arguments: tuple[str, ...] = (), seconds: float = 120) -> Ran:
        """Run a job file in ``folder``.

        EngineFailed where it fails, EngineLate where it does not end in time; the next session is then a new one.
        Jobs of several threads run one after the other.
        """
        request = {"script": str(script), "folder": str(folder), "arguments": arguments}
        with self._free:
            self._start()
            answer = self._ask(request, seconds)
        if answer["error"]:
            raise EngineFailed(f"{script.name} failed on {self._engine}:\n{answer['error']}\n{answer['stdout']}")
        return Ran(answer["stdout"], answer["seconds"])

    def _start(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        mine, theirs = os.pipe()
        environment = {**os.environ, "PYTHONHASHSEED": "0", "TZ": "UTC"}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._python), str(KERNEL), self._engine, str(theirs)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=[theirs],
                start_new_session=True,
                env=environment,
                text=True,
            )
        os.close(theirs)
        self._answers = os.fdopen(mine)
        if self._read(180) != {"ready": True}:
            raise EngineFailed(f"{self._engine} did not start; see {self._log}")

    def _ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._read(seconds)

    def _read(self, seconds: float) -> dict[str, Any]:
        """The next answer; a session that gives none in time is stopped, which ends the wait for its line."""
        assert self._process is not None
        late = threading.Event()

        def stop() -> None:
            late.set()
            self.stop()

        timer = threading.Timer(seconds, stop)
        timer.start()
        try:
            line = self._answers.readline()
        finally:
            timer.cancel()
        if not line:
            tail = self._log.read_text(errors="replace")[-2000:]
            if late.is_set():
                raise EngineLate(f"{self._engine} gave no answer in {seconds:g} s:\n{tail}")
            raise EngineFailed(f"{self._engine} died:\n{tail}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def stop(self) -> None:
        """End the session with every process of it."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None and process.stdin is not None:
            process.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@dataclass(frozen=True)
class Engines:
    """Spark and Ray."""

    spark: Kernel
    ray: Kernel

    @classmethod
    def at(cls, checkout: Path, logs: Path) -> Engines:
        """The engines of the checkout's two environments."""
        spark_python = checkout / ".venv" / "spark" / "bin" / "python"
        return cls(
            Kernel("spark", spark_python, logs / "spark.log"), Kernel("ray", Path(sys.executable), logs / "ray.log")
        )

    def stop(self) -> None:
        """End both sessions."""
        self.spark.stop()
        self.ray.stop()
