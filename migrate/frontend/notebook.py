"""Notebooks as Python text: Jupyter cells joined in order, and what the magics of Jupyter and Databricks say."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from migrate.frontend.source import Cell, Source, split_lines, storable

_DATABRICKS = "# Databricks notebook source"
_TIMERS = frozenset({"time", "timeit", "prun", "memit", "lprun"})
_PYTHON_CELLS = frozenset(
    {
        "time",
        "timeit",
        "capture",
        "prun",
        "memit",
        "spark",
        "pyspark",
        "python",
        "python3",
        "local",
        "heartbeat",
        "ipytest",
    }
)
_OTHER_LANGUAGES = frozenset(
    {
        "sql",
        "scala",
        "sh",
        "bash",
        "md",
        "markdown",
        "r",
        "fs",
        "html",
        "java",
        "javascript",
        "js",
        "configure",
        "sparksql",
        "csharp",
        "latex",
        "svg",
        "writefile",
        "script",
        "spark.sql",
        "bigquery",
        "bq",
        "gcloud",
        "local_",
        "cypher",
        "ruby",
        "perl",
        "file",
        "cmd",
        "powershell",
        "spark_sql",
        "trino",
        "hive",
        "env_",
    }
)
"""What a cell may be in when its first line names it, with one per cent sign (Databricks) or two (Jupyter)."""
_ASSIGNED = re.compile(r"^(\s*[\w.,\s]+=\s*)([!%]\s*\S.*)$")
_RUN = re.compile(r"""%run\s+(?:"(?P<double>[^"]+)"|'(?P<single>[^']+)'|(?P<bare>\S+))""")


@dataclass
class _Text:
    """Lines of Python so far, and what was found beside them."""

    lines: list[str] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    sql: list[tuple[int, str]] = field(default_factory=list)
    runs: list[tuple[int, str]] = field(default_factory=list)


def jupyter(text: str) -> Source:
    """The code cells of an ``.ipynb``; ValueError where the text is not a notebook of Python."""
    document = json.loads(text)
    if not isinstance(document, dict):
        raise ValueError("not a Jupyter notebook")
    cells = _cells(document)
    language = _language(document)
    if language and not language.startswith(("py", "ipython")):
        raise ValueError(f"a notebook of {language}, not of Python")
    out = _Text()
    for index, cell in enumerate(cells):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source", cell.get("input")) or ""
        joined = "".join(map(str, source)) if isinstance(source, list) else str(source)
        lines = split_lines(storable(joined).removesuffix("\n"))
        out.cells.append(Cell(index, len(out.lines) + 1))
        _add_cell(out, lines or [""])
    return Source("\n".join(out.lines) + "\n", tuple(out.cells), tuple(out.sql), tuple(out.runs), notebook=True)


def _cells(document: dict[str, object]) -> list[object]:
    """The cells of a notebook, of all its sheets where it is of the third version of the format."""
    holders = document.get("worksheets", [])
    found = [document, *holders] if isinstance(holders, list) else [document]
    lists = [holder.get("cells") for holder in found if isinstance(holder, dict)]
    return [cell for cells in lists if isinstance(cells, list) for cell in cells]


def _language(document: dict[str, object]) -> str:
    metadata = document.get("metadata")
    if not isinstance(metadata, dict):
        return ""
    for part in ("language_info", "kernelspec"):
        values = metadata.get(part)
        if isinstance(values, dict):
            name = values.get("language") or (values.get("name") if part == "language_info" else None)
            if isinstance(name, str):
                return name.lower()
    return ""


def _add_cell(out: _Text, lines: list[str]) -> None:
    # A line that goes on in the next cell would take that one's first line with it.
    lines = [*lines[:-1], lines[-1].rstrip().removesuffix("\\")]
    first = next((line.strip() for line in lines if line.strip()), "")
    if first.startswith("%%"):
        name = first[2:].split(None, 1)[0].lower() if len(first) > 2 else ""
        if name in ("sql", "sparksql"):
            out.sql.append((len(out.lines) + 1, "\n".join(lines[1:])))
        if name not in _PYTHON_CELLS:
            out.lines.extend("# " + line for line in lines)
            return
        at = next(i for i, line in enumerate(lines) if line.strip())
        lines = [*lines[:at], "# " + lines[at], *lines[at + 1 :]]
    if (
        first.startswith("%")
        and first[1:].split(None, 1)[:1]
        and first[1:].split(None, 1)[0].lower() in _OTHER_LANGUAGES
    ):
        if first[1:4].lower() == "sql":
            out.sql.append((len(out.lines) + 1, "\n".join(lines).replace("%sql", "", 1)))
        out.lines.extend("# " + line for line in lines)
        return
    command = False
    for line in lines:
        changed = "# " + line if command else _line(out, line)
        command = line.rstrip().endswith("\\") and not line.endswith(changed.lstrip())
        out.lines.append(changed)


def _line(out: _Text, line: str) -> str:
    stripped = line.lstrip()
    indent = line[: len(line) - len(stripped)]
    number = len(out.lines) + 1
    if stripped.startswith("%"):
        name, _, rest = stripped[1:].partition(" ")
        if name in _TIMERS and rest:
            return indent + rest
        if name == "sql":
            out.sql.append((number, rest))
        match = _RUN.match(stripped)
        if match:
            out.runs.append((number, _target(match)))
        return indent + "pass  # " + stripped
    if stripped.startswith(("!", "?")) or (
        stripped.rstrip().endswith("?") and "#" not in stripped and "'" not in stripped and '"' not in stripped
    ):
        return indent + "pass  # " + stripped
    match = _ASSIGNED.match(line)
    if match and not match.group(2).startswith("%s"):
        return f"{match.group(1)}None  # {match.group(2)}"
    return line


def _target(run: re.Match[str]) -> str:
    return str(next(filter(None, run.groups())))


def is_databricks(text: str) -> bool:
    """Whether a script is a Databricks source notebook."""
    return text.lstrip("\ufeff").startswith(_DATABRICKS)


def databricks(text: str) -> Source:
    """A Databricks source notebook: its text as it is, with the SQL and the ``%run`` of its magic lines."""
    sql: list[tuple[int, str]] = []
    runs: list[tuple[int, str]] = []
    piece: list[str] | None = None
    for number, line in enumerate(split_lines(text), 1):
        if not line.startswith("# MAGIC"):
            piece = None
            continue
        content = line[len("# MAGIC") :].strip()
        match = _RUN.match(content)
        if match:
            runs.append((number, _target(match)))
        if content.startswith("%"):
            piece = [content[4:]] if content.startswith("%sql") else None
            if piece is not None:
                sql.append((number, piece[0]))
        elif piece is not None and sql:
            sql[-1] = (sql[-1][0], sql[-1][1] + "\n" + content)
    return Source(text, (), tuple(sql), tuple(runs), notebook=True)
