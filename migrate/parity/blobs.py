"""Outputs of any kind, compared byte for byte: images, models in formats of their own, archives."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from migrate.errors import MigrateError
from migrate.oracle import Cell, Column, Comparison, Options, Sample, Side, Status, Verdict

_CHUNK_BYTES = 1 << 20
# Size in bytes and SHA-256.
_Print = tuple[int, str]


def compare(left: Path, right: Path, options: Options) -> Comparison:
    """Compare two files, or the files of two folders by their names below them.

    A row is a file; a column is one file by its name. Where neither side holds a byte, nothing was compared. Raises
    MigrateError where a file can't be read.
    """
    start = time.perf_counter()
    sides = [_prints(left), _prints(right)]
    names = [name for name in dict.fromkeys([*sides[0], *sides[1]]) if name not in options.ignore]
    columns = tuple(_column(name, *sides) for name in names)
    differing = [column for column in columns if column.status is not Status.EQUAL]
    only = [sum(name not in other for name in names) for other in (sides[1], sides[0])]
    verdict = Verdict.DIFFERENT if differing else Verdict.EQUAL
    notes = list(_notes(differing, options))
    if not any(size for side in sides for size, _ in side.values()) and not options.allow_empty and not differing:
        verdict = Verdict.INCONCLUSIVE
        notes.append("Neither side holds a byte, so nothing was compared.")
    return Comparison(
        verdict,
        len(sides[0]),
        len(sides[1]),
        only[0],
        only[1],
        sum(column.status is Status.VALUE for column in columns),
        columns,
        tuple(_sample(column.name, *sides) for column in differing[: options.samples]),
        tuple(notes),
        time.perf_counter() - start,
    )


def _prints(root: Path) -> dict[str, _Print]:
    try:
        return {os.path.relpath(path, root.parent if root.is_file() else root): _print(path) for path in _files(root)}
    except OSError as error:
        raise MigrateError(f"{error.filename}: cannot be read: {error.strerror}.") from error


def _files(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
        return
    for path in sorted(root.rglob("*")):
        hidden = any(part[0] in "._" for part in path.relative_to(root).parts)
        if path.is_file() and not hidden:
            yield path


def _print(path: Path) -> _Print:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return path.stat().st_size, digest.hexdigest()


def _column(name: str, left: Mapping[str, _Print], right: Mapping[str, _Print]) -> Column:
    types = tuple("bytes" if name in side else None for side in (left, right))
    if None in types:
        return Column(name, types[0], types[1], Status.MISSING, 1)
    same = left[name] == right[name]
    return Column(name, types[0], types[1], Status.EQUAL if same else Status.VALUE, int(not same))


def _sample(name: str, left: Mapping[str, _Print], right: Mapping[str, _Print]) -> Sample:
    side = Side.CHANGED if name in left and name in right else Side.ONLY_LEFT if name in left else Side.ONLY_RIGHT
    shown = [None if print_ is None else f"{print_[0]:,} bytes" for print_ in (left.get(name), right.get(name))]
    return Sample(side, None, None, {"file": name}, [Cell("content", *shown)])


def _notes(differing: list[Column], options: Options) -> Iterator[str]:
    for column in differing:
        if column.left_type is None or column.right_type is None:
            there = options.names[0] if column.right_type is None else options.names[1]
            yield f"`{column.name}` is on the {there} side only."
        else:
            yield f"`{column.name}` differs."
