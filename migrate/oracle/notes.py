"""What differs, said the way a person would say it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from migrate.oracle.codec import Reading
from migrate.oracle.logical import Kind
from migrate.oracle.model import Column, Options, Side, Status
from migrate.oracle.plan import ColumnPlan, Plan

if TYPE_CHECKING:
    from migrate.oracle.tally import Tally


def schema_notes(plan: Plan, options: Options) -> Iterator[str]:
    """Sentences on columns that one side lacks or keeps in another type."""
    left, right = options.names
    for column in plan.columns:
        if column.missing:
            here, there = (left, right) if column.left else (right, left)
            like = [other.name for other in plan.columns if other.name.lower() == column.name.lower()]
            hint = f" `{like[0]}` and `{like[1]}` differ in case only." if len(like) > 1 else ""
            yield f"`{column.name}` is a column of the {here} side and missing on the {there} side.{hint}"
        elif not column.same_type:
            said = f"`{column.name}` is {column.right_type} on the {right} side, {column.left_type} on the {left} side"
            unlike = column.codec.reading is Reading.VALIDITY
            yield f"{said}; values of such types are not compared." if unlike else f"{said}."
        elif column.tagged:
            yield f"`{column.name}` is {column.left_type}: the files of each side disagree on its type."
        if zones := _zones(column):
            said = f"`{column.name}` is shown in {zones[1]} on the {right} side, in {zones[0]} on the {left} side"
            yield f"{said}; the instants are compared."
    for name in options.tolerances:
        reached = {column.name for column in plan.columns if column.tolerance}
        if any(column.name == name and not column.missing for column in plan.columns) and name not in reached:
            yield f"The tolerance on `{name}` has no effect: there are no floats in it."


def _zones(column: ColumnPlan) -> tuple[str, str] | None:
    if column.missing or not column.same_type:
        return None
    sides = [
        " and ".join(sorted({kind.zone for kind in types if kind.kind is Kind.TIMESTAMP and kind.zone}))
        for types in (column.left, column.right)
    ]
    return (sides[0], sides[1]) if sides[0] != sides[1] else None


def row_notes(rows: tuple[int, int], tally: Tally, options: Options) -> Iterator[str]:
    """Sentences on rows that one side lacks or that differ."""
    left, right = options.names
    total = max(rows)
    if rows[0] != rows[1]:
        few, many = (right, left) if rows[1] < rows[0] else (left, right)
        fewer = _count(total - min(rows), "row")
        yield f"The {few} side has {min(rows):,} rows, {fewer} fewer than the {many} side's {total:,}."
    sides = (Side.ONLY_LEFT, rows[0], left, right), (Side.ONLY_RIGHT, rows[1], right, left)
    for where, rows_here, here, there in sides:
        if lacking := tally.lack[where].rows:
            has = "has" if lacking == 1 else "have"
            yield f"{_count(lacking, 'row')} of the {here} side {has} no partner on the {there} side."
            alone = not tally.changed and lacking == tally.only_left + tally.only_right
            yield from tally.lack[where].causes(rows_here, here, there, alone=alone)
    if tally.changed:
        yield f"{tally.changed:,} of {total:,} rows differ in at least one column."


def column_notes(plan: Plan, tally: Tally, columns: Sequence[Column], options: Options) -> Iterator[str]:
    """Sentences on differing values, with the cause where a known difference between engines fits."""
    left, right = options.names
    for column in columns:
        if not column.mismatched or column.status is Status.MISSING:
            continue
        largest = "" if not column.max_abs else f", by at most {_number(column.max_abs)}{_unit(plan, column.name)}"
        yield f"`{column.name}` differs in {_count(column.mismatched, 'row')}{largest}."
        for cause, count, detail in tally.columns[column.name].causes():
            values = {"left": left, "right": right, "column": column.name, "count": _count(count, "value")}
            page = f" More: `migrate explain {cause.rule}`." if cause.rule else ""
            yield cause.sentence.format(**values, detail=detail.format(**values)) + page


def key_notes(repeated: int) -> Iterator[str]:
    """A sentence on keys that occur more than once."""
    if repeated:
        what = "key occurs" if repeated == 1 else "keys occur"
        yield f"{repeated:,} {what} more than once; the rows of such a key are compared as a multiset."


def _unit(plan: Plan, name: str) -> str:
    (column,) = (column for column in plan.compared if column.name == name)
    kinds = {kind.kind for kind in (*column.left, *column.right)}
    if kinds == {Kind.DATE}:
        return " days"
    return " seconds" if kinds <= {Kind.TIMESTAMP, Kind.TIME, Kind.DURATION, Kind.DATE} else ""


def _number(value: int | float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.6g}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
