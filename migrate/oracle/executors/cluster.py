"""Tasks on a Ray cluster, batches between them in its object store, which spills to its nodes' disks by itself."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import migrate
from migrate.errors import MigrateError
from migrate.oracle.executors import Kept, Progress, Scattering, silent

if TYPE_CHECKING:
    import pyarrow as pa
    import ray

T = TypeVar("T")
R = TypeVar("R")

_QUIET = {"log_to_driver": False, "logging_level": "ERROR"}


@dataclass(frozen=True)
class Stored:
    """Batches in the object store: each reference is to a list of them."""

    references: tuple[ray.ObjectRef, ...]
    sizes: tuple[tuple[int, int], ...]

    @property
    def rows(self) -> int:
        return sum(rows for rows, _ in self.sizes)

    @property
    def bytes(self) -> int:
        return sum(size for _, size in self.sizes)

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        import ray

        for reference in self.references:
            yield from ray.get(reference)

    def pieces(self) -> Sequence[Stored]:
        pairs = zip(self.references, self.sizes, strict=True)
        return [Stored((reference,), (size,)) for reference, size in pairs]

    def close(self) -> None:
        """Nothing to do: the store drops what nobody refers to."""


class RayExecutor:
    """The cluster that this process is connected to, else the one at RAY_ADDRESS, else one started on this machine."""

    def __init__(self, progress: Progress = silent) -> None:
        try:
            import ray
        except ImportError as error:
            raise MigrateError(
                "--engine ray needs Ray, which is not installed here: pip install 'ray[data]'."
            ) from error
        if not ray.is_initialized():
            try:
                ray.init(address=os.environ.get("RAY_ADDRESS"), runtime_env=_package(), **_QUIET)
            except (ConnectionError, RuntimeError, TimeoutError, ValueError) as error:
                raise MigrateError(f"No Ray cluster can be reached: {' '.join(str(error).split())}") from error
        self._progress = progress

    def map(
        self, task: Callable[[T], R], items: Sequence[T], *, what: str = "", whole_memory: bool = False
    ) -> Iterator[R]:
        import ray

        shared = ray.put(task)
        remote = ray.remote(_run)
        yield from self._in_order([remote.remote(shared, item) for item in items], what)

    def scatter(
        self,
        task: Callable[[T], Scattering[R]],
        items: Sequence[T],
        shelves: int,
        *,
        what: str = "",
        whole_memory: bool = False,
    ) -> tuple[list[R], list[Kept]]:
        import ray

        shared = ray.put(task)
        remote = ray.remote(num_returns=1 + shelves)(_scatter)
        answers = [remote.remote(shared, item, shelves) for item in items]
        told = list(self._in_order([answer[0] for answer in answers], what))
        kept: list[Kept] = []
        for shelf in range(shelves):
            sizes = [sizes[shelf] for _, sizes in told]
            filled = [number for number, (rows, _) in enumerate(sizes) if rows]
            references = tuple(answers[number][1 + shelf] for number in filled)
            kept.append(Stored(references, tuple(sizes[number] for number in filled)))
        return [summary for summary, _ in told], kept

    def _in_order(self, references: Sequence[ray.ObjectRef], what: str) -> Iterator[Any]:
        import ray

        for number, reference in enumerate(references, start=1):
            try:
                result = ray.get(reference)
            except ray.exceptions.RayTaskError as error:
                if isinstance(error.cause, MigrateError):
                    raise error.cause from None
                raise
            except ray.exceptions.RayError as error:
                reason = " ".join(str(error).split())
                raise MigrateError(f"The Ray cluster lost a part of the comparison: {reason}") from error
            self._progress(what, number, len(references))
            yield result


def _package() -> dict[str, Any]:
    """What makes this toolkit known to the nodes of a cluster that is already running; they need only Ray's own."""
    return {"py_modules": [str(Path(migrate.__file__).parent)]} if os.environ.get("RAY_ADDRESS") else {}


def _run(task: Callable[[T], R], item: T) -> R:
    return task(item)


def _scatter(task: Callable[[T], Scattering[R]], item: T, shelves: int) -> tuple[Any, ...]:
    kept: list[list[pa.RecordBatch]] = [[] for _ in range(shelves)]
    batches = task(item)
    while True:
        try:
            shelf, batch = next(batches)
        except StopIteration as done:
            sizes = [(sum(b.num_rows for b in each), sum(b.nbytes for b in each)) for each in kept]
            return (done.value, sizes), *kept
        if batch.num_rows:
            kept[shelf].append(batch)
