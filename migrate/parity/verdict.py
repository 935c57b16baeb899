"""The answer, of a run and of each part of it."""

from __future__ import annotations

from enum import Enum


class Verdict(str, Enum):
    """The answer of a run, and of each part of it. FAILED is only ever the answer of a whole run."""

    EQUAL = "equal"
    DIFFERENT = "different"
    INCONCLUSIVE = "inconclusive"
    FAILED = "failed"
