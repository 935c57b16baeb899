"""The oracle: are two datasets the same, to the last bit unless told otherwise, and if not, what differs?"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Literal

from migrate.oracle.executors import Progress, silent
from migrate.oracle.model import (
    Cell,
    Column,
    Comparison,
    Options,
    Sample,
    Side,
    Status,
    Tolerance,
    Verdict,
)

__all__ = ["Cell", "Column", "Comparison", "Options", "Sample", "Side", "Status", "Tolerance", "Verdict", "compare"]

EngineName = Literal["local", "ray"]
FormatName = Literal["parquet", "csv", "json", "text"]
_SHELVES_SHARE = 4
"""What is kept between two steps may take so small a share of the memory; most is for working on it."""


def compare(
    left: Path,
    right: Path,
    options: Options,
    *,
    format: FormatName | None = None,
    engine: EngineName = "local",
    progress: Progress = silent,
) -> Comparison:
    """Compare two datasets: files, directories or globs of Parquet, CSV, JSON lines or text.

    Without a `format` it is told by the files' names. The engine says where the work runs, on threads of this machine
    or as tasks of a Ray cluster whose nodes all see the files under the same paths, and never what the answer is.
    `progress` is told how far it is. Raises MigrateError when a side is missing, holds no data file or
    cannot be read to its end, and when an option names a column that is not there. Never answers "equal" for anything
    that was not compared.
    """
    from migrate.oracle.engine import compare_datasets
    from migrate.oracle.sources.files import Format

    wanted = Format(format) if format else None
    if engine == "ray":
        from migrate.oracle.executors.cluster import RayExecutor

        return compare_datasets(Path(left), Path(right), options, wanted, RayExecutor(progress))
    from migrate.oracle.executors.local import LocalExecutor

    with tempfile.TemporaryDirectory(prefix="migrate-compare-") as scratch:
        executor = LocalExecutor(Path(scratch), options.memory // _SHELVES_SHARE, progress)
        return compare_datasets(Path(left), Path(right), options, wanted, executor)
