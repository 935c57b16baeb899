"""What to compare with what: the columns of both sides laid against each other, once, before any row is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from migrate.errors import MigrateError
from migrate.oracle.codec import Codec, Reading, codec
from migrate.oracle.logical import Kind, Logical
from migrate.oracle.model import REST, Column, Options, Status, Tolerance


@dataclass(frozen=True)
class ColumnPlan:
    """One column: its types on both sides (none where it is missing), how its cells are read, how close is equal."""

    name: str
    left: tuple[Logical, ...]
    right: tuple[Logical, ...]
    codec: Codec
    tolerance: Tolerance | None

    @property
    def missing(self) -> bool:
        return not (self.left and self.right)

    @property
    def same_type(self) -> bool:
        return {kind.name for kind in self.left} == {kind.name for kind in self.right}

    @property
    def left_type(self) -> str | None:
        return _say(self.left)

    @property
    def right_type(self) -> str | None:
        return _say(self.right)

    @property
    def tagged(self) -> bool:
        """Whether files of one side disagree on the type, so that a cell's own type is part of its value."""
        return self.same_type and len({kind.name for kind in self.left}) > 1

    def alike(self, rows_left: int, rows_right: int) -> Column:
        """What is to be said of the column where no value of it differs, in datasets of so many rows."""
        if self.missing:
            rows = rows_left if self.left else rows_right
            return Column(self.name, self.left_type, self.right_type, Status.MISSING, rows)
        status = Status.EQUAL if self.same_type else Status.TYPE
        return Column(self.name, self.left_type, self.right_type, status)


@dataclass(frozen=True)
class Plan:
    """All columns, in the left side's order, those of the right side alone at the end."""

    columns: tuple[ColumnPlan, ...]
    keys: tuple[str, ...]

    @property
    def compared(self) -> tuple[ColumnPlan, ...]:
        """The columns that both sides have."""
        return tuple(column for column in self.columns if not column.missing)

    @property
    def same_schema(self) -> bool:
        return all(column.same_type for column in self.columns)

    @property
    def tolerant(self) -> bool:
        return any(column.tolerance for column in self.compared)


Types = Mapping[str, tuple[Logical, ...]]


def plan(left: Types, right: Types, options: Options) -> Plan:
    """Lay the columns of both sides against each other. Raises MigrateError for an option that names no column."""
    _check(left, right, options)
    names = [name for name in dict.fromkeys([*left, *right]) if name not in options.ignore]
    columns = tuple(_column(name, left.get(name, ()), right.get(name, ()), options) for name in names)
    if not columns and (left or right):
        raise MigrateError("No column is left to compare: --ignore names them all.")
    return Plan(columns, tuple(options.keys))


def _column(name: str, left: tuple[Logical, ...], right: tuple[Logical, ...], options: Options) -> ColumnPlan:
    for kind in (*left, *right):
        if not kind.comparable:
            raise MigrateError(
                f"{name} has the type {kind.name}, which cannot be compared: leave it out with --ignore."
            )
    reading = codec([*left, *right])
    tolerance = options.tolerance(name) if left and right and _reachable(reading, [*left, *right]) else None
    return ColumnPlan(name, left, right, reading, tolerance)


def _reachable(codec: Codec, types: Sequence[Logical]) -> bool:
    """Whether a tolerance can reach a float in here."""
    if codec.reading is Reading.NUMBER:
        return all(kind.kind in (Kind.FLOAT, Kind.NULL, Kind.ABSENT) for kind in types)
    return any(kind.has_floats for kind in types) and codec.reading is not Reading.VALIDITY


def _check(left: Types, right: Types, options: Options) -> None:
    for key in options.keys:
        for side, columns in zip(options.names, (left, right), strict=True):
            if key not in columns:
                raise MigrateError(f"The key {key} is no column of the {side} side, which has {_listed(columns)}.")
    if ignored := set(options.keys) & set(options.ignore):
        raise MigrateError(f"{min(ignored)} is both a key and ignored: choose one.")
    tolerated = [name for name in options.tolerances if name != REST]
    named: dict[str, Sequence[str]] = {"--ignore": options.ignore, "A tolerance": tolerated}
    for what, names in named.items():
        for name in names:
            if name not in left and name not in right:
                raise MigrateError(
                    f"{what} names {name}, which is a column of neither side; there are {_listed(left)}."
                )


def _listed(columns: Types) -> str:
    return ", ".join(columns) or "no columns"


def _say(types: tuple[Logical, ...]) -> str | None:
    return " or ".join(dict.fromkeys(kind.name for kind in types)) or None
