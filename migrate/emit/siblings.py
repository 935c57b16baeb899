"""The modules of the job's own folder: found from the emitted file, and sent to Ray's workers."""

from __future__ import annotations

import ast

from migrate.emit.imports import add_imports
from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.mapping import NotCarried
from migrate.translate.edits import physical_lines


def siblings(tree: ast.Module, module: Module, project: Project) -> dict[str, Module]:
    """The job's own modules that a file imports, and what these import in turn, by path from the project's root."""
    found: dict[str, Module] = {}
    open_: list[tuple[str, ast.AST]] = [(module.path, tree)]
    while open_:
        importer, here = open_.pop()
        for node in ast.walk(here):
            for dotted in _imported(node, importer, project):
                path = project.locate(importer, dotted)
                inner = project.module(path) if path is not None and path != module.path and path not in found else None
                if path is not None and inner is not None:
                    found[path] = inner
                    open_.append((path, inner.tree))
    return found


def shipped(found: dict[str, Module]) -> list[str]:
    """What travels to the workers, seen from the job's folder: a package whole, a module alone."""
    return sorted({path.split("/")[0] for path in found})


def find_siblings(text: str, module: Module, project: Project, folder: str) -> str:
    """The text with the job's ``folder`` on the path in front of the first import from it."""
    tree = ast.parse(text)
    lines = physical_lines(text)
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    ours = [n for n in imports if any(project.locate(module.path, d) for d in _imported(n, module.path, project))]
    at = ours[0].lineno - 1 if ours else max((node.end_lineno or 0 for node in imports), default=0)
    lines.insert(at, f"sys.path.insert(0, {folder})\n")
    return add_imports("".join(lines), {"import os", "import sys"})


def refuse_relative(tree: ast.Module) -> None:
    """NotCarried for a relative import: an emitted file runs as a script, which belongs to no package."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            raise NotCarried(
                f"line {node.lineno} imports relatively, which a script cannot; import it by its full name"
            )


def _imported(node: ast.AST, importer: str, project: Project) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = project.imported(importer, node.level, node.module)
        return [base, *(f"{base}.{alias.name}" for alias in node.names)] if base else [a.name for a in node.names]
    return []
