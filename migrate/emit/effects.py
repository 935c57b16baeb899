"""Which statements must not run twice: a split job runs its plain Python in both parts."""

from __future__ import annotations

import ast

from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.translate.locate import defined

_CALLS = {
    "os.remove",
    "os.removedirs",
    "os.rename",
    "os.renames",
    "os.replace",
    "os.rmdir",
    "os.system",
    "os.unlink",
    "shutil.move",
    "shutil.rmtree",
}
_MODULES = ("subprocess.",)
_METHODS = {"rmdir", "rmtree", "unlink"}


def runs_once(statement: ast.AST, module: Module, project: Project, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a statement deletes, moves or starts something, directly or through a function of the repository."""
    for node in ast.walk(statement):
        if not isinstance(node, ast.Call):
            continue
        origin = module.resolve(node.func) or ""
        if origin in _CALLS or origin.startswith(_MODULES):
            return True
        if isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS:
            return True
        if origin and origin not in seen:
            found = defined(project, module, origin)
            if found is not None and runs_once(found[1], found[0], project, seen | {origin}):
                return True
    return False
