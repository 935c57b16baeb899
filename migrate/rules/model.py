"""What a rule is: one code, and the page that explains it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from migrate.findings import Severity
from migrate.ir import HeavyKind


class Family(Enum):
    """The part of Spark that a code speaks of; its value begins the code."""

    SESSION = "SR1"
    INPUT_OUTPUT = "SR2"
    RELATIONAL = "SR3"
    PYTHON = "SR4"
    AGGREGATION = "SR5"
    MLLIB = "SR6"
    TRAINING = "SR7"
    STREAMING = "SR8"
    DRIVER = "SR9"

    @property
    def title(self) -> str:
        """The family in words."""
        return _TITLES[self]


_TITLES = {
    Family.SESSION: "Session and configuration",
    Family.INPUT_OUTPUT: "Reads and writes",
    Family.RELATIONAL: "Rows, columns and expressions",
    Family.PYTHON: "Python functions and RDDs",
    Family.AGGREGATION: "Joins, aggregates and windows",
    Family.MLLIB: "MLlib",
    Family.TRAINING: "Distributed training and tuning",
    Family.STREAMING: "Streaming",
    Family.DRIVER: "Driver, JVM and source files",
}


@dataclass(frozen=True)
class Rule:
    """One pattern found in Spark code, and its page. Texts are Markdown.

    ``name`` is the pattern in kebab case. ``matches``, ``why`` and ``do`` answer what is matched, why it matters and
    what to do. ``before`` is Spark code that the rule matches, ``after`` what it becomes, None where it stays as it is.
    ``differences`` are the ways in which the engines are known to differ here. ``symbols`` are the resolved names that
    carry this code, ``heavy`` the mechanisms that do, whatever their symbol. ``reported`` is False for a page that is
    there to be read: no finding or stage has its code.
    """

    code: str
    name: str
    matches: str
    why: str
    do: str
    before: str
    after: str | None = None
    differences: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()
    heavy: tuple[HeavyKind, ...] = ()
    severity: Severity = Severity.NOTE
    reported: bool = True

    @property
    def family(self) -> Family:
        """The family that the code belongs to."""
        return Family(self.code[:3])
