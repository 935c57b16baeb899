"""A folder with a spec over stand-in jobs, and the way to run it."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from migrate.cli import run

STAND_IN = Path(__file__).with_name("stand_in_job.py")


@dataclass
class Bench:
    """A job's folder. Both sides run the stand-in; a test adds arguments to one of them and whatever else it needs."""

    folder: Path

    @property
    def run_dir(self) -> Path:
        return self.folder / "run"

    @property
    def document(self) -> dict[str, Any]:
        """What the run left as result.json."""
        document: dict[str, Any] = json.loads((self.run_dir / "result.json").read_text())
        return document

    def write(
        self,
        *,
        spark: tuple[str, ...] = (),
        ray: tuple[str, ...] = (),
        ray_more: str = "",
        output: str | None = "",
        parquet: bool = False,
        seeds: tuple[int, ...] = (),
        metric: str = "val_accuracy",
        gates: str = "",
    ) -> None:
        """Write the spec. ``output`` adds keys to the output `features`, None declares no output at all.

        The table is JSON lines unless Parquet is asked for, which takes the jobs longer to write.
        """
        format_ = "parquet" if parquet else "json"
        usual = ("{python}", "stand_in_job.py", "--out", "{out}", "--inputs", "{inputs}", "--seed", "{seed}")
        usual = (*usual, "--parquet") if parquet else usual
        parts = [
            'schema_version = 1\nname = "stand-in"\n[inputs]\npath = "inputs"',
            f"[spark]\ncommand = {json.dumps([*usual, *spark])}",
            f"[ray]\ncommand = {json.dumps([*usual, *ray])}\n{ray_more}",
        ]
        if output is not None:
            parts.append(f'[[output]]\npath = "features"\nformat = "{format_}"\nkeys = ["name"]\n{output}')
        if seeds:
            where = f'output = "metrics.json"\nmargin = 0.02\nseeds = {list(seeds)}'
            parts.append(f'[training]\nmetric = "{metric}"\n{where}')
        if gates:
            parts.append(f"[gates]\n{gates}")
        (self.folder / "parity.toml").write_text("\n".join(parts) + "\n")

    def run(self, *options: str) -> int:
        return run(["parity", str(self.folder), "--run-dir", str(self.run_dir), *options])

    def survivors(self) -> list[psutil.Process]:
        """Processes that still run for this bench: all of them have its folder on their command line."""
        found = []
        for process in psutil.process_iter():
            try:
                words = process.cmdline()
            except psutil.Error:
                continue
            if process.pid != psutil.Process().pid and any(str(self.run_dir) in word for word in words):
                found.append(process)
        return found


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A fresh bench, with one small input file."""
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "rows.csv").write_text("1\n2\n")
    shutil.copy(STAND_IN, tmp_path)
    return Bench(tmp_path)
