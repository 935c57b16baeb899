"""Leaves out of an emitted class, and of the functions around it, what the job does not call."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from migrate.translate.edits import physical_lines

_DEFINITIONS = (ast.FunctionDef, ast.ClassDef)


def trimmed(source: str, uses: Iterable[str]) -> str:
    """The source with its first class, if any, and of the rest what that or one of the names in ``uses`` leads to.

    Goes by names alone: a method stays where anything that stays asks any object for an attribute of its name.
    """
    tree = ast.parse(source)
    classes = [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
    asked = {*uses, *classes[:1]}
    waiting = list(_definitions(tree))
    grown = True
    while grown:
        reached = [node for node in waiting if node.name in asked]
        waiting = [node for node in waiting if node.name not in asked]
        asked.update(name for node in reached for name in _asks(node))
        grown = bool(reached)
    gone = {line for node in waiting for line in range(_first_line(node), (node.end_lineno or node.lineno) + 1)}
    kept = [line for number, line in enumerate(physical_lines(source), 1) if number not in gone]
    return _without_gaps(kept)


def _definitions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    """The functions and classes of a file, and the methods that Python does not call by itself."""
    for node in tree.body:
        if isinstance(node, _DEFINITIONS):
            yield node
        if isinstance(node, ast.ClassDef):
            yield from (inner for inner in node.body if isinstance(inner, ast.FunctionDef) and not _is_special(inner))


def _is_special(node: ast.FunctionDef) -> bool:
    return node.name.startswith("__") and node.name.endswith("__")


def _asks(node: ast.FunctionDef | ast.ClassDef) -> Iterator[str]:
    """The names and attributes that a definition reads, for a class without its methods that stand for themselves."""
    if isinstance(node, ast.ClassDef):
        parts: list[ast.AST] = [*node.bases, *node.decorator_list]
        parts += [part for part in node.body if not isinstance(part, ast.FunctionDef) or _is_special(part)]
    else:
        parts = [node]
    for part in parts:
        for inner in ast.walk(part):
            if isinstance(inner, ast.Attribute):
                yield inner.attr
            elif isinstance(inner, ast.Name):
                yield inner.id


def _first_line(node: ast.FunctionDef | ast.ClassDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _without_gaps(lines: list[str]) -> str:
    """The lines with no more than two blank ones in a row, one in front of what is indented."""
    text: list[str] = []
    blank = 0
    for line in lines:
        if not line.strip():
            blank += 1
            continue
        text += ["\n"] * min(blank, 1 if line[0].isspace() else 2)
        text.append(line)
        blank = 0
    return "".join(text)
