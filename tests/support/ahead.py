"""The original of the next cases runs on Spark while the emitted one of this case runs on Ray."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")

_AHEAD = 3
"""So many are begun before they are asked for; what a failed run has begun is all that is in vain."""


class Ahead(Generic[T]):
    """Results of ``make`` for names that are asked for in their order, made one after the other in a thread."""

    def __init__(self, names: Iterable[str], make: Callable[[str], T], pool: ThreadPoolExecutor) -> None:
        self._names, self._make, self._pool = iter(names), make, pool
        self._begun: dict[str, Future[T]] = {}

    def of(self, name: str) -> T:
        """What was made of this name; raises what making it raised."""
        while name not in self._begun or len(self._begun) <= _AHEAD:
            following = next(self._names, None)
            if following is None:
                break
            self._begun[following] = self._pool.submit(self._make, following)
        return self._begun.pop(name).result()


@contextmanager
def ahead(names: Iterable[str], make: Callable[[str], T]) -> Iterator[Ahead[T]]:
    """Make results ahead of their use; those not asked for are given up at the end."""
    pool = ThreadPoolExecutor(1)
    try:
        yield Ahead(names, make, pool)
    finally:
        pool.shutdown(cancel_futures=True)
