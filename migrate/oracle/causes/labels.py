"""The cause that shows in label numbers: the same labels, numbered in another order."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from migrate.oracle.causes.cause import Cause, Evidence, both, floats, is_number

_MOST_LABELS = 10_000
_OFTEN = 3
"""Each label must be seen about so often: few pairs of numbers are one to one by chance."""
_SHOWN = 3


def _renumbered(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not both(is_number, left, right):
        return None
    pairs = np.stack([floats(left), floats(right)])
    with np.errstate(invalid="ignore"):
        labels = (pairs >= 0) & (pairs == np.floor(pairs)) & (pairs < _MOST_LABELS)
    if not labels.all():
        return None
    renamed = np.unique(pairs, axis=1)
    one, other = (np.unique(side) for side in renamed)
    # A permutation: every number of one side stands for one of the other, and both number the same labels.
    if not (2 <= len(one) == renamed.shape[1] and np.array_equal(one, other)) or len(left) < _OFTEN * len(one):
        return None
    shown = ", ".join(f"{a:.0f} is {b:.0f}" for a, b in renamed.T[:_SHOWN].tolist())
    return np.ones(len(left), np.bool_), f"{shown}{', ...' if len(one) > _SHOWN else ''}"


CAUSES = (
    Cause(
        _renumbered,
        "`{column}`: {count} another number for the same label ({detail}), as where one side numbers labels by how "
        "often they occur, like Spark's StringIndexer, and the other by the alphabet.",
        certain=False,
        rule="SR613",
    ),
)
