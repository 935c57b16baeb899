"""Where the work of a comparison runs: on threads of this machine, or as tasks of a Ray cluster.

A comparison is written once, as tasks over the parts of its datasets. An executor says only where they run and where
batches between them are kept, so the answer cannot depend on it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    import pyarrow as pa

T = TypeVar("T")
R = TypeVar("R")

Scattering = Generator[tuple[int, "pa.RecordBatch"], None, R]
"""What a task that scatters is: it yields batches, each with the number of its shelf, and returns a summary."""

Progress = Callable[[str, int, int], None]
"""Told what is being done, how many pieces of it are done, and how many there are."""


def silent(what: str, done: int, total: int) -> None:
    """Nobody is watching."""


class Kept(Protocol):
    """Batches put aside: `rows` rows that take about `bytes` bytes. They can be read any number of times, by tasks of
    the same executor too, and come in the order of the items that gave them."""

    @property
    def rows(self) -> int: ...

    @property
    def bytes(self) -> int: ...

    def __iter__(self) -> Iterator[pa.RecordBatch]: ...

    def pieces(self) -> Sequence[Kept]:
        """The same batches, cut where they can be read side by side."""

    def close(self) -> None:
        """Give up what is kept."""


class Executor(Protocol):
    """Runs tasks over items. What a task raises is raised to the caller, that of the first such item."""

    def map(
        self, task: Callable[[T], R], items: Sequence[T], *, what: str = "", whole_memory: bool = False
    ) -> Iterator[R]:
        """The results in the order of the items.

        `what` names the work for those who watch it. Tasks that may each take all the memory that was allowed
        (`whole_memory`) do not run side by side on one machine.
        """

    def scatter(
        self,
        task: Callable[[T], Scattering[R]],
        items: Sequence[T],
        shelves: int,
        *,
        what: str = "",
        whole_memory: bool = False,
    ) -> tuple[list[R], list[Kept]]:
        """What the tasks return, and what they yielded, brought together by the numbers of the shelves."""
