"""One parsed source file: its text, its tree, and where names and nodes come from."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cached_property

from migrate.frontend.names import Names
from migrate.frontend.source import Cell
from migrate.ir import Span

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")


@dataclass(frozen=True, eq=False)
class Module:
    """A source file of the analysed tree.

    ``path`` is relative to the root, with ``/``; ``name`` its dotted name from the root. ``text`` keeps its newlines.
    Positions that the methods return count characters, where the tree's own count UTF-8 bytes.
    """

    path: str
    text: str
    tree: ast.Module
    name: str
    cells: tuple[Cell, ...] = ()
    notebook: bool = False
    repairs: tuple[tuple[int, str], ...] = ()

    @cached_property
    def lines(self) -> list[str]:
        """The lines with their ends, split where Python's tokenizer splits them."""
        return _LINE.findall(self.text)

    @cached_property
    def starts(self) -> list[int]:
        """The character offset at which each line starts."""
        offsets, total = [], 0
        for line in self.lines:
            offsets.append(total)
            total += len(line)
        return offsets

    @cached_property
    def _names(self) -> Names:
        return Names(self.tree, self.name, self.path.endswith("__init__.py"))

    @cached_property
    def definitions(self) -> dict[str, ast.AST]:
        """The functions and classes of the module by their dotted names within it, and its top level's assignments."""
        found: dict[str, ast.AST] = {}
        waiting: list[tuple[str, ast.AST]] = [("", self.tree)]
        while waiting:
            prefix, holder = waiting.pop()
            for node in ast.iter_child_nodes(holder):
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                    found[prefix + node.name] = node
                    waiting.append((f"{prefix}{node.name}.", node))
                elif isinstance(node, (ast.If, ast.Try, ast.With, ast.For, ast.While)):
                    waiting.append((prefix, node))
                elif isinstance(node, ast.Assign) and isinstance(holder, ast.Module):
                    found.update({t.id: node.value for t in node.targets if isinstance(t, ast.Name)})
        return found

    def resolve(self, node: ast.expr) -> str | None:
        """The dotted origin of a name or attribute through imports and definitions, None where it is not known."""
        return self._names.resolve(node)

    def column(self, line: int, byte_column: int) -> int:
        """A column in characters from one in UTF-8 bytes."""
        if line > len(self.lines):
            return byte_column
        text = self.lines[line - 1]
        if text.isascii():
            return byte_column
        return len(text.encode("utf-8")[:byte_column].decode("utf-8", errors="ignore"))

    def offset(self, line: int, byte_column: int) -> int:
        """The character offset in ``text`` of a position of the tree."""
        return self.starts[line - 1] + self.column(line, byte_column)

    def between(self, line: int, column: int, end_line: int, end_column: int) -> Span:
        """The span between two positions of the tree."""
        cell = self.cell_of(line)
        return Span(
            self.path,
            line,
            self.column(line, column),
            end_line,
            self.column(end_line, end_column),
            cell.index if cell else None,
            line - cell.first_line + 1 if cell else None,
        )

    def cell_of(self, line: int) -> Cell | None:
        """The notebook cell that holds a line."""
        found = None
        for cell in self.cells:
            if cell.first_line > line:
                break
            found = cell
        return found

    def span(self, node: ast.AST) -> Span:
        """Where a node stands."""
        line, column, end_line, end_column = position(node)
        return self.between(line, column, end_line, end_column)

    def segment(self, node: ast.AST) -> str:
        """The source text of a node."""
        line, column, end_line, end_column = position(node)
        return self.text[self.offset(line, column) : self.offset(end_line, end_column)]


def position(node: ast.AST) -> tuple[int, int, int, int]:
    """Line, column, end line and end column of a node, columns in UTF-8 bytes as the tree has them."""
    line = getattr(node, "lineno", 1)
    column = getattr(node, "col_offset", 0)
    return line, column, getattr(node, "end_lineno", None) or line, getattr(node, "end_col_offset", None) or column
