"""What the oracle is asked and what it answers: options in, one frozen comparison out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from migrate.errors import MigrateError

SCHEMA_VERSION = 1
REST = "*"
"""The name under which a tolerance holds for every column that has none of its own."""


class Verdict(str, Enum):
    """The answer. Inconclusive means that nothing was compared, or that what was compared settles nothing."""

    EQUAL = "equal"
    DIFFERENT = "different"
    INCONCLUSIVE = "inconclusive"

    @property
    def exit_code(self) -> int:
        """The exit code of `migrate compare` for this verdict."""
        return {Verdict.EQUAL: 0, Verdict.DIFFERENT: 1, Verdict.INCONCLUSIVE: 3}[self]


class Status(str, Enum):
    """What became of a column: the same, of another type, with other values, or on one side only."""

    EQUAL = "equal"
    TYPE = "type"
    VALUE = "value"
    MISSING = "missing"


@dataclass(frozen=True)
class Tolerance:
    """Two finite floats agree when ``|left - right| <= abs + rel * |right|``; the edge is inside.

    A tolerance reaches floats inside lists, structs and maps, and never integers, decimals, strings or NULLs. NaN
    agrees with NaN only, an infinity with itself only.
    """

    abs: float = 0.0
    rel: float = 0.0

    def __post_init__(self) -> None:
        for name, value in (("absolute", self.abs), ("relative", self.rel)):
            if not (math.isfinite(value) and value >= 0):
                raise MigrateError(f"The {name} tolerance is {value}: give a finite number that is not negative.")


@dataclass(frozen=True)
class Options:
    """How to compare; the defaults are strict and blind to row order.

    ``keys`` pair the rows, ``ordered`` pairs them by place instead. ``tolerances`` is by column, ``"*"`` for the rest.
    ``ignore`` names columns to leave out. ``allow_empty`` lets two sides without rows be equal. ``samples`` is the
    number of differing rows to show. ``names`` is what to call the sides in sentences. ``memory`` is the number of
    bytes that the search for differing rows may hold before it spills to disk.
    """

    keys: Sequence[str] = ()
    ordered: bool = False
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)
    ignore: Sequence[str] = ()
    allow_empty: bool = False
    samples: int = 10
    names: tuple[str, str] = ("left", "right")
    memory: int = 512 << 20

    def tolerance(self, column: str) -> Tolerance | None:
        """The tolerance that holds for a column, None for exact. Keys are always exact."""
        if column in self.keys:
            return None
        return self.tolerances.get(column, self.tolerances.get(REST))


@dataclass(frozen=True)
class Column:
    """One column of the comparison.

    A type is None on the side that lacks the column. ``mismatched`` counts the differing cells of paired rows; where a
    column is on one side only, its cells there. ``max_abs`` is the largest difference between two numbers of a pair:
    for timestamps, times and durations in seconds, for dates in days, for lists over their elements. It is None where
    no two numbers were compared.
    """

    name: str
    left_type: str | None
    right_type: str | None
    status: Status
    mismatched: int = 0
    max_abs: int | float | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "left_type": self.left_type,
            "right_type": self.right_type,
            "status": self.status.value,
            "mismatched": self.mismatched,
            "max_abs": jsonable(self.max_abs),
        }


class Side(str, Enum):
    """Where a sampled row was found."""

    CHANGED = "changed"
    ONLY_LEFT = "only_left"
    ONLY_RIGHT = "only_right"


@dataclass(frozen=True)
class Cell:
    """One cell of a sampled row, its values as JSON can carry them; None also on the side that lacks the row."""

    column: str
    left: Any = None
    right: Any = None


@dataclass(frozen=True)
class Sample:
    """A row to look at.

    ``left_row`` and ``right_row`` count from 0 in reading order, None on the side that lacks the row. ``key`` holds
    what names the row on both sides. ``cells`` are the differing cells of a changed row, and all cells of a row that
    one side lacks.
    """

    side: Side
    left_row: int | None
    right_row: int | None
    key: Mapping[str, Any]
    cells: Sequence[Cell]

    def to_json(self) -> dict[str, Any]:
        cells = []
        for cell in self.cells:
            document: dict[str, Any] = {"column": cell.column}
            if self.side is not Side.ONLY_RIGHT:
                document["left"] = cell.left
            if self.side is not Side.ONLY_LEFT:
                document["right"] = cell.right
            cells.append(document)
        return {
            "kind": self.side.value,
            "left_row": self.left_row,
            "right_row": self.right_row,
            "key": dict(self.key),
            "cells": cells,
        }


@dataclass(frozen=True)
class Comparison:
    """The oracle's answer over two datasets.

    ``changed`` counts rows paired with each other that differ in a cell, ``only_left`` and ``only_right`` rows without
    a partner. ``notes`` are sentences for people. ``seconds`` is the wall-clock that the comparison took.
    """

    verdict: Verdict
    rows_left: int
    rows_right: int
    only_left: int = 0
    only_right: int = 0
    changed: int = 0
    columns: Sequence[Column] = ()
    samples: Sequence[Sample] = ()
    notes: Sequence[str] = ()
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """The document that `migrate compare --format json` prints; its schema is schemas/compare.schema.json."""
        return {
            "schema_version": SCHEMA_VERSION,
            "verdict": self.verdict.value,
            "rows": {"left": self.rows_left, "right": self.rows_right},
            "only_left": self.only_left,
            "only_right": self.only_right,
            "changed": self.changed,
            "columns": [column.to_json() for column in self.columns],
            "samples": [sample.to_json() for sample in self.samples],
            "notes": list(self.notes),
            "seconds": round(self.seconds, 3),
        }


def jsonable(number: int | float | None) -> int | float | str | None:
    """A number as strict JSON can carry it: what is not finite becomes its name."""
    if isinstance(number, float) and not math.isfinite(number):
        return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    return number
