"""The oracle: are two datasets the same, to the last bit unless told otherwise, and if not, what differs?"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

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

FormatName = Literal["parquet", "csv", "json", "text"]


def compare(left: Path, right: Path, options: Options, *, format: FormatName | None = None) -> Comparison:
    """Compare two datasets: files, directories or globs of Parquet, CSV, JSON lines or text.

    Without a `format` it is told by the files' names. Raises MigrateError when a side is missing, holds no data file or
    cannot be read to its end, and when an option names a column that is not there. Never answers "equal" for anything
    that was not compared.
    """
    from migrate.oracle.engine import compare_datasets
    from migrate.oracle.sources.files import Format

    return compare_datasets(Path(left), Path(right), options, Format(format) if format else None)
