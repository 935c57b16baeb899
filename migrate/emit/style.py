"""Formats and checks emitted files with ruff, under the settings of the job's own project."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from migrate.errors import MigrateError


def is_formatted(text: str, path: Path) -> bool:
    """Whether the file is as ``ruff format`` would leave it."""
    return _ruff(["format", "--check", "-q"], text, path)[0] == 0


def formatted(text: str, path: Path) -> str:
    """The text as ``ruff format`` leaves it; ``path`` says whose settings apply."""
    code, out, err = _ruff(["format", "-q"], text, path)
    if code:
        raise MigrateError(f"{path}: the emitted file is not valid Python: {err.strip()}")
    return out


def problems(text: str, path: Path) -> list[str]:
    """What ``ruff check`` finds in the text, one line each."""
    code, out, _ = _ruff(["check", "-q", "--output-format", "concise"], text, path)
    return out.splitlines() if code else []


def _ruff(arguments: list[str], text: str, path: Path) -> tuple[int, str, str]:
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", "--stdin-filename", str(path.absolute()), "-"]
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, check=False, cwd=_existing(path.absolute())
    )
    return done.returncode, done.stdout, done.stderr


def _existing(path: Path) -> Path:
    folder = path.parent
    while not folder.is_dir():
        folder = folder.parent
    return folder
