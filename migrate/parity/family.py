"""Every process that a side starts, also those that leave its session, and the end of all of them."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

MARKER = "MIGRATE_RUN_ID"
_PR_SET_CHILD_SUBREAPER, _PR_GET_CHILD_SUBREAPER = 36, 37
_POLL_SECONDS = 0.05


class Family:
    """The processes of one side run, recognised by descent, by session and by the run's mark in their environment.

    A daemon leaves its parent and its session; it keeps the environment it was started with. One that also clears its
    environment is adopted by this process while `adopting_orphans` holds, in a session that is not ours.
    """

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        self._leaders: list[subprocess.Popen[bytes]] = []
        self._sessions: set[int] = set()
        self._known: dict[int, psutil.Process] = {}
        self._strangers = {child.pid for child in psutil.Process().children()}

    def add(self, process: subprocess.Popen[bytes]) -> None:
        """Take in the main process of a step, the leader of its own session."""
        self._leaders.append(process)
        self._sessions.add(process.pid)
        self._known[process.pid] = psutil.Process(process.pid)

    def near(self) -> list[psutil.Process]:
        """The living members that descend from a known one: cheap enough to ask twice a second."""
        self._forget_dead()
        self._remember_descendants(list(psutil.process_iter()))
        return self._living()

    def all(self) -> list[psutil.Process]:
        """The living members, wherever they went. Reads the environment of every process of this user."""
        processes = list(psutil.process_iter())
        self._forget_dead()
        for process in processes:
            if process.pid not in self._known and self._is_ours(process):
                self._known[process.pid] = process
        self._remember_descendants(processes)
        return self._living()

    def stop(self, grace: float) -> int:
        """Stop every member: asked first, killed after ``grace`` seconds. Returns how many there were to stop."""
        asked: set[psutil.Process] = set()
        patience = time.monotonic() + grace
        while members := self.all():
            late = time.monotonic() > patience
            for member in members:
                if late or member not in asked:
                    _signal(member, signal.SIGKILL if late else signal.SIGTERM)
                    asked.add(member)
            if time.monotonic() > patience + grace:
                break  # What survives SIGKILL sits in the kernel; waiting for it would hang the run.
            time.sleep(_POLL_SECONDS)
        self._reap()
        return len(asked)

    def _forget_dead(self) -> None:
        """A dead member's number may belong to a stranger by now."""
        self._known = {pid: process for pid, process in self._known.items() if process.is_running()}

    def _living(self) -> list[psutil.Process]:
        self._forget_dead()
        return [process for process in self._known.values() if not _is_zombie(process)]

    def _remember_descendants(self, processes: list[psutil.Process]) -> None:
        children: dict[int, list[psutil.Process]] = {}
        for process in processes:
            children.setdefault(_parent(process), []).append(process)
        waiting = list(self._known)
        while waiting:
            for child in children.get(waiting.pop(), ()):
                if child.pid not in self._known:
                    self._known[child.pid] = child
                    waiting.append(child.pid)

    def _is_ours(self, process: psutil.Process) -> bool:
        session = _session(process.pid)
        if process.pid in {os.getpid(), 0} or session is None:
            return False
        try:
            mark = process.environ().get(MARKER)
        except (psutil.Error, OSError):
            return False  # Another user's process, or one that is just ending.
        if mark is not None:
            return mark == self.run_id
        adopted = _parent(process) == os.getpid() and process.pid not in self._strangers and session != os.getsid(0)
        return adopted or session in self._sessions

    def _reap(self) -> None:
        """Take the exit status of what ended: it would stay a zombie for as long as this process lives."""
        for leader in self._leaders:
            leader.poll()
        self._forget_dead()
        for pid in self._known.keys() - self._sessions:
            try:
                os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                continue


@contextmanager
def adopting_orphans() -> Iterator[None]:
    """While it holds, orphaned descendants become children of this process and can't get out of sight (Linux)."""
    if not sys.platform.startswith("linux"):
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    before = ctypes.c_int()
    libc.prctl(_PR_GET_CHILD_SUBREAPER, ctypes.byref(before), 0, 0, 0)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        libc.prctl(_PR_SET_CHILD_SUBREAPER, before.value, 0, 0, 0)


def _parent(process: psutil.Process) -> int:
    try:
        return process.ppid()
    except psutil.Error:
        return 0


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except OSError:
        return None


def _is_zombie(process: psutil.Process) -> bool:
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return True


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.Error:
        return
