"""Causes that show in rows that one side lacks: rows without a value, rows beyond the last full batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from migrate.oracle.arrays import valid, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FEW = 20
"""The rows beyond the last full batch are at most one in so many."""


@dataclass
class Lacking:
    """Rows of one side without a partner: how many, the place of the first, and in how many a column has no value,
    which is NULL or NaN."""

    rows: int = 0
    first: int | None = None
    without: Counter[str] = field(default_factory=Counter)

    def see(self, places: NDArray[np.int64], columns: Mapping[str, pa.Array]) -> None:
        """Take in some rows: their places and their cells."""
        if not len(places):
            return
        self._add(len(places), int(places.min()))
        self.without.update({name: int((~_has_value(array)).sum()) for name, array in columns.items()})

    def merge(self, other: Lacking) -> None:
        """Take in what was seen elsewhere."""
        if other.first is not None:
            self._add(other.rows, other.first)
        self.without += other.without

    def _add(self, rows: int, first: int) -> None:
        self.rows += rows
        self.first = first if self.first is None else min(self.first, first)

    def causes(self, total: int, here: str, there: str, *, alone: bool) -> Iterator[str]:
        """Sentences; `total` is the number of rows of the side `here`, `alone` says that nothing else differs."""
        them = "The row" if self.rows == 1 else f"All {self.rows:,} rows"
        lack = "has" if self.rows == 1 else "have"
        for name, count in self.without.items():
            if count == self.rows:
                yield (
                    f"{them} that the {there} side lacks {lack} no value in `{name}`, as rows that dropna or a filter "
                    "leaves out. More: `migrate explain SR313`."
                )
        if alone and self.first == total - self.rows and self.rows * _FEW <= total:
            yield (
                f"{them} that the {there} side lacks {'is' if self.rows == 1 else 'are'} the last of the {here} side, "
                "as where shards are made even or the last batch, not being full, is dropped. "
                "More: `migrate explain SR727`."
            )


def _has_value(array: pa.Array) -> NDArray[np.bool_]:
    present = valid(array)
    if pa.types.is_floating(array.type):
        present &= ~np.isnan(words(array))
    return present
