"""Writes out what named variables of the main script hold, at the first run of each of their assignments.

It runs inside the user's job, on the user's interpreter, by a trace function: standard library only. What cannot be
written is noted, and the job runs on.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

Lines = tuple[int, int]


class Writer:
    """Watches the frames of the main script. ``wanted`` are (function, variable), each with its name in ``folder``."""

    def __init__(self, wanted: dict[tuple[str, str], str], folder: Path) -> None:
        self._wanted, self._folder, self._pid = wanted, folder, os.getpid()
        self._spans: dict[str, dict[tuple[str, str], list[Lines]]] = {}

    def called(self, frame: FrameType, event: str, argument: object) -> Any:
        if os.getpid() != self._pid or frame.f_globals.get("__name__") != "__main__":
            return None
        open_: list[tuple[str, str, Lines]] = []
        spans = self._spans_of(frame.f_code)
        if not spans:
            return None

        def local(frame: FrameType, event: str, argument: object) -> Any:
            line = frame.f_lineno
            if event == "exception":
                open_.clear()
            for place in [place for place in open_ if event == "return" or not place[2][0] <= line <= place[2][1]]:
                open_.remove(place)
                number = spans[place[:2]].index(place[2])
                self._write(place[:2], number, frame)
            if event == "line":
                for (function, variable), lines in spans.items():
                    open_.extend(
                        (function, variable, span)
                        for span in lines
                        if span[0] <= line <= span[1] and (function, variable, span) not in open_
                    )
            return local

        return local

    def _spans_of(self, code: CodeType) -> dict[tuple[str, str], list[Lines]]:
        """The assignments of wanted variables in the function that ``code`` is the code of."""
        function = "" if code.co_name == "<module>" else code.co_name
        names = {key for key in self._wanted if key[0].rpartition(".")[2] == function}
        if not names:
            return {}
        if code.co_filename not in self._spans:
            self._spans[code.co_filename] = assignments(Path(code.co_filename))
        found = self._spans[code.co_filename]
        return {key: found[key] for key in names if key in found}

    def _write(self, key: tuple[str, str], number: int, frame: FrameType) -> None:
        target = self._folder / f"{self._wanted[key]}-{number:03d}"
        value = frame.f_globals.get(key[1]) if not key[0] else frame.f_locals.get(key[1])
        refusal = target.with_suffix(".refused")
        if target.exists() or refusal.exists():
            return
        sys.settrace(None)
        try:
            refused = write(value, target)
        except Exception as error:  # noqa: BLE001 - a stage that can't be written must never stop the user's job
            refused = repr(error)
        finally:
            sys.settrace(self.called)
        if refused is not None:
            refusal.write_text(refused, encoding="utf-8")


def assignments(file: Path) -> dict[tuple[str, str], list[Lines]]:
    """The lines of each assignment to a plain name, by the function that holds it (dotted) and the name."""
    import ast

    found: dict[tuple[str, str], list[Lines]] = {}

    def visit(node: ast.AST, function: str) -> None:
        for child in ast.iter_child_nodes(node):
            inner = function
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                inner = f"{function}.{child.name}" if function else child.name
            if isinstance(child, ast.Assign):
                lines = (child.lineno, child.end_lineno or child.lineno)
                for target in child.targets:
                    if isinstance(target, ast.Name):
                        found.setdefault((function, target.id), []).append(lines)
            visit(child, inner)

    visit(ast.parse(file.read_bytes()), "")
    return found


def write(value: Any, target: Path) -> str | None:
    """Write a dataset as Parquet into the folder ``target``. Returns why not, where it is none that can be written."""
    module = type(value).__module__
    package = module.partition(".")[0]
    if package == "pyspark" and hasattr(value, "write"):
        value.write.parquet(str(target))
    elif package == "ray" and hasattr(value, "write_parquet"):
        value.write_parquet(str(target))
    elif package == "pandas" and hasattr(value, "to_parquet"):
        target.mkdir()
        value.to_parquet(target / "part-0.parquet")
    else:
        return f"it is a {module}.{type(value).__qualname__}, which is not written out"
    return None


def install(plan: str) -> None:
    """Watch for the stages that the file ``plan`` names."""
    document = json.loads(Path(plan).read_text(encoding="utf-8"))
    wanted = {(each["function"], each["variable"]): each["name"] for each in document["stages"]}
    sys.settrace(Writer(wanted, Path(document["out"])).called)
