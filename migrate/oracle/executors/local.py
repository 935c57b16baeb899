"""Tasks on threads of this machine, batches between them in memory up to a limit and then in files."""

from __future__ import annotations

import ctypes
import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import TypeVar

from migrate.oracle.executors import Kept, Progress, Scattering, silent
from migrate.oracle.shelf import Shelf

T = TypeVar("T")
R = TypeVar("R")

_MOST_THREADS = 8
"""Each thread holds a few batches; more threads than this would not stay within the memory that is promised."""


_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_KEPT_BYTES, _LARGE_BYTES = 128 << 20, 32 << 20


def keep_freed_memory() -> None:
    """Have this process keep some freed memory for the next batch, where the C library can be told so (glibc's can).

    Otherwise each array of a batch is given back and asked for anew, and the kernel clears its pages every time: a
    tenth of the processor time of a large comparison.
    """
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
        library.mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)


class LocalExecutor:
    """One machine; shelves beyond `memory` bytes in all lie in the folder `scratch`."""

    def __init__(self, scratch: Path, memory: int, progress: Progress = silent) -> None:
        keep_freed_memory()
        self._scratch, self._memory, self._progress = scratch, memory, progress
        self._threads = min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2, _MOST_THREADS)
        self._numbers = itertools.count()

    def map(
        self, task: Callable[[T], R], items: Sequence[T], *, what: str = "", whole_memory: bool = False
    ) -> Iterator[R]:
        for number, result in enumerate(self._results(task, items, whole_memory), start=1):
            self._progress(what, number, len(items))
            yield result

    def _results(self, task: Callable[[T], R], items: Sequence[T], whole_memory: bool) -> Iterator[R]:
        if whole_memory or len(items) < 2 or self._threads < 2:
            yield from map(task, items)
            return
        with ThreadPoolExecutor(self._threads) as pool:
            futures = [pool.submit(task, item) for item in items]
            try:
                for future in futures:
                    yield future.result()
            finally:
                for future in futures:
                    future.cancel()

    def scatter(
        self,
        task: Callable[[T], Scattering[R]],
        items: Sequence[T],
        shelves: int,
        *,
        what: str = "",
        whole_memory: bool = False,
    ) -> tuple[list[R], list[Kept]]:
        share = self._memory // shelves
        kept = [Shelf(self._scratch / f"shelf-{next(self._numbers)}", share) for _ in range(shelves)]
        locks = [Lock() for _ in range(shelves)]

        def run(numbered: tuple[int, T]) -> R:
            number, item = numbered
            batches = task(item)
            while True:
                try:
                    shelf, batch = next(batches)
                except StopIteration as done:
                    result: R = done.value
                    return result
                with locks[shelf]:
                    kept[shelf].add(batch, number)

        summaries = list(self.map(run, list(enumerate(items)), what=what, whole_memory=whole_memory))
        return summaries, list(kept)
