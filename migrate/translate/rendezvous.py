"""Which statements only arrange where distributed workers meet: Ray Train does that itself, so they fall away."""

from __future__ import annotations

import ast

from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.translate.locate import defined

_ORIGINS = ("pyspark.BarrierTaskContext", "pyspark.taskcontext.BarrierTaskContext", "horovod.runner.")
_ENVIRONMENT = ("HOROVOD_", "MASTER_ADDR", "MASTER_PORT")


def is_rendezvous(statement: ast.stmt, module: Module, project: Project) -> bool:
    """Whether a statement calls, directly or through a function of the repository, what only a rendezvous needs."""
    return any(
        _reaches(node, module, project, frozenset()) for node in ast.walk(statement) if isinstance(node, ast.Call)
    )


def _reaches(call: ast.Call, module: Module, project: Project, seen: frozenset[str]) -> bool:
    origin = module.resolve(call.func)
    if origin is None:
        return False
    if origin.startswith(_ORIGINS):
        return True
    if origin in seen:
        return False
    found = defined(project, module, origin)
    if found is None:
        return False
    home, function = found
    return any(_sign(node, home, project, seen | {origin}) for node in ast.walk(function))


def _sign(node: ast.AST, module: Module, project: Project, seen: frozenset[str]) -> bool:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.startswith(_ENVIRONMENT)
    return isinstance(node, ast.Call) and _reaches(node, module, project, seen)


def rendezvous_statements(function: ast.FunctionDef, module: Module, project: Project) -> set[ast.stmt]:
    """The simple statements of a function's own body that only arrange the rendezvous."""
    return {
        statement
        for statement in function.body
        if isinstance(statement, ast.Expr | ast.Assign) and is_rendezvous(statement, module, project)
    }
