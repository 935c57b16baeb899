"""The comparison as one HTML page that needs nothing beside itself."""

from __future__ import annotations

from migrate.oracle.model import Comparison
from migrate.oracle.render import words
from migrate.templating import render


def write(comparison: Comparison, left: str, right: str) -> str:
    """The page; `left` and `right` say what was compared."""
    return render("report/compare.html.j2", comparison=comparison, left=left, right=right, words=words)
