"""Which files make up a dataset: a file, a directory or a glob becomes a sorted list of data files of one format."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from glob import glob, has_magic
from pathlib import Path
from urllib.parse import unquote

from migrate.errors import MigrateError


class Format(str, Enum):
    """The formats of datasets that can be compared row by row."""

    PARQUET = "parquet"
    CSV = "csv"
    JSON = "json"
    TEXT = "text"


_SUFFIXES = {
    ".parquet": Format.PARQUET,
    ".pq": Format.PARQUET,
    ".csv": Format.CSV,
    ".json": Format.JSON,
    ".jsonl": Format.JSON,
    ".ndjson": Format.JSON,
    ".txt": Format.TEXT,
}
_COMPRESSED = {".gz", ".bz2", ".zst", ".zstd", ".lz4"}
_TABLES = {"_delta_log": "Delta", ".hoodie": "Hudi"}
_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True)
class DataFile:
    """One file of a dataset. ``partition`` holds the values that stand in its folders' names (`k=v`); None is NULL."""

    path: Path
    partition: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True)
class Dataset:
    """The files of one side, in reading order."""

    path: Path
    format: Format
    files: tuple[DataFile, ...]


def find(path: Path, wanted: Format | None = None) -> Dataset:
    """The dataset at a path. Raises MigrateError when there is none, or its format is mixed or not known."""
    files = tuple(_data_files(path))
    if not files:
        raise MigrateError(f"{path} holds no data file: names that start with _ or . do not count.")
    formats = {_format(file.path, wanted): file for file in reversed(files)}
    if len(formats) > 1:
        (one, other), *_ = zip(formats.items(), list(formats.items())[1:], strict=False)
        raise MigrateError(
            f"{path} mixes formats: {one[1].path} is {one[0].value}, {other[1].path} is {other[0].value}."
        )
    return Dataset(path, next(iter(formats)), files)


def _data_files(path: Path) -> Iterator[DataFile]:
    if path.is_dir():
        yield from _walk(path, ())
    elif path.exists():
        yield DataFile(path)
    elif has_magic(str(path)):
        matches = sorted(Path(match) for match in glob(str(path), recursive=True))  # noqa: PTH207 - Path.glob takes no absolute pattern
        folders = [match for match in matches if match.is_dir()]
        for match in matches:
            # A pattern with ** names a folder and, again, everything in it.
            if _hidden(match) or any(folder in match.parents for folder in folders):
                continue
            yield from _walk(match, ()) if match.is_dir() else (DataFile(match),)
    else:
        raise MigrateError(f"{path} does not exist.")


def _walk(folder: Path, partition: tuple[tuple[str, str | None], ...]) -> Iterator[DataFile]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise MigrateError(f"{folder} cannot be read: {error.strerror}.") from error
    for entry in entries:
        if kind := _TABLES.get(entry.name):
            raise MigrateError(
                f"{folder} is a {kind} table, in which files of older versions lie beside those of the current one: "
                "write the version to compare as plain Parquet."
            )
        if entry.is_symlink() and entry.is_dir() and entry.resolve() in (folder.resolve(), *folder.resolve().parents):
            raise MigrateError(f"{entry} is a link to a folder that holds it: remove the link.")
        if entry.is_dir():
            name, has_value, value = entry.name.partition("=")
            if has_value and not entry.name.startswith("."):
                yield from _walk(entry, (*partition, (unquote(name), _partition_value(value))))
            elif not _hidden(entry):
                yield from _walk(entry, partition)
        elif not _hidden(entry):
            yield DataFile(entry, partition)


def _hidden(path: Path) -> bool:
    return path.name.startswith(("_", "."))


def _partition_value(text: str) -> str | None:
    return None if text == _NO_VALUE else unquote(text)


def _format(path: Path, wanted: Format | None) -> Format:
    if not path.is_file():
        what = "a link to nothing" if path.is_symlink() else "no regular file"
        raise MigrateError(f"{path} is {what}: remove it, or name the files to compare.")
    if not os.access(path, os.R_OK):
        raise MigrateError(f"{path} cannot be read: permission denied.")
    if wanted is not None:
        return wanted
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in _COMPRESSED:
        suffixes.pop()
    if suffixes and (known := _SUFFIXES.get(suffixes[-1])):
        return known
    with path.open("rb") as file:
        if file.read(4) == b"PAR1":
            return Format.PARQUET
    raise MigrateError(
        f"{path} does not say by its name that it is one of {', '.join(each.value for each in Format)}: "
        "where it is, give that with --input-format."
    )
