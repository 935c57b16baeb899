"""Why the same rows stand in another order: where each side put its NULLs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from migrate.oracle.arrays import valid
from migrate.oracle.collect import PLACE
from migrate.oracle.executors import Executor, Kept
from migrate.oracle.plan import Plan

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NOWHERE = (np.iinfo(np.int64).max, -1)


@dataclass
class _Span:
    """The first and the last place at which something was seen."""

    first: int
    last: int

    def see(self, places: NDArray[np.int64]) -> None:
        if len(places):
            self.first, self.last = min(self.first, int(places.min())), max(self.last, int(places.max()))

    def merge(self, other: _Span) -> None:
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)

    def before(self, other: _Span) -> bool:
        return 0 <= self.last < other.first


@dataclass
class _Spans:
    """Where the NULLs and the values of one column stand."""

    nulls: _Span = field(default_factory=lambda: _Span(*_NOWHERE))
    values: _Span = field(default_factory=lambda: _Span(*_NOWHERE))

    def merge(self, other: _Spans) -> None:
        self.nulls.merge(other.nulls)
        self.values.merge(other.values)


def null_placement(sides: tuple[Kept, Kept], plan: Plan, names: tuple[str, str], executor: Executor) -> Iterator[str]:
    """A sentence for every column whose NULLs one side has before all its values and the other after them."""
    columns = [column.name for column in plan.compared]
    whole = [{name: _Spans() for name in columns} for _ in sides]
    for kept, spans in zip(sides, whole, strict=True):
        for found in executor.map(partial(_spans, columns), kept.pieces(), what="looking for NULLs"):
            for name in columns:
                spans[name].merge(found[name])
    for column in plan.compared:
        for first, last in ((0, 1), (1, 0)):
            one, other = whole[first][column.name], whole[last][column.name]
            if one.nulls.before(one.values) and other.values.before(other.nulls):
                yield (
                    f"`{column.name}`: NULLs come first on the {names[first]} side and last on the {names[last]} side, "
                    "as an ascending sort has them in Spark and in Ray. More: `migrate explain SR307`."
                )


def _spans(columns: Sequence[str], kept: Kept) -> dict[str, _Spans]:
    found = {name: _Spans() for name in columns}
    for batch in kept:
        places = batch.column(PLACE).to_numpy()
        for name, spans in found.items():
            present = valid(batch.column(name))
            spans.nulls.see(places[~present])
            spans.values.see(places[present])
    return found
