"""What a cause is: a test over differing cells, and a sentence for people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from migrate.oracle.arrays import valid, words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

Evidence = tuple["Mask", str]
"""Which of the differing cells fit a cause, and what the sentence should say about them."""
Test = Callable[[pa.Array, pa.Array], "Evidence | None"]


@dataclass(frozen=True)
class Cause:
    """A known way for cells to differ.

    `test` takes differing cells of both sides and says which of them it explains, None where it cannot apply to their
    types. `sentence` knows {column}, {count}, {detail}, and {left} and {right}, the sides' names. A `certain` cause is
    told for however few cells it explains; any other only when it explains nearly all. `rule` is the code of the rule
    whose page says more.
    """

    test: Test
    sentence: str
    certain: bool = True
    rule: str | None = None


def both(test: Callable[[pa.DataType], bool], left: pa.Array, right: pa.Array) -> bool:
    """Whether both arrays have such a type."""
    return test(left.type) and test(right.type)


def either_way(test: Callable[[pa.Array, pa.Array], Mask], left: pa.Array, right: pa.Array) -> Mask:
    """Where a test holds of left and right or of right and left."""
    return test(left, right) | test(right, left)


def is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def floats(array: pa.Array) -> NDArray[np.float64]:
    """Numbers as doubles, NaN where there is none."""
    values: NDArray[np.float64] = words(array.cast(pa.float64(), safe=False)).copy()
    values[~valid(array)] = np.nan
    return values
