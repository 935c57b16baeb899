"""The files of one repository as modules that import each other, read and parsed once, when first asked for."""

from __future__ import annotations

import ast
import posixpath
from pathlib import Path

from migrate.frontend.module import Module
from migrate.frontend.names import absolute
from migrate.frontend.notebook import databricks, is_databricks, jupyter
from migrate.frontend.parsing import UNREADABLE, Parsed, parse, salvaged
from migrate.frontend.source import Source, decode

_SOURCE_FOLDERS = ("", "src", "python", "lib")


class Project:
    """The modules under ``root``; a file that cannot be read or parsed is not a module of it."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._modules: dict[str, Module | None] = {}
        self._folders: dict[str, frozenset[str]] = {}
        self._located: dict[tuple[str, str], str | None] = {}
        self._touched: set[str] = set()

    def begin(self, most: int) -> None:
        """Start on another job: note the modules asked for from now on, forget all where over ``most`` are held."""
        self._touched = set()
        if len(self._modules) > most:
            self._modules.clear()

    def touched(self) -> tuple[str, ...]:
        """The modules asked for since the last ``begin``, sorted."""
        return tuple(sorted(self._touched))

    def add(self, module: Module) -> None:
        """Make a module that was read elsewhere part of the project."""
        self._modules[module.path] = module

    def module(self, path: str) -> Module | None:
        """The module at a path relative to the root."""
        self._touched.add(path)
        if path not in self._modules:
            self._modules[path] = self._read(path)
        return self._modules[path]

    def locate(self, importer: str, dotted: str) -> str | None:
        """The path of the module that ``dotted`` means to the file ``importer``; None where it is none of ours."""
        folder = importer.rpartition("/")[0]
        key = (folder, dotted)
        if key not in self._located:
            self._located[key] = self._search(folder, dotted)
        return self._located[key]

    def imported(self, importer: str, level: int, target: str | None) -> str:
        """The dotted name that an import statement in ``importer`` means."""
        return absolute(module_name(importer), importer.endswith("__init__.py"), level, target)

    def _search(self, folder: str, dotted: str) -> str | None:
        if dotted.startswith("/"):
            return self._notebook(dotted[1:].split("/"))
        parts = dotted.split(".")
        bases = [folder]
        while bases[-1]:
            bases.append(bases[-1].rpartition("/")[0])
        for base in bases:
            for extra in _SOURCE_FOLDERS:
                start = "/".join(p for p in (base, extra) if p)
                found = self._file(start, parts)
                if found:
                    return found
        return None

    def _file(self, base: str, parts: list[str]) -> str | None:
        folder = base
        for part in parts[:-1]:
            if part not in self._listing(folder):
                return None
            folder = f"{folder}/{part}" if folder else part
        listing = self._listing(folder)
        name = f"{folder}/{parts[-1]}" if folder else parts[-1]
        if parts[-1] + ".py" in listing:
            return name + ".py"
        if parts[-1] in listing and "__init__.py" in self._listing(name):
            return name + "/__init__.py"
        return None

    def _notebook(self, parts: list[str]) -> str | None:
        """The file of a notebook's path: from the root, or from where this repository stands in its workspace."""
        for start in range(len(parts)):
            path = "/".join(parts[start:])
            folder, _, name = path.rpartition("/")
            for suffix in (".py", ".ipynb"):
                if name + suffix in self._listing(folder):
                    return path + suffix
        return None

    def _listing(self, folder: str) -> frozenset[str]:
        if folder not in self._folders:
            try:
                self._folders[folder] = frozenset(entry.name for entry in (self.root / folder).iterdir())
            except OSError:
                self._folders[folder] = frozenset()
        return self._folders[folder]

    def _read(self, path: str) -> Module | None:
        file = self.root / path
        try:
            if not file.is_file():  # a pipe would be waited for
                return None
            return load(path, file.read_bytes())
        except (OSError, *UNREADABLE):
            return None


def source_of(path: str, data: bytes) -> Source:
    """The text that these bytes are analysed as; ValueError where they are no notebook of Python."""
    text = decode(data)
    if path.endswith(".ipynb"):
        return jupyter(text)
    return databricks(text) if is_databricks(text) else Source(text)


def load(path: str, data: bytes) -> Module:
    """The module that these bytes are; one of ``UNREADABLE`` where they are no Python source or notebook."""
    source = source_of(path, data)
    try:
        parsed = parse(source.text)
    except SyntaxError:
        parsed = _readable_cells(source) if source.cells else salvaged(source.text)
    for line, target in source.runs:
        _include(parsed.tree, path, line, target)
    # Under %%sql a notebook may as well talk to another database than Spark.
    if "spark" in source.text.lower():
        for line, text in source.sql:
            _query(parsed.tree, line, text)
    return Module(path, source.text, parsed.tree, module_name(path), source.cells, source.notebook, parsed.repairs)


def _readable_cells(source: Source) -> Parsed:
    """A notebook without the cells that are no Python: their lines become comments, all others keep their numbers."""
    lines = source.text.split("\n")
    lost: list[tuple[int, str]] = []
    ends = [cell.first_line - 1 for cell in source.cells[1:]] + [len(lines)]
    for cell, end in zip(source.cells, ends, strict=False):
        start = cell.first_line - 1
        try:
            better = parse("\n".join(lines[start:end])).text.split("\n")
            lines[start:end] = (better + [""] * (end - start))[: end - start]
        except SyntaxError:
            lines[start:end] = ["# " + line for line in lines[start:end]]
            lost.append((cell.first_line, "a cell that is not Python"))
    parsed = parse("\n".join(lines))
    return Parsed(parsed.tree, (*lost, *parsed.repairs), parsed.text)


def _include(tree: ast.Module, path: str, line: int, target: str) -> None:
    """``%run other`` brings every name of the other notebook here: a star import in all but its spelling.

    A name that starts with a slash is a notebook's path, not a module's.
    """
    plain = target.removesuffix(".py").removesuffix(".ipynb")
    where = posixpath.normpath(plain if plain.startswith("/") else posixpath.join("/", posixpath.dirname(path), plain))
    if "." in where:
        return
    _insert(tree, line, ast.ImportFrom(module=where, names=[ast.alias(name="*")], level=0))


def _query(tree: ast.Module, line: int, text: str) -> None:
    """A cell of SQL runs on the notebook's session, and its rows get the name that the notebook gives them."""
    (statement,) = ast.parse(f"_sqldf = spark.sql({text!r})").body
    _insert(tree, line, statement)


def _insert(tree: ast.Module, line: int, statement: ast.stmt) -> None:
    """A statement that stands in no line of the file, as if its first line held it."""
    for part in ast.walk(statement):
        if isinstance(part, (ast.expr, ast.stmt, ast.alias)):
            part.lineno = part.end_lineno = line
            part.col_offset = part.end_col_offset = 0
    at = next((index for index, other in enumerate(tree.body) if other.lineno > line), len(tree.body))
    tree.body.insert(at, statement)


def module_name(path: str) -> str:
    """The dotted name of a path relative to the root: ``jobs/etl.py`` is ``jobs.etl``."""
    plain = path.removesuffix(".py").removesuffix(".ipynb")
    parts = [part for part in plain.split("/") if part]
    if parts and parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts)
