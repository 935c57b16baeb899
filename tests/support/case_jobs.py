"""The cases of the catalogue as jobs in files, each rewritten once for all the tests of a run."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from job_of import PREAMBLE

from migrate.catalogue import mappings
from migrate.errors import MigrateError
from migrate.frontend import read_job
from migrate.ir import Kind
from migrate.mapping import Case, Mapping
from migrate.rewrite import Rewrite, rewrite

CASES: dict[str, tuple[Mapping, Case]] = {
    f"{type(mapping).__name__}-{case.name}": (mapping, case)
    for mapping in dict.fromkeys(mappings().values())
    for case in mapping.cases
    if case.after is not None
}
"""Every case that is rewritten, by the name that its tests bear."""

_IMPORTS = re.compile(r"\A(?:(?:import|from) .*\n)*")
_OUT = re.compile(r"^out = ", re.MULTILINE)
_NO_DATASET = {Kind.ACTION, Kind.FIT, Kind.TRAIN, Kind.TUNE, Kind.WRITE}

Emitted = tuple[Path, Rewrite]
"""A job's file, and what was written beside it."""


class CaseJobs:
    """Jobs below ``folder``: one for each case, and others that a test brings."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, Emitted] = {}

    def case(self, name: str) -> Emitted:
        """The case as a job that leaves its answer under ``out`` or on its standard output, and what is written for it.

        MigrateError where it is refused.
        """
        if name not in self._made:
            file = self._case(name)
            formatted(file)
            self._made[name] = _written(file, rewrite(file, everything=True))
        return self._made[name]

    def all(self, others: Iterable[tuple[str, str]]) -> dict[str, Emitted]:
        """All cases, and other jobs by name and text, but for those of which nothing is rewritten; on all cores."""
        files = {name: self._case(name) for name in CASES if name not in self._made}
        files |= {name: self._file(name, text) for name, text in others}
        formatted(*files.values())
        for (name, file), made in zip(files.items(), rewritten(files.values()), strict=True):
            if made is not None and made.files:
                self._made[name] = _written(file, made)
        return dict(self._made)

    def _case(self, name: str) -> Path:
        _, case = CASES[name]
        found = _IMPORTS.match(case.before)
        imports = found.group() if found else ""
        file = self._file(name, imports + PREAMBLE + case.before.removeprefix(imports) + "\n")
        if _OUT.search(case.before):
            job, _ = read_job(file)
            value = any(stage.result == "out" and stage.kind in _NO_DATASET for stage in job.stages)
            with file.open("a", encoding="utf-8") as text:
                text.write("print(repr(out))\n" if value else 'out.write.mode("overwrite").parquet(path)\n')
        return file

    def _file(self, name: str, text: str) -> Path:
        folder = self._folder / re.sub(r"\W+", "_", name)
        folder.mkdir()
        (folder / "job.py").write_text(text, encoding="utf-8")
        return folder / "job.py"


def _written(file: Path, made: Rewrite) -> Emitted:
    made.write()
    return file, made


def rewritten(files: Iterable[Path]) -> Iterator[Rewrite | None]:
    """What is made of each file, on all cores; None for what is refused, which the rewriter's own tests look at."""
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for waiting in [pool.submit(rewrite, file, everything=True) for file in files]:
            try:
                yield waiting.result()
            except MigrateError:
                yield None


def formatted(*files: Path) -> None:
    """Put jobs into ruff's form, in lines of 120."""
    command = [sys.executable, "-m", "ruff", "format", "-q", "--no-cache", "--isolated", "--line-length", "120"]
    subprocess.run([*command, *map(str, files)], check=False)
