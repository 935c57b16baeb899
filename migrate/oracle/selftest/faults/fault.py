"""What a fault is, and how damage to one cell or to all of them is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

Change = Callable[[Any], Any]
Where = Callable[[Any], bool]
Damage = Callable[[pa.Array], "pa.Array | None"]
Test = Callable[[pa.DataType], bool]


@dataclass(frozen=True)
class Fault:
    """A fault of one column: `applies` says to which types, `damage` makes the damaged column.

    `damage` returns None where this column holds nothing that the fault could damage.
    """

    name: str
    applies: Test
    damage: Damage


def present(value: Any) -> bool:
    return value is not None


def filled(value: Any) -> bool:
    return bool(value)


def one(change: Change, where: Where = present) -> Damage:
    """Damage that changes the one cell in the middle of those that `where` picks."""

    def damage(array: pa.Array) -> pa.Array | None:
        cells = array.to_pylist()
        fitting = [row for row, value in enumerate(cells) if where(value)]
        if not fitting:
            return None
        row = fitting[len(fitting) // 2]
        cells[row] = change(cells[row])
        return pa.array(cells, array.type)

    return damage


def every(change: Change, where: Where = present) -> Damage:
    """Damage that changes every cell that `where` picks."""

    def damage(array: pa.Array) -> pa.Array | None:
        cells = array.to_pylist()
        if not any(where(value) for value in cells):
            return None
        return pa.array([change(value) if where(value) else value for value in cells], array.type)

    return damage


def cast(kind: pa.DataType | Callable[[pa.DataType], pa.DataType]) -> Damage:
    return lambda array: array.cast(kind(array.type) if callable(kind) else kind, safe=False)


def null_to(value: Any) -> Damage:
    return every(lambda _: value, lambda cell: cell is None)
