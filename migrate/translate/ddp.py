"""Whether a network that Horovod trained bare can be trained inside DistributedDataParallel instead."""

from __future__ import annotations

import ast

from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.mapping import NotCarried
from migrate.translate.locate import defined

# What a wrapped network does as the bare one does; before the wrapping everything an nn.Module has is right.
_SAME = {
    "apply",
    "buffers",
    "cpu",
    "cuda",
    "eval",
    "float",
    "half",
    "modules",
    "named_parameters",
    "parameters",
    "requires_grad_",
    "to",
    "train",
    "training",
    "zero_grad",
}
STATE = {"state_dict", "load_state_dict"}
_ONLY_LOOKS = {"print", "len", "id", "type", "isinstance", "repr", "str"}


def refuse_other_uses(
    module: Module, project: Project, function: ast.FunctionDef, network: str, wrapped: ast.stmt
) -> None:
    """NotCarried, naming the line, where the train function uses its network in a way that the wrapping would change.

    An alias made before would train the bare network, whose gradients nobody averages; an attribute of the user's own
    is not there on the wrapped one; a helper that takes its ``state_dict`` would see other keys.
    """
    _check(module, project, function, network, wrapped, frozenset())


def _check(
    module: Module,
    project: Project,
    function: ast.FunctionDef,
    network: str,
    wrapped: ast.stmt | None,
    seen: frozenset[str],
) -> None:
    parents = {id(child): node for node in ast.walk(function) for child in ast.iter_child_nodes(node)}
    inside = {id(node) for node in ast.walk(wrapped)} if wrapped is not None else set()
    for node in ast.walk(function):
        if not (isinstance(node, ast.Name) and node.id == network and isinstance(node.ctx, ast.Load)):
            continue
        if id(node) in inside:
            continue
        before = wrapped is not None and node.lineno < wrapped.lineno
        parent = parents.get(id(node))
        if isinstance(parent, ast.Attribute):
            if not before and parent.attr not in _SAME | (STATE if wrapped is not None else set()):
                raise NotCarried(
                    f"line {node.lineno} of {module.path} uses {network}.{parent.attr}, which differs once wrapped"
                )
        elif isinstance(parent, ast.Call) and node in parent.args:
            _passed(module, project, parent, node, before, seen)
        elif not (isinstance(parent, ast.Call) and parent.func is node):
            raise NotCarried(f"line {node.lineno} of {module.path} keeps {network} under another name or gives it away")


def _passed(
    module: Module, project: Project, call: ast.Call, node: ast.Name, before: bool, seen: frozenset[str]
) -> None:
    """A network passed on: followed into functions of the repository, let be where a call only looks at it."""
    origin = module.resolve(call.func)
    looks = isinstance(call.func, ast.Name) and call.func.id in _ONLY_LOOKS
    if looks or (origin or "").startswith("horovod."):
        return
    found = defined(project, module, origin) if origin else None
    if found is None or before:
        raise NotCarried(
            f"line {node.lineno} of {module.path} gives {node.id} to {ast.unparse(call.func)}, which may keep it bare"
        )
    home, function = found
    position = call.args.index(node)
    if origin is None or origin in seen:
        return
    if position >= len(function.args.args) or any(isinstance(argument, ast.Starred) for argument in call.args):
        raise NotCarried(
            f"line {node.lineno} of {module.path} gives {node.id} to {function.name} in a way that cannot be followed"
        )
    _check(home, project, function, function.args.args[position].arg, None, seen | {origin})


def refuse_late_broadcast(
    call: ast.expr, function: ast.FunctionDef, network: str | None, wrapping: ast.stmt | None
) -> None:
    """NotCarried for a broadcast that the wrapping does not do: rank 0's weights of the network to all, once."""
    assert isinstance(call, ast.Call)
    root = next((keyword.value for keyword in call.keywords if keyword.arg == "root_rank"), None)
    root = root or (call.args[1] if len(call.args) > 1 else None)
    if root is not None and not (isinstance(root, ast.Constant) and root.value == 0):
        raise NotCarried(f"hvd.broadcast_parameters (line {call.lineno}) is not from rank 0")
    what = ast.unparse(call.args[0]) if call.args else ""
    if what not in {f"{network}.state_dict()", f"{network}.named_parameters()"}:
        raise NotCarried(f"hvd.broadcast_parameters (line {call.lineno}) sends more or other than the trained network")
    if wrapping is None:
        return
    for node in ast.walk(function):
        between = isinstance(node, ast.Name) and (wrapping.end_lineno or 0) < node.lineno < call.lineno
        if between and isinstance(node, ast.Name) and node.id == network:
            raise NotCarried(f"line {node.lineno} uses {network} between hvd.DistributedOptimizer and the broadcast")


def refuse_methods(function: ast.FunctionDef, optimizer: str) -> None:
    """NotCarried for what Horovod's optimizer has and the plain one lacks."""
    for node in ast.walk(function):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in {"synchronize", "skip_synchronize", "set_backward_passes_per_step"}
            and isinstance(node.value, ast.Name)
            and node.value.id == optimizer
        ):
            raise NotCarried(f"{optimizer}.{node.attr} on line {node.lineno} is Horovod's own and is not mapped yet")
