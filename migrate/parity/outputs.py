"""Where the declared outputs lie."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def is_glob(pattern: str) -> bool:
    return any(sign in pattern for sign in "*?[")


def output_path(out: Path, pattern: str) -> Path | None:
    """Where a declared output lies, None where there is none. The path may be a glob."""
    path = out / pattern
    if is_glob(pattern):
        return path if next(out.glob(pattern), None) else None
    return path if path.exists() else None


def undeclared(out: Path, patterns: Iterable[str]) -> list[str]:
    """What a side wrote that no pattern covers, each at the highest folder that holds nothing declared.

    Names that begin with `_` or `.` are the engines' own notes.
    """
    declared = {path for pattern in patterns for path in (out.glob(pattern) if is_glob(pattern) else [out / pattern])}
    above = {parent for path in declared for parent in path.parents}

    def walk(folder: Path) -> Iterable[str]:
        for path in sorted(folder.iterdir()):
            if path in declared or path.name[0] in "._":
                continue
            if path in above:
                yield from walk(path)
            else:
                yield path.relative_to(out).as_posix()

    return list(walk(out))
