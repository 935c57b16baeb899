"""The words that every form of the answer uses."""

from __future__ import annotations

import json
from typing import Any

from migrate.oracle.model import Column, Comparison, Side, Status, Verdict

SAID = {Verdict.EQUAL: "Equal", Verdict.DIFFERENT: "Different", Verdict.INCONCLUSIVE: "Inconclusive"}
KINDS = {Side.CHANGED: "differs", Side.ONLY_LEFT: "only left", Side.ONLY_RIGHT: "only right"}
STATUSES = {Status.EQUAL: "equal", Status.TYPE: "other type", Status.VALUE: "other values", Status.MISSING: "missing"}


def headline(comparison: Comparison) -> str:
    """What was compared, in one line."""
    left, right = comparison.rows_left, comparison.rows_right
    rows = f"{left:,} rows" if left == right else f"{left:,} rows against {right:,}"
    count = len(comparison.columns)
    return f"{rows}, {count:,} {'column' if count == 1 else 'columns'}, {comparison.seconds:.2f} s"


def differing(comparison: Comparison) -> list[Column]:
    """The columns that are not equal."""
    return [column for column in comparison.columns if column.status is not Status.EQUAL]


def types(column: Column) -> str:
    """A column's type, or both where they differ."""
    if column.left_type == column.right_type:
        return str(column.left_type)
    return f"{column.left_type or '-'} / {column.right_type or '-'}"


def distance(column: Column) -> str:
    """The largest difference, empty where there is none to tell."""
    if column.max_abs is None:
        return ""
    return f"{column.max_abs:,}" if isinstance(column.max_abs, int) else f"{column.max_abs:.6g}"


def parts(note: str) -> list[str]:
    """A sentence cut at its backticks: every second part is the name of a column."""
    return note.split("`")


def value(cell: Any) -> str:
    """A sampled value in one line: NULL is told from the text "NULL" by the quotes around texts."""
    return "NULL" if cell is None else json.dumps(cell, ensure_ascii=False)
