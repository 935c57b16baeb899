"""The trainer that an emitted job starts: its text, and what that needs."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from migrate.mapping import Call, NotCarried
from migrate.templating import render
from migrate.translate.locate import functions

SHARD = "train"
HELPERS = ("collected", "cpus_per_worker")
_IMPORTS = (
    "import os",
    "import uuid",
    "from ray import cloudpickle",
    "from ray.train import RunConfig, ScalingConfig",
)


@dataclass(frozen=True)
class Trainer:
    """A TorchTrainer: the statement ``before`` makes it, the expression ``result`` runs it and is what rank 0 returned.

    The result travels as bytes, because Ray Train hands back nothing that holds tensors.
    """

    before: str
    result: str
    imports: tuple[str, ...]


def trainer(call: Call, loop: str, workers: str, use_gpu: str, dataset: str = "", shards: str = "") -> Trainer:
    """The trainer that runs the expression ``loop`` on that many workers; ``shards`` says who gets which rows."""
    name = _free_name(call)
    before = render(
        "train/torch_trainer.py.j2",
        trainer=name,
        loop=loop,
        workers=workers,
        use_gpu=use_gpu,
        backend=_backend(use_gpu),
        name=re.sub(r"[^\w.-]", "_", call.job.name),
        shard=SHARD,
        dataset=dataset,
        shards=shards,
    )
    asks = "" if use_gpu == "False" else "TorchConfig, "
    imports: tuple[str, ...] = (*_IMPORTS, f"from ray.train.torch import {asks}TorchTrainer")
    if "torch." in use_gpu:
        imports = (*imports, "import torch")
    return Trainer(before, f"cloudpickle.loads({name}.fit().return_value)", imports)


def own_function(call: Call, node: ast.expr | None) -> ast.FunctionDef:
    """The function of the job's file that an expression names; NotCarried for any other expression."""
    function = functions(call.module).get(node.id) if isinstance(node, ast.Name) else None
    if function is None or not isinstance(node, ast.Name) or call.resolve(node) != f"{call.module.name}.{node.id}":
        raise NotCarried("the train function is not defined in the job's own file")
    return function


def refuse_other_callers(call: Call, function: ast.FunctionDef) -> None:
    """NotCarried where the train function, which is rewritten, is used by something else too."""
    uses = [n for n in ast.walk(call.module.tree) if isinstance(n, ast.Name) and n.id == function.name]
    if len(uses) > 1:
        raise NotCarried(f"{function.name} is used on other lines too ({', '.join(str(n.lineno) for n in uses)})")


def asks_for_cuda(function: ast.FunctionDef) -> bool:
    """Whether a function trains on GPUs where there are any."""
    return any(isinstance(node, ast.Attribute) and node.attr == "cuda" for node in ast.walk(function))


def _backend(use_gpu: str) -> str:
    """The process group's backend as an expression; empty where Ray Train's own choice, Gloo, is meant."""
    both = '"cpu:gloo,cuda:nccl"'
    return {"False": "", "True": both}.get(use_gpu, f'{both} if {use_gpu} else "gloo"')


def _free_name(call: Call) -> str:
    taken = {node.id for node in ast.walk(call.module.tree) if isinstance(node, ast.Name)}
    taken |= {node.arg for node in ast.walk(call.module.tree) if isinstance(node, ast.arg)}
    names = ("trainer", "ray_trainer", "torch_trainer")
    free = next((name for name in names if name not in taken and name not in functions(call.module)), None)
    if free is None:
        raise NotCarried(f"the job uses all of the names {', '.join(names)}, one of which the trainer needs")
    return free
