"""One group of differing rows after the other: paired, counted, and what finds no partner put aside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from migrate.oracle.executors import Kept, Scattering
from migrate.oracle.model import Options
from migrate.oracle.model import Side as Where
from migrate.oracle.pairing import Pairs, Side, by_key, by_likeness, by_place, leftovers
from migrate.oracle.plan import Plan
from migrate.oracle.tally import Tally


@dataclass(frozen=True)
class Pairing:
    """How rows are paired: `anchors` are the columns that seem to name a row, `naming` those that do in a report."""

    plan: Plan
    options: Options
    anchors: tuple[str, ...]
    naming: tuple[str, ...]

    def tally(self) -> Tally:
        """A count of nothing yet."""
        return Tally(self.plan, self.options, self.naming)

    def pair(self, group: tuple[Kept, Kept]) -> Scattering[Tally]:
        """Pair the rows of one group. Rows that may have a partner in another are yielded, by their side."""
        tally = self.tally()
        left, right = (Side(kept, self.plan) for kept in group)
        settled = True
        if self.options.ordered:
            pairs = by_place(left, right)
        elif self.plan.keys:
            pairs = by_key(left, right, self.plan)
        else:
            pairs, settled = by_likeness(left, right, self.plan, self.anchors), False
        tally.add(left, right, pairs)
        if settled:
            _lacking(tally, left, right, pairs)
            return tally
        for number, (side, rest) in enumerate(((left, pairs.left_rest), (right, pairs.right_rest))):
            for batch in side.take(np.sort(rest)):
                yield number, batch
        return tally

    def leftovers(self, left_rows: Kept, right_rows: Kept) -> Tally:
        """Pair what no group could."""
        tally = self.tally()
        left, right = Side(left_rows, self.plan), Side(right_rows, self.plan)
        pairs = leftovers(left, right, self.plan)
        tally.add(left, right, pairs)
        _lacking(tally, left, right, pairs)
        return tally

    def alone(self, rows: tuple[Where, Kept]) -> Tally:
        """Count rows that have no partner."""
        where, kept = rows
        tally = self.tally()
        for batch in kept:
            side = Side([batch], self.plan)
            tally.lacking(where, side, np.arange(len(side)))
        return tally


def _lacking(tally: Tally, left: Side, right: Side, pairs: Pairs) -> None:
    tally.lacking(Where.ONLY_LEFT, left, pairs.left_rest)
    tally.lacking(Where.ONLY_RIGHT, right, pairs.right_rest)
