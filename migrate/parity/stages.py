"""The stages of a side run: what its steps are told to write out on their way, and what they wrote."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from migrate.parity.spec import Stage

_REFUSED = ".refused"


def order(folder: Path, step: int, stages: Sequence[Stage]) -> Path:
    """Tell a step, by its place among the side's steps, what to write out. Returns the file that says it."""
    written = _written_under(folder)
    written.mkdir(exist_ok=True)
    wanted = [
        {"function": stage.function, "variable": stage.variable, "name": f"{number:03d}-{step}"}
        for number, stage in enumerate(stages)
    ]
    file = folder / f"stages-{step}.json"
    file.write_text(json.dumps({"out": str(written), "stages": wanted}, indent=2) + "\n", encoding="utf-8")
    return file


def written(folder: Path, number: int) -> list[Path]:
    """What a side run left of the stage of this number: a dataset, or a reason, for each assignment in its order."""
    return sorted(_written_under(folder).glob(f"{number:03d}-*"))


def refusal(entry: Path) -> str | None:
    """Why a stage was not written; None where it was."""
    return entry.read_text(encoding="utf-8") if entry.suffix == _REFUSED else None


def _written_under(folder: Path) -> Path:
    return folder / "stages"
