"""Which statements only arrange where distributed workers meet: Ray Train does that itself, so they fall away."""

from __future__ import annotations

import ast
from collections.abc import Container
from dataclasses import dataclass, field

from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.mapping import NotCarried
from migrate.translate.locate import defined

_CONTEXTS = ("pyspark.BarrierTaskContext", "pyspark.taskcontext.BarrierTaskContext")
_ORIGINS = (*_CONTEXTS, "horovod.runner.")
_ENVIRONMENT = ("HOROVOD_", "MASTER_ADDR", "MASTER_PORT")
_CONTEXT = {
    "partitionId": ("ray.train.get_context().get_world_rank()", "import ray.train"),
    "len": ("ray.train.get_context().get_world_size()", "import ray.train"),
    "barrier": ("dist.barrier()", "import torch.distributed as dist"),
}


def is_rendezvous(statement: ast.stmt, module: Module, project: Project, ignored: Container[int] = frozenset()) -> bool:
    """Whether a statement calls, directly or through a function of the repository, what only a rendezvous needs.

    ``ignored`` are ids of nodes that do not count.
    """
    calls = (node for node in ast.walk(statement) if isinstance(node, ast.Call) and id(node) not in ignored)
    return any(_reaches(call, module, project, frozenset()) for call in calls)


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


@dataclass
class Rendezvous:
    """What only arranges where workers meet: statements that go, and calls that Ray Train's own text replaces.

    ``inner`` are the ids of the nodes that these calls are made of.
    """

    removed: set[ast.stmt] = field(default_factory=set)
    replaced: list[tuple[ast.Call, str, str]] = field(default_factory=list)
    inner: set[int] = field(default_factory=set)


def rendezvous_of(function: ast.FunctionDef, module: Module, project: Project) -> Rendezvous:
    """The rendezvous of a train function: simple statements of its own body, and what these lead to.

    Rank and number of tasks that the barrier context tells stay, as Ray Train tells them. NotCarried where the
    function makes another use of the context, or of a name that goes.
    """
    found = Rendezvous()
    made: dict[str, str] = {}
    for statement in function.body:
        _replace_in(statement, module, made, found)
        if not isinstance(statement, ast.Expr | ast.Assign):
            continue
        if not (
            is_rendezvous(statement, module, project, found.inner)
            or _places(statement)
            or _left(statement, made, found) is not None
        ):
            continue
        found.removed.add(statement)
        source = _source(statement.value, module, made) if isinstance(statement, ast.Assign) else ""
        stored = (n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
        made |= dict.fromkeys(stored, source)
    for statement in function.body:
        left = None if statement in found.removed else _left(statement, made, found)
        if left is not None:
            raise NotCarried(f"line {left.lineno} uses {left.id}, which comes from the rendezvous that Ray Train does")
    return found


def _replace_in(statement: ast.stmt, module: Module, made: dict[str, str], found: Rendezvous) -> None:
    """Note the calls that ask the context for the rank, for the number of tasks, or to wait for the others."""
    for node in ast.walk(statement):
        if not isinstance(node, ast.Call):
            continue
        asked = _source(node, module, made)
        counts = isinstance(node.func, ast.Name) and node.func.id == "len" and len(node.args) == 1
        if counts and _source(node.args[0], module, made) == "getTaskInfos":
            asked = "len"
        if asked in _CONTEXT:
            found.replaced.append((node, *_CONTEXT[asked]))
            found.inner |= {id(inner) for inner in ast.walk(node)}


def _source(node: ast.expr, module: Module, made: dict[str, str]) -> str:
    """The method of the barrier context whose result an expression is, ``get`` for the context; empty for others."""
    if isinstance(node, ast.Name):
        return made.get(node.id, "")
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return ""
    if (module.resolve(node.func) or "").startswith(_CONTEXTS):
        return node.func.attr
    return node.func.attr if _source(node.func.value, module, made) == "get" else ""


def _places(statement: ast.stmt) -> bool:
    """Whether a statement writes into the environment where workers meet."""
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    keys = [target.slice for target in targets if isinstance(target, ast.Subscript)]
    return any(isinstance(key, ast.Constant) and str(key.value).startswith(_ENVIRONMENT) for key in keys)


def _left(statement: ast.stmt, made: dict[str, str], found: Rendezvous) -> ast.Name | None:
    """A name of the rendezvous that a statement reads beside the calls that are replaced."""
    reads = (n for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))
    return next((name for name in reads if name.id in made and id(name) not in found.inner), None)
