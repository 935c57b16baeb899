"""Takes over what an earlier run in the same run directory has finished, as long as it would come out the same."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from migrate.parity import codec, identity, inputs, interpreters
from migrate.parity.findings import Compared
from migrate.parity.outputs import output_path
from migrate.parity.plan import Pair, Plan, PlannedRun
from migrate.parity.result import SideResult
from migrate.parity.spec import Spec

_SIDE, _COMPARED = "side.json", "compared.json"


@dataclass(frozen=True)
class Earlier:
    """What is there of a pair: the side run of each of its runs, None where it has to run, and the comparison."""

    sides: tuple[SideResult | None, ...]
    compared: Compared | None


def key_of(planned: Plan, run: PlannedRun) -> str:
    """A digest of all that a side run depends on: commands, interpreters, code, seed, and the state of the inputs."""
    known = [interpreters.probe(step.python) for step in run.steps]
    parts = [
        run.folder,
        run.repeat,
        run.purpose.value,
        str(run.side.cwd),
        identity.of_code(run.side),
        [[asdict(step), asdict(python)] for step, python in zip(run.steps, known, strict=True)],
        [planned.inputs, sorted(inputs.fingerprint(planned.inputs).items())],
    ]
    return _sha(parts)


def remember_side(run_dir: Path, key: str, side: SideResult) -> None:
    """Note that a side run came through."""
    _write(run_dir / "runs" / side.folder / _SIDE, {"key": key, "side": codec.encode(side)})


def remember_pair(run_dir: Path, spec: Spec, pair: Pair, keys: Sequence[str], compared: Compared) -> None:
    """Note what a pair came to: from here on it can do without its outputs."""
    document = {"key": _pair_key(spec, keys), "compared": codec.encode(compared)}
    _write(run_dir / "runs" / pair.ray.folder / _COMPARED, document)


def earlier(run_dir: Path, spec: Spec, pair: Pair, keys: Sequence[str], needed: Sequence[str]) -> Earlier:
    """What an earlier run has finished of a pair; the folders of runs that have to run are cleared.

    ``needed`` are the outputs without which a side run is of no use, unless the pair has been compared.
    """
    folders = [run_dir / "runs" / run.folder for run in pair.runs]
    sides = [_read(folder / _SIDE, "side", key, SideResult) for folder, key in zip(folders, keys, strict=True)]
    if None not in sides:
        compared = _read(folders[-1] / _COMPARED, "compared", _pair_key(spec, keys), Compared)
        if compared is not None:
            return Earlier(tuple(sides), compared)
    for position, folder in enumerate(folders):
        if not all(output_path(folder / "out", path) for path in needed):
            sides[position] = None
        if sides[position] is None:
            shutil.rmtree(folder, ignore_errors=True)
    return Earlier(tuple(sides), None)


def _pair_key(spec: Spec, keys: Sequence[str]) -> str:
    return _sha([spec.text, *keys])


def _sha(parts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(parts, default=str).encode()).hexdigest()


def _write(file: Path, document: dict[str, Any]) -> None:
    """Whole or not at all: half a file would be taken for a side that has not run."""
    draft = file.with_suffix(".draft")
    draft.write_text(json.dumps(document) + "\n", encoding="utf-8")
    draft.replace(file)


def _read(file: Path, name: str, key: str, kind: type[codec.T]) -> codec.T | None:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        return codec.decode(kind, document[name]) if document["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None  # Not finished, or written by another version: it runs again.
