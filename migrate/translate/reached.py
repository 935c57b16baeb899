"""The functions of a job's file that a train function uses, directly or through one another."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.mapping import NotCarried
from migrate.translate.locate import defined, functions


def reached_functions(
    project: Project, module: Module, function: ast.FunctionDef, ignored: set[int]
) -> list[ast.FunctionDef]:
    """The other functions and methods of the file that ``function`` leads to and that use Horovod.

    ``ignored`` are the ids of nodes that go. NotCarried where such a function stands in another file.
    """
    own, found, waiting = functions(module), [], [function]
    seen = {id(inner) for inner in ast.walk(function)}
    while waiting:
        for origin in _origins(waiting.pop(), module, ignored):
            name = origin.removeprefix(f"{module.name}.")
            members = [own[one] for one in own if one == name or one.startswith(f"{name}.")] if name != origin else []
            new = [member for member in members if id(member) not in seen]
            seen |= {id(inner) for member in new for inner in ast.walk(member)}
            found += new
            waiting += new
            _refuse_elsewhere(project, module, origin)
    return [one for one in found if _first_use(one, module) is not None]


def _origins(function: ast.FunctionDef, module: Module, ignored: set[int]) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Name | ast.Attribute) and id(node) not in ignored:
            origin = module.resolve(node)
            if origin is not None:
                yield origin


def _refuse_elsewhere(project: Project, module: Module, origin: str) -> None:
    home, function = defined(project, module, origin) or (module, None)
    use = _first_use(function, home) if function is not None and home is not module else None
    if use is not None and function is not None:
        raise NotCarried(
            f"{function.name} calls {ast.unparse(use)} (line {use.lineno} of {home.path}); only functions of the "
            f"job's own file are rewritten"
        )


def _first_use(function: ast.FunctionDef, module: Module) -> ast.expr | None:
    """The first name of Horovod's in a function."""
    for node in ast.walk(function):
        if isinstance(node, ast.Name | ast.Attribute) and (module.resolve(node) or "").startswith("horovod"):
            return node
    return None
