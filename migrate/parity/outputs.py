"""Where the declared outputs lie."""

from __future__ import annotations

from pathlib import Path


def is_glob(pattern: str) -> bool:
    return any(sign in pattern for sign in "*?[")


def output_path(out: Path, pattern: str) -> Path | None:
    """Where a declared output lies, None where there is none. The path may be a glob."""
    path = out / pattern
    if is_glob(pattern):
        return path if next(out.glob(pattern), None) else None
    return path if path.exists() else None
