"""The run directory: everything that a run leaves behind, in a place that no run has used before."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from migrate.errors import MigrateError
from migrate.parity.plan import Options, Plan
from migrate.parity.redaction import Redactor

_PLAN = "plan.json"
_REPORTS = ("result.json", "report.html")


def create(plan: Plan, options: Options, now: datetime, redactor: Redactor) -> Path:
    """Make the run directory, or find the one to go on with, and write the spec and the plan into it.

    Raises MigrateError where it is taken, and where there is no run to go on with.
    """
    try:
        if options.resume is not None:
            folder = _left(options.resume.absolute())
        else:
            wanted = options.run_dir
            folder = _fresh(plan.spec.name, now) if wanted is None else _claimed(wanted.absolute())
        (folder / "parity.toml").write_text(redactor.text(plan.spec.text), encoding="utf-8")
        (folder / _PLAN).write_text(json.dumps(_document(plan, redactor), indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise MigrateError(f"{error.filename}: the run directory cannot be written: {error.strerror}.") from error
    return folder


def drop_outputs(run_dir: Path, folders: Iterable[str]) -> None:
    """Delete what side runs wrote, once it is known to be right."""
    for folder in folders:
        for name in ("out", "handoff"):
            shutil.rmtree(run_dir / "runs" / folder / name, ignore_errors=True)


def _fresh(name: str, now: datetime) -> Path:
    """`.migrate/parity/NAME/TIME` in the current folder; a number follows for a second run in one second."""
    home = Path.cwd() / ".migrate"
    parent = home / "parity" / name
    parent.mkdir(parents=True, exist_ok=True)
    ignore = home / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
    stamp = now.strftime("%Y-%m-%dT%H-%M-%SZ")
    for suffix in ("", *(f"-{number}" for number in range(2, 1000))):
        try:
            folder = parent / (stamp + suffix)
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise MigrateError(f"{parent}: a thousand runs in one second; there is no name left for another.")


def _left(folder: Path) -> Path:
    if not (folder / _PLAN).is_file():
        raise MigrateError(f"{folder}: there is no run to go on with; give --resume the run directory of one.")
    for name in _REPORTS:
        (folder / name).unlink(missing_ok=True)  # What they say is over, and a run that is killed writes none.
    return folder


def _claimed(folder: Path) -> Path:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise MigrateError(f"{folder}: the run directory is not empty, and a run is never overwritten; name another.")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _document(plan: Plan, redactor: Redactor) -> Mapping[str, Any]:
    return {
        "spec": str(plan.spec.file),
        "inputs": plan.inputs,
        "runs": [
            {
                "number": run.number,
                "engine": run.side.engine.value,
                "seed": run.seed,
                "repeat": run.repeat,
                "purpose": run.purpose.value,
                "cwd": str(run.side.cwd),
                "steps": [
                    {
                        "name": step.name,
                        "python": step.python,
                        "command": redactor.command(step.command),
                        "env": redactor.environment(step.env),
                    }
                    for step in run.steps
                ],
            }
            for pair in plan.pairs
            for run in pair.runs
        ],
    }
