"""Leaves out of an emitted class, and of the functions around it, what the job does not call."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from migrate.translate.edits import physical_lines
from migrate.translate.names import asked_of

_DEFINITIONS = (ast.FunctionDef, ast.ClassDef)


class _Definition(NamedTuple):
    """A function, a class or a method: its lines, what it leads to, what it asks for, and the class it is in.

    A class leads to and asks for what its body and the methods that Python calls by itself do.
    """

    name: str
    lines: range
    leads: frozenset[str]
    asks: frozenset[str]
    owner: ast.ClassDef | None


class Trimmable:
    """The source of a class and of the functions around it, of which what nobody asks for can be left out.

    What stays is the first class, if any, and of the rest what that or one of the names in ``uses`` leads to. Goes by
    names alone: a method stays where anything that stays asks any object for an attribute of its name.
    """

    def __init__(self, source: str) -> None:
        tree = ast.parse(source)
        self._lines = physical_lines(source)
        self._first = frozenset([node.name for node in tree.body if isinstance(node, ast.ClassDef)][:1])
        self._definitions = list(_definitions(tree))
        rest = [node for node in tree.body if not isinstance(node, _DEFINITIONS)]
        self._rest = frozenset[str]().union(*(asked_of(node) for node in rest))

    def text(self, uses: Iterable[str]) -> str:
        """What stays, without gaps where something went."""
        gone = {line for definition in self._split(uses)[1] for line in definition.lines}
        return _without_gaps([line for number, line in enumerate(self._lines, 1) if number not in gone])

    def asks(self, uses: Iterable[str]) -> frozenset[str]:
        """The names, attributes and keywords that are asked for in what stays."""
        return self._rest.union(*(definition.asks for definition in self._split(uses)[0]))

    def _split(self, uses: Iterable[str]) -> tuple[list[_Definition], list[_Definition]]:
        """What stays and what goes."""
        asked = self._first.union(uses)
        kept: list[_Definition] = []
        waiting = self._definitions
        while reached := [definition for definition in waiting if definition.name in asked]:
            kept += reached
            waiting = [definition for definition in waiting if definition.name not in asked]
            asked = asked.union(*(definition.leads for definition in reached))
        # A method goes with its class, whatever asks for its name.
        owners = {definition.owner and definition.owner.name for definition in kept}
        classes = {definition.name for definition in kept}
        lost = {owner for owner in owners if owner is not None and owner not in classes}
        stays = [definition for definition in kept if definition.owner is None or definition.owner.name not in lost]
        return stays, waiting


def _definitions(tree: ast.Module) -> Iterator[_Definition]:
    """The functions and classes of a file, and the methods that Python does not call by itself."""
    for node in tree.body:
        if isinstance(node, _DEFINITIONS):
            yield _definition(node, None)
        if isinstance(node, ast.ClassDef):
            methods = (inner for inner in node.body if isinstance(inner, ast.FunctionDef) and not _is_special(inner))
            yield from (_definition(method, node) for method in methods)


def _definition(node: ast.FunctionDef | ast.ClassDef, owner: ast.ClassDef | None) -> _Definition:
    parts: list[ast.AST] = [node]
    if isinstance(node, ast.ClassDef):
        parts = [*node.bases, *node.keywords, *node.decorator_list]
        parts += [part for part in node.body if not isinstance(part, ast.FunctionDef) or _is_special(part)]
    inside = [inner for part in parts for inner in ast.walk(part)]
    leads = {inner.attr for inner in inside if isinstance(inner, ast.Attribute)}
    leads |= {inner.id for inner in inside if isinstance(inner, ast.Name)}
    asks = frozenset[str]().union(*(asked_of(part) for part in parts))
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return _Definition(node.name, range(first, (node.end_lineno or node.lineno) + 1), frozenset(leads), asks, owner)


def _is_special(node: ast.FunctionDef) -> bool:
    return node.name.startswith("__") and node.name.endswith("__")


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
