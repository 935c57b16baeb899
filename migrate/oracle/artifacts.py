"""Outputs that are no tables: a model's weights, a metrics file, lines of text, in the same kind of answer."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from migrate.errors import MigrateError
from migrate.oracle.model import REST, Cell, Column, Comparison, Options, Sample, Side, Status, Tolerance, Verdict


def compare_torch(left: Path, right: Path, options: Options) -> Comparison:
    """Compare two files saved by `torch.save`, tensor by tensor: shape, dtype, then every element.

    Rows are tensors; a column is one tensor by its name, nested ones by their path. A tolerance by a tensor's name, or
    ``"*"``, reaches its floating-point elements. Raises MigrateError when torch is missing or a file cannot be read.
    """
    from migrate.oracle.weights import load, same_tensor

    return _compare(left, right, options, load, same_tensor, "tensor")


def compare_metrics(left: Path, right: Path, options: Options) -> Comparison:
    """Compare two JSON documents, value by value: ``history[2].loss``.

    Rows are values; a column is one value by its path. A tolerance by a path, by a path with ``[*]`` for any place in a
    list, by the last name in it, or ``"*"``, reaches numbers of which at least one is not an integer. Raises
    MigrateError when a file is no JSON document.
    """
    return _compare(left, right, options, _metrics, _same_metric, "value")


def compare_text(left: Path, right: Path, options: Options) -> Comparison:
    """Compare two text datasets by their lines, as a multiset unless the options say `ordered`."""
    from migrate.oracle import compare

    return compare(left, right, options, format="text")


_PLACE = re.compile(r"\[\d+\]")

Both = tuple[Any, Any]


@dataclass(frozen=True)
class Found:
    """How one entry compares: its types and what to show of it on both sides, left first, how many of its elements
    differ and by how much at most."""

    types: tuple[str, str]
    shown: Both
    mismatched: int = 0
    max_abs: int | float | None = None


Load = Callable[[Path], Mapping[str, Any]]
Same = Callable[[Any, Any, Tolerance | None], Found]


def _compare(left: Path, right: Path, options: Options, load: Load, same: Same, what: str) -> Comparison:
    start = time.perf_counter()
    sides = [_kept(load(path), options) for path in (left, right)]
    _check(sides, options, what)
    found = {
        name: _found(sides, name, same, _tolerance(name, options)) for name in dict.fromkeys([*sides[0], *sides[1]])
    }
    columns = tuple(_column(name, each, sides) for name, each in found.items())
    only = [sum(name not in other for name in side) for side, other in (sides, sides[::-1])]
    changed = sum(column.status in (Status.TYPE, Status.VALUE) for column in columns)
    verdict = Verdict.DIFFERENT if changed or any(only) else Verdict.EQUAL
    notes = [*_notes(columns, options, what)]
    if not columns and not options.allow_empty:
        verdict = Verdict.INCONCLUSIVE
        notes.append(f"Neither side holds a {what}, so nothing was compared.")
    differing = [column for column in columns if column.status is not Status.EQUAL][: options.samples]
    samples = tuple(_sample(column, found[column.name], sides) for column in differing)
    answer = Comparison(
        verdict, len(sides[0]), len(sides[1]), only[0], only[1], changed, columns, samples, tuple(notes)
    )
    return replace(answer, seconds=time.perf_counter() - start)


def _kept(entries: Mapping[str, Any], options: Options) -> Mapping[str, Any]:
    return {name: value for name, value in entries.items() if name not in options.ignore}


def _check(sides: list[Mapping[str, Any]], options: Options, what: str) -> None:
    for name in options.tolerances:
        if name != REST and not any(name in _names(path) for side in sides for path in side):
            raise MigrateError(f"A tolerance names {name}, which is no {what} of either side.")


def _names(path: str) -> tuple[str, ...]:
    """What a tolerance may call this entry, the closest first."""
    return path, _PLACE.sub("[*]", path), path.rpartition(".")[2]


def _tolerance(path: str, options: Options) -> Tolerance | None:
    return next((options.tolerances[name] for name in (*_names(path), REST) if name in options.tolerances), None)


_NOTHING = object()
"""Stands for an entry that a side lacks; NULL is a value."""


def _found(sides: list[Mapping[str, Any]], name: str, same: Same, tolerance: Tolerance | None) -> Found:
    one, other = (side.get(name, _NOTHING) for side in sides)
    return same(other if one is _NOTHING else one, one if other is _NOTHING else other, tolerance)


def _column(name: str, found: Found, sides: list[Mapping[str, Any]]) -> Column:
    left_type = found.types[0] if name in sides[0] else None
    right_type = found.types[1] if name in sides[1] else None
    status = Status.VALUE if found.mismatched else Status.EQUAL
    if left_type is None or right_type is None:
        status = Status.MISSING
    elif left_type != right_type:
        status = Status.TYPE
    return Column(name, left_type, right_type, status, found.mismatched, found.max_abs)


def _sample(column: Column, found: Found, sides: list[Mapping[str, Any]]) -> Sample:
    cells = [Cell("value", *found.shown)]
    if column.left_type is None:
        return Sample(Side.ONLY_RIGHT, None, list(sides[1]).index(column.name), {"name": column.name}, cells)
    place = list(sides[0]).index(column.name)
    if column.right_type is None:
        return Sample(Side.ONLY_LEFT, place, None, {"name": column.name}, cells)
    return Sample(Side.CHANGED, place, list(sides[1]).index(column.name), {"name": column.name}, cells)


def _notes(columns: tuple[Column, ...], options: Options, what: str) -> Iterator[str]:
    left, right = options.names
    for column in columns:
        if column.status is Status.MISSING:
            here, there = (left, right) if column.left_type else (right, left)
            yield f"`{column.name}` is a {what} of the {here} side and missing on the {there} side."
        elif column.status is Status.TYPE:
            yield f"`{column.name}` is {column.right_type} on the {right} side, {column.left_type} on the {left} side."
        elif column.status is Status.VALUE:
            most = "" if column.max_abs is None else f", by at most {column.max_abs:.6g}"
            count = f" in {column.mismatched:,} elements" if column.mismatched > 1 else ""
            yield f"`{column.name}` differs{count}{most}."


def _metrics(path: Path) -> Mapping[str, Any]:
    import json

    from migrate.oracle.sources.jsonlines import no_duplicates

    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=no_duplicates)
    except OSError as error:
        raise MigrateError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise MigrateError(f"{path} is not a JSON document, it is damaged or not complete: {error}.") from error
    return unique(_leaves(document, ""), path)


def unique(leaves: Iterator[tuple[str, Any]], path: Path) -> Mapping[str, Any]:
    """Entries by name. Raises MigrateError where two have the same, of which one would go unseen."""
    entries: dict[str, Any] = {}
    for name, value in leaves:
        if name in entries:
            raise MigrateError(f"{path} has two entries that are both called {name}: rename one of them.")
        entries[name] = value
    return entries


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for name, item in value.items():
            yield from _leaves(item, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for place, item in enumerate(value):
            yield from _leaves(item, f"{path}[{place}]")
    else:
        yield path, value


_JSON_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "list", dict: "object"}


def _same_metric(left: Any, right: Any, tolerance: Tolerance | None) -> Found:
    types = _json_type(left), _json_type(right)
    shown = _finite(left), _finite(right)
    if not {*types} <= {"integer", "number"}:
        return Found(types, shown, int(types[0] == types[1] and left != right))
    if tolerance is not None and types[0] != types[1]:
        # 1 and 1.0 are the same number once a number need only be close.
        types = "number", "number"
    apart: int | float | None = abs(left - right)
    if isinstance(apart, float) and math.isnan(apart):
        apart = None
    return Found(types, shown, int(types[0] == types[1] and not _same_number(left, right, tolerance)), apart)


def _json_type(value: Any) -> str:
    return _JSON_TYPES.get(type(value), "null")


def _finite(value: Any) -> Any:
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def _same_number(left: int | float, right: int | float, tolerance: Tolerance | None) -> bool:
    if isinstance(left, int) and isinstance(right, int):
        return left == right
    if math.isnan(left) or math.isnan(right):
        return math.isnan(left) and math.isnan(right)
    if tolerance is None or math.isinf(left) or math.isinf(right):
        return left == right and math.copysign(1, left) == math.copysign(1, right)
    return abs(left - right) <= tolerance.abs + tolerance.rel * abs(right)
