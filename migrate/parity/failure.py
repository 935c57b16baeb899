"""Why a side did not come through: the one sentence for its user, from exit code, log, trace and kernel."""

from __future__ import annotations

import errno
import re
import shutil
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from migrate.errors import MigrateError
from migrate.parity.phases import Trace
from migrate.parity.plan import PlannedRun, PlannedStep
from migrate.parity.redaction import Redactor
from migrate.parity.result import Cause, Failure, SideResult

TAIL_LINES = 30
_TAIL_BYTES = 64 * 1024
_LEAST_ROOM_BYTES = 64 * 1024
_MEMORY = re.compile(r"OutOfMemoryError|\bMemoryError\b|Cannot allocate memory|CUDA out of memory")
_DISK = re.compile(r"No space left on device|Disk quota exceeded")


class SideFailed(MigrateError):
    """A side run that did not come through; ``side`` holds what it did until then, as far as it began at all."""

    def __init__(self, failure: Failure, side: SideResult | None = None) -> None:
        super().__init__(failure.sentence)
        self.failure = failure
        self.side = side


def who(run: PlannedRun) -> str:
    """The side run as sentences call it."""
    engine, _, which = run.title.partition(", ")
    return f"the {engine} side ({which})"


def of_error(run: PlannedRun, step: PlannedStep, error: BaseException, timeout: float | None) -> tuple[Cause, str]:
    """Cause and sentence of a step that could not start, or was not let come to its end."""
    if isinstance(error, TimeoutError):
        return Cause.TIMEOUT, f"{who(run)} was still in step `{step.name}` when its {timeout:g} s were over"
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return Cause.DISK, f"{who(run)} cannot go on in step `{step.name}`: the disk is full"
    if isinstance(error, OSError):
        return Cause.START, f"{who(run)} cannot start step `{step.name}`: {error.filename}: {error.strerror}"
    return Cause.INTERRUPTED, f"interrupted while {who(run)} ran step `{step.name}`"


@dataclass(frozen=True)
class Ending:
    """How a step ended: its exit code, after how many seconds, with which last words.

    ``oom_kills`` counts the kernel's kills for memory meanwhile. ``no_room`` says that its disk is full, and then the
    log has no last words.
    """

    code: int
    seconds: float
    tail: Sequence[str]
    oom_kills: int
    no_room: bool


def of_exit(run: PlannedRun, step: PlannedStep, ending: Ending) -> tuple[Cause, str]:
    """Cause and sentence of a step that ended badly."""
    subject = f"{who(run)} failed in step `{step.name}` after {ending.seconds:.1f} s"
    text, code = "\n".join(ending.tail), ending.code
    if ending.no_room or _DISK.search(text):
        return Cause.DISK, f"{subject}: the disk is full"
    if _MEMORY.search(text) or (code in {-signal.SIGKILL, 128 + signal.SIGKILL} and ending.oom_kills):
        return Cause.MEMORY, f"{subject}: it ran out of memory"
    if code < 0:
        return Cause.SIGNAL, f"{subject}: it was killed by {_signal_name(-code)}"
    return Cause.EXIT, f"{subject}: it exited with code {code}"


def where(trace: Trace) -> str:
    """The call that the process was in when it ended, as the end of a sentence; empty if it was in none."""
    unfinished = [span for span in trace.spans if not span.finished]
    if not unfinished:
        return ""
    span = unfinished[-1]
    return f", in {span.name} at {span.place}" if span.place else f", in {span.name}"


def tail(log: Path, redactor: Redactor) -> tuple[str, ...]:
    """The last lines of a log, without its secrets."""
    if not log.exists():
        return ()
    with log.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - _TAIL_BYTES))
        text = file.read().decode("utf-8", errors="replace")
    return tuple(redactor.text(line) for line in text.splitlines()[-TAIL_LINES:])


def no_room(folder: Path) -> bool:
    return shutil.disk_usage(folder).free < _LEAST_ROOM_BYTES


def oom_kills() -> int:
    """How many processes the kernel has killed for memory since it started, in this container and beyond."""
    try:
        text = Path("/proc/vmstat").read_text(encoding="ascii")
    except OSError:
        return 0
    found = re.search(r"^oom_kill (\d+)$", text, re.MULTILINE)
    return int(found.group(1)) if found else 0


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
