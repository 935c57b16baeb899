"""What the analyzer says: one frozen Report, and a function Report -> text for each format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from migrate.errors import MigrateError
from migrate.report.model import FileRow, FileStatus, Library, Report, Summary

__all__ = ["FORMATS", "FileRow", "FileStatus", "Library", "Report", "Summary", "render"]

FORMATS = ("text", "json", "sarif", "html", "markdown")


def render(
    report: Report,
    format: str,
    sources: Mapping[str, str] | None = None,
    *,
    width: int | None = None,
    color: bool = False,
) -> str:
    """The report in one of ``FORMATS``.

    ``sources`` gives the text of a file by its path relative to the root, in the lines that the spans count; where
    a file is missing from it, its source lines are left out. It may load lazily. ``width`` (columns; the terminal's
    when None) and ``color`` matter to "text" alone. Raises MigrateError for an unknown format.
    """
    if format not in FORMATS:
        raise MigrateError(f"Unknown report format {format!r}: use one of {', '.join(FORMATS)}.")
    # Each format brings its own libraries (rich, jinja2), so that asking for one does not load the others.
    writer: Callable[..., str] = import_module(f"migrate.report.{format}").write
    options: dict[str, Any] = {"width": width, "color": color} if format == "text" else {}
    text = writer(report, sources or {}, **options)
    # A literal of the analysed code may hold half a character, which no file can. In JSON this spelling means the same.
    return text.encode("utf-8", errors="backslashreplace").decode("utf-8")
