"""Anything the toolkit says to a user about their code."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Severity(str, Enum):
    """How much a finding matters: an error is wrong today, a warning will be after a move, a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One remark on one place of the user's code.

    ``code`` is a rule of the catalogue (``SR403``). ``line`` counts from 1, ``column`` from 0; in a Jupyter notebook
    ``line`` counts over its code cells joined in order, and ``cell`` (from 0, over all cells) and ``cell_line`` (from
    1) say where that is. ``fix`` is one sentence that says what to do, None where there is nothing to do.
    """

    code: str
    severity: Severity
    message: str
    path: str
    line: int
    column: int = 0
    fix: str | None = None
    cell: int | None = None
    cell_line: int | None = None
