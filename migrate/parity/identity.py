"""What a run was a run of: a digest of the spec and of the code that its steps lead to."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from migrate.errors import MigrateError
from migrate.parity.spec import Side, Spec

_CODE = (".py", ".sql", ".sh")
_NO_CODE = {"__pycache__", "node_modules", "site-packages"}


def of_spec(spec: Spec) -> str:
    """The spec and the code of both sides. Two runs of one identity are two looks at the same thing."""
    return _digest([spec.text, *(of_code(side) for side in spec.sides)])


def of_code(side: Side) -> str:
    """All Python, SQL and shell files under the side's folder, and every file that a command names."""
    named = {side.cwd / word for step in side.steps for word in step.command if "{" not in word}
    files = sorted({path for path in named if path.is_file()} | set(_code_under(side.cwd)))
    try:
        return _digest([f"{os.path.relpath(path, side.cwd)} {_sha(path.read_bytes())}" for path in files])
    except OSError as error:
        raise MigrateError(f"{error.filename}: the job's code cannot be read: {error.strerror}.") from error


def _code_under(folder: Path) -> Iterator[Path]:
    """Leaves out hidden folders, environments and what Python itself put there."""
    for place, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if each[0] != "." and each not in _NO_CODE and not _is_env(place, each)]
        yield from (Path(place, name) for name in names if name.endswith(_CODE))


def _is_env(place: str, name: str) -> bool:
    return Path(place, name, "pyvenv.cfg").exists()


def _digest(parts: list[str]) -> str:
    return _sha("\0".join(parts).encode())


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
