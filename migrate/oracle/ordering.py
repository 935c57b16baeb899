"""Why the same rows stand in another order: where each side put its NULLs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from migrate.oracle.cells import valid
from migrate.oracle.collect import PLACE
from migrate.oracle.plan import Plan
from migrate.oracle.shelf import Shelf

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

    def before(self, other: _Span) -> bool:
        return 0 <= self.last < other.first


def null_placement(left: Shelf, right: Shelf, plan: Plan, names: tuple[str, str]) -> Iterator[str]:
    """A sentence for every column whose NULLs one side has before all its values and the other after them."""
    for column in plan.compared:
        sides = [_spans(shelf, column.name) for shelf in (left, right)]
        for first, last in ((0, 1), (1, 0)):
            nulls, values = sides[first]
            other_nulls, other_values = sides[last]
            if nulls.before(values) and other_values.before(other_nulls):
                yield (
                    f"`{column.name}`: NULLs come first on the {names[first]} side and last on the {names[last]} side, "
                    "as an ascending sort has them in Spark and in Ray. More: `migrate explain SR307`."
                )


def _spans(shelf: Shelf, column: str) -> tuple[_Span, _Span]:
    nulls, values = _Span(*_NOWHERE), _Span(*_NOWHERE)
    for batch in shelf:
        present = valid(batch.column(column))
        places = batch.column(PLACE).to_numpy()
        nulls.see(places[~present])
        values.see(places[present])
    return nulls, values
