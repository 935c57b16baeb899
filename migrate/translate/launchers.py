"""Calls that launch a train function on workers: how the launcher was made, what it passes, and the emission."""

from __future__ import annotations

import ast

from migrate.mapping import Call, Emission, NotCarried
from migrate.translate.horovod import rewrite_train_function
from migrate.translate.rendezvous import Rendezvous
from migrate.translate.trainers import HELPERS, Retries, barrier_retries, gpus_of, refuse_other_callers, trainer

PARITY = "tests/training: real Horovod and TorchDistributor against Ray Train, weight for weight"
"""What runs the cases of launchers on both engines."""
_PLAIN = (ast.Constant, ast.Name, ast.Attribute, ast.Tuple, ast.List, ast.Dict, ast.Load)


def launched(
    call: Call,
    function: ast.FunctionDef,
    work: str,
    workers: str,
    use_gpu: str | None = None,
    *,
    barrier: bool = False,
    retries: Retries | None = None,
) -> Emission:
    """The emission that runs ``work`` (a call of the function, or ``collected`` of it) on that many workers.

    A ``barrier`` stage has retries of its own.
    """
    refuse_other_callers(call, function)
    edits = rewrite_train_function(call.module, call.project, function, Rendezvous())
    retries = barrier_retries(call.module, resumes=edits.resumes) if barrier else retries
    gpus = use_gpu or gpus_of(call, function, workers)
    made = trainer(call, work, workers, gpus, retries=retries, reports=edits.reports)
    return Emission(
        made.result,
        helpers=(*(h for h in HELPERS if f"{h}(" in work or h == "cpus_per_worker"), *sorted(edits.helpers)),
        imports=(*made.imports, *sorted(edits.imports)),
        edits=tuple(edits.edits),
        before=made.before,
        span=call.span(call.node()),
        removals=tuple(call.span(statement) for statement in [*edits.removed, *launcher_of(call)]),
        notes=tuple(edits.notes),
    )


def launcher_of(call: Call) -> list[ast.stmt]:
    """The statement that binds the launcher to a variable, where that serves for nothing but runs."""
    function = call.node().func
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
        return []
    name, made = function.value.id, call.bound(function.value.id)
    nodes = list(ast.walk(call.module.tree))
    runs = {id(n.value) for n in nodes if isinstance(n, ast.Attribute) and n.attr == function.attr}
    uses = [n for n in nodes if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)]
    bound: list[ast.stmt] = [n for n in nodes if isinstance(n, ast.Assign) and n.value is made and len(n.targets) == 1]
    return bound if made is not None and all(id(use) in runs for use in uses) else []


def passed(call: Call, nodes: list[ast.expr], keywords: list[tuple[str, ast.expr]]) -> str:
    """Arguments as text. They are read on the workers, so they must not do work or depend on where they are read."""
    for node in [*nodes, *(value for _, value in keywords)]:
        if not all(isinstance(inner, _PLAIN) for inner in ast.walk(node)):
            raise NotCarried(f"the argument {call.text(node)} of the train function is computed; give it a name first")
    return ", ".join([*map(call.text, nodes), *(f"{name}={call.text(value)}" for name, value in keywords)])


def keywords_of(call: Call) -> dict[str, ast.expr]:
    return {keyword.arg: keyword.value for keyword in call.node().keywords if keyword.arg is not None}


def constructor(call: Call, name: str) -> ast.Call:
    """The call that made what the stage is called on; NotCarried where it cannot be read."""
    function = call.node().func
    made = function.value if isinstance(function, ast.Attribute) else None
    made = call.bound(made.id) if isinstance(made, ast.Name) else made
    if not isinstance(made, ast.Call) or any(keyword.arg is None for keyword in made.keywords):
        raise NotCarried(f"how the {name} was made cannot be read")
    return made


def option(made: ast.Call, name: str, position: int) -> ast.expr | None:
    named = next((keyword.value for keyword in made.keywords if keyword.arg == name), None)
    return made.args[position] if named is None and position < len(made.args) else named
