"""Known differences between engines, recognised by the traces that they leave in differing cells."""

from __future__ import annotations

import pyarrow as pa

from migrate.oracle.arrays import valid
from migrate.oracle.causes import labels, lists, numbers, texts, times
from migrate.oracle.causes.cause import Cause, Evidence


def _lost(left: pa.Array, right: pa.Array) -> Evidence | None:
    return valid(left) & ~valid(right), ""


def _filled(left: pa.Array, right: pa.Array) -> Evidence | None:
    return ~valid(left) & valid(right), ""


CAUSES: tuple[Cause, ...] = (
    *labels.CAUSES,
    *numbers.CAUSES,
    *times.CAUSES,
    *texts.CAUSES,
    *lists.CAUSES,
    Cause(_lost, "`{column}`: {count} NULL on the {right} side only."),
    Cause(_filled, "`{column}`: {count} NULL on the {left} side only."),
)
"""The closest explanation first: a cell counts for the first cause that fits it."""

__all__ = ["CAUSES", "Cause"]
