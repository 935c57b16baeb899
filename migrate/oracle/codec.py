"""How the cells of one column are read for comparison, decided once from the logical types of both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from migrate.oracle.logical import Kind, Logical


class Reading(Enum):
    """Ways to turn cells into words that are equal exactly when the cells are."""

    BITS = "bits"  # booleans, integers, dates; times and timestamps that all have one unit
    FLOAT = "float"  # the bits of a float, all NaNs alike
    NUMBER = "number"  # integers, floats and decimals by the number they stand for
    INSTANT = "instant"  # dates, times, timestamps and durations of several units
    DECIMAL = "decimal"
    BYTES = "bytes"
    LIST = "list"
    STRUCT = "struct"
    MAP = "map"
    VALIDITY = "validity"  # only whether there is a value: the types have nothing else in common


@dataclass(frozen=True)
class Codec:
    """A reading and, for nested values, those of what is inside: `item`, `key` and `value`, or fields by name."""

    reading: Reading
    children: tuple[tuple[str, Codec], ...] = ()

    def child(self, name: str) -> Codec:
        return dict(self.children)[name]


_SIMPLE = {
    Kind.BOOL: Reading.BITS,
    Kind.INT: Reading.BITS,
    Kind.FLOAT: Reading.FLOAT,
    Kind.DECIMAL: Reading.DECIMAL,
    Kind.STRING: Reading.BYTES,
    Kind.BINARY: Reading.BYTES,
    Kind.JSON: Reading.BYTES,
}
_TIMED = frozenset({Kind.DATE, Kind.TIME, Kind.TIMESTAMP, Kind.DURATION})
_NESTED = {Kind.LIST: Reading.LIST, Kind.STRUCT: Reading.STRUCT, Kind.MAP: Reading.MAP}
_EMPTY = frozenset({Kind.NULL, Kind.ABSENT})
# Families whose values can be compared although the types differ. The verdict is "different" all the same; this only
# decides whether the report can also say which values differ.
_KIN = (
    (frozenset({Kind.BOOL, Kind.INT, Kind.FLOAT, Kind.DECIMAL}), Reading.NUMBER),
    (frozenset({Kind.DATE, Kind.TIMESTAMP}), Reading.INSTANT),
    (frozenset({Kind.STRING, Kind.BINARY}), Reading.BYTES),
)


def codec(types: Sequence[Logical]) -> Codec:
    """The closest reading that all of these types share; the exact one where they are all the same."""
    valued = [kind for kind in types if kind.kind not in _EMPTY]
    kinds = {kind.kind for kind in valued}
    if len(kinds) == 1 and (reading := _NESTED.get(valued[0].kind)):
        # Fields that only some have are a difference of type already; they are left out here.
        shared = [name for name, _ in valued[0].fields if all(kind.child(name) for kind in valued)]
        inner = {name: [child for kind in valued if (child := kind.child(name))] for name in shared}
        return Codec(reading, tuple((name, codec(children)) for name, children in inner.items()))
    if len({kind.name for kind in valued}) == 1:
        if kinds <= _TIMED:
            return Codec(
                Reading.BITS if len(frozenset().union(*(kind.units for kind in valued))) == 1 else Reading.INSTANT
            )
        return Codec(_SIMPLE[valued[0].kind])
    for family, reading in _KIN:
        if kinds and kinds <= family:
            return Codec(reading)
    return Codec(Reading.VALIDITY)
