"""The inputs' fingerprint, which shows whether a side changed what both sides read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from migrate.errors import MigrateError
from migrate.parity.spec import is_uri

# Name relative to the inputs, then size in bytes and time of last change in nanoseconds.
Fingerprint = Mapping[str, tuple[int, int]]


def fingerprint(inputs: str | None) -> Fingerprint:
    """What lies under ``inputs`` now. Nothing for a URI: a store elsewhere is not watched."""
    if inputs is None or is_uri(inputs):
        return {}
    root = Path(inputs)
    try:
        if root.is_file():
            return {root.name: _mark(root.stat())}
        return {os.path.relpath(path, root): _mark(path.stat()) for path in _files(root)}
    except OSError as error:
        raise MigrateError(f"{inputs}: the inputs cannot be read: {error.strerror}.") from error


def difference(before: Fingerprint, after: Fingerprint) -> str | None:
    """The first file that is not what it was, as `removed NAME`, `added NAME` or `changed NAME`; None if all are."""
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            return f"removed {name}"
        if name not in before:
            return f"added {name}"
        if before[name] != after[name]:
            return f"changed {name}"
    return None


def chill(inputs: str | None) -> None:
    """Put the inputs out of the system's cache, so that reading them takes as long as for the first time (Linux)."""
    if inputs is None or is_uri(inputs) or not hasattr(os, "posix_fadvise"):
        return
    root = Path(inputs)
    for path in [root] if root.is_file() else _files(root):
        with suppress(OSError), path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _files(root: Path) -> list[Path]:
    def refuse(error: OSError) -> None:
        raise error

    return [Path(folder, name) for folder, _, names in os.walk(root, onerror=refuse) for name in names]


def _mark(stat: os.stat_result) -> tuple[int, int]:
    return stat.st_size, stat.st_mtime_ns
