"""Formats and checks emitted files with ruff, under the settings of the job's own project."""

from __future__ import annotations

import ast
import difflib
import json
import subprocess
from functools import lru_cache
from pathlib import Path

from ruff.__main__ import find_ruff_bin

from migrate.emit.uses import stores
from migrate.errors import MigrateError

_WIDTHS = (88, 100, 120, 79, 99, 110)


def formatted(text: str, original: str, path: Path) -> str:
    """The emitted text in the form of the job it comes from; ``path`` says whose settings apply.

    A job that is as ``ruff format`` leaves it, by its project's settings or at one of the usual widths, is followed
    whole. In any other only the lines that were emitted are formatted; the user's stay as they are.
    """
    options = _options(original, path)
    if options is not None:
        return _format(text, path, list(options))
    return _emitted_only(text, original, _format(text, path, ["--line-length", "120"]))


@lru_cache(maxsize=8)
def _options(original: str, path: Path) -> tuple[str, ...] | None:
    """The options under which ruff leaves the job as it is, None where there are none."""
    widths = [("--line-length", str(width)) for width in _WIDTHS]
    tries: list[tuple[str, ...]] = [(), *widths]
    return next((t for t in tries if _ruff(["format", "--check", "-q", *t], original, path)[0] == 0), None)


def _format(text: str, path: Path, options: list[str]) -> str:
    code, out, err = _ruff(["format", "-q", *options], text, path)
    if code:
        raise MigrateError(f"{path}: the emitted file is not valid Python: {err.strip()}")
    return out


def _emitted_only(text: str, original: str, whole: str) -> str:
    """The changes of ``whole`` against ``text`` that touch a line which the original does not have."""
    theirs = set(original.splitlines())
    lines, other = text.splitlines(keepends=True), whole.splitlines(keepends=True)
    pieces: list[str] = []
    for tag, start, end, other_start, other_end in difflib.SequenceMatcher(
        None, lines, other, autojunk=False
    ).get_opcodes():
        old = lines[start:end]
        ours = tag != "equal" and any(line.strip() and line.rstrip("\r\n") not in theirs for line in old)
        pieces += other[other_start:other_end] if ours else old
    mixed = "".join(pieces)
    return mixed if _same_code(mixed, text) else text


def _same_code(one: str, other: str) -> bool:
    try:
        return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))
    except SyntaxError:
        return False


@lru_cache(maxsize=8)
def undefined_names(text: str, path: Path) -> tuple[str, ...]:
    """The names that a text reads and nothing binds, each once."""
    code, out, _ = _ruff(["check", "-q", "--isolated", "--select", "F821", "--output-format", "json"], text, path)
    found = json.loads(out) if code else []
    return tuple(sorted({row["message"].split("`")[1] for row in found} | _globals_of_nothing(text)))


def _globals_of_nothing(text: str) -> set[str]:
    """The names that functions declare global and nothing at the top of the file binds: ruff takes these as bound."""
    tree = ast.parse(text)
    declared = {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}
    return declared.difference(*(stores(statement) for statement in tree.body))


def _ruff(arguments: list[str], text: str, path: Path) -> tuple[int, str, str]:
    # Not by ``python -m ruff``, which would import a module of the job's folder in place of Python's own.
    command = [find_ruff_bin(), *arguments, "--no-cache", "--stdin-filename", str(path.absolute()), "-"]
    done = subprocess.run(
        command, input=text, capture_output=True, encoding="utf-8", check=False, cwd=_existing(path.absolute())
    )
    return done.returncode, done.stdout, done.stderr


def _existing(path: Path) -> Path:
    folder = path.parent
    while not folder.is_dir():
        folder = folder.parent
    return folder
