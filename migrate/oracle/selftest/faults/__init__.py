"""The published list of faults: every way in which a migrated job is known to damage one column, or might."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from migrate.oracle.selftest.faults import nested, numbers, texts, times
from migrate.oracle.selftest.faults.fault import Fault, one


def _any(kind: pa.DataType) -> bool:
    return True


def _swap(array: pa.Array) -> pa.Array | None:
    """Two cells change places, so that the column's values stay the same."""
    cells = array.to_pylist()
    present = [row for row, value in enumerate(cells) if value is not None]
    first = present[0]
    other = next((row for row in present if repr(cells[row]) != repr(cells[first])), None)
    if other is None:
        return None
    cells[first], cells[other] = cells[other], cells[first]
    return pa.array(cells, array.type)


def _shift(array: pa.Array) -> pa.Array:
    """Every cell moves to the next row, as when two datasets are zipped out of step."""
    return pa.concat_arrays([array.slice(len(array) - 1), array.slice(0, len(array) - 1)])


_EVERYWHERE = (
    Fault("one value becomes NULL", _any, one(lambda value: None)),
    Fault("two values change places", _any, _swap),
    Fault("values move down by a row", _any, _shift),
    Fault("all values become NULL", _any, lambda array: pa.nulls(len(array), array.type)),
    Fault("the type becomes null", _any, lambda array: pa.nulls(len(array))),
)
COLUMN_FAULTS: Sequence[Fault] = (*_EVERYWHERE, *numbers.FAULTS, *texts.FAULTS, *times.FAULTS, *nested.FAULTS)


def damaged(name: str, column: pa.Array) -> Iterator[tuple[str, pa.Array]]:
    """Every damaged version of a column, with what happened to it."""
    for fault in COLUMN_FAULTS:
        if fault.applies(column.type) and (array := fault.damage(column)) is not None:
            yield f"{name}: {fault.name}", array
