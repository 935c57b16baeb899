"""What a plain statement does besides binding names: a split job runs its plain Python in both parts."""

from __future__ import annotations

import ast
from collections.abc import Iterator

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
_FRESH = {
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "os.getpid",
    "os.urandom",
    "time.strftime",
    "time.time",
    "time.time_ns",
    "uuid.uuid1",
    "uuid.uuid4",
}
_FRESH_MODULES = ("secrets.", "tempfile.")
_DRAWS = ("random.", "numpy.random.")
_SEEDED = {"seed", "default_rng", "Random", "RandomState"}
_LOGGING = {"critical", "debug", "error", "exception", "info", "log", "warning"}
_METHODS = {"rmdir", "rmtree", "unlink"}


def runs_once(statement: ast.AST, module: Module, project: Project) -> bool:
    """Whether a statement deletes, moves or starts something, directly or through a function of the repository."""
    return any(
        origin in _CALLS or origin.startswith(_MODULES) or _method(call) in _METHODS
        for call, origin in _calls(statement, module, project)
    )


def draws_anew(node: ast.AST, module: Module, project: Project) -> bool:
    """Whether something takes another value each time it runs: the time, a temporary name, a number that is drawn.

    Numbers that a generator draws are the same each time where the job gives it a seed.
    """
    calls = list(_calls(node, module, project))
    if any(origin in _FRESH or origin.startswith(_FRESH_MODULES) for _, origin in calls):
        return True
    drawn = any(origin.startswith(_DRAWS) for _, origin in calls)
    seeds = (call for call in ast.walk(module.tree) if isinstance(call, ast.Call) and (call.args or call.keywords))
    return drawn and not any(_method(call) in _SEEDED for call in seeds)


def _calls(
    node: ast.AST, module: Module, project: Project, seen: frozenset[str] = frozenset()
) -> Iterator[tuple[ast.Call, str]]:
    """The calls in a node and in the functions of the repository that it calls, with what they are calls of."""
    for call in ast.walk(node):
        if not isinstance(call, ast.Call):
            continue
        origin = module.resolve(call.func) or ""
        yield call, origin
        found = defined(project, module, origin) if origin and origin not in seen else None
        if found is not None:
            yield from _calls(found[1], found[0], project, seen | {origin})


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


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
