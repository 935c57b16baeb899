"""What a plain statement does besides binding names: a split job runs its plain Python in both parts."""

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
_LOGGING = {"critical", "debug", "error", "exception", "info", "log", "warning"}
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


def is_text(statement: ast.stmt) -> bool:
    """Whether a statement is only a constant, such as a docstring."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def only_tells(statement: ast.stmt) -> bool:
    """Whether a statement does no more than print or log."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    function = statement.value.func
    return (isinstance(function, ast.Name) and function.id == "print") or (
        isinstance(function, ast.Attribute) and function.attr in _LOGGING
    )
