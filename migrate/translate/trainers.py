"""The trainer that an emitted job starts: its text, and what that needs."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from migrate.frontend.module import Module
from migrate.mapping import Call, NotCarried
from migrate.templating import render
from migrate.translate.locate import functions, with_callees
from migrate.translate.settings import asks_for_gpus, cpus_per_task, stage_attempts

SHARD = "train"
HELPERS = ("collected", "cpus_per_worker")
_IMPORTS = (
    "import os",
    "import uuid",
    "from ray import cloudpickle",
)


@dataclass(frozen=True)
class Trainer:
    """A TorchTrainer: the statement ``before`` makes it, the expression ``result`` runs it and is what rank 0 returned.

    The result travels as bytes, because Ray Train hands back nothing that holds tensors. Where none is wanted,
    ``result`` only runs it.
    """

    before: str
    result: str
    imports: tuple[str, ...]


@dataclass(frozen=True)
class Retries:
    """How often workers are started again when one of them fails, as source text, and what to say of that."""

    number: str
    why: str


def barrier_retries(module: Module, *, resumes: bool) -> Retries | None:
    """The retries of Spark's barrier stages, None where it tries them once."""
    attempts = stage_attempts(module)
    start = "what was saved last" if resumes else "the start"
    return (
        Retries(str(attempts - 1), f"From {start}, as Spark tries a barrier stage {attempts} times.")
        if attempts > 1
        else None
    )


def trainer(
    call: Call,
    loop: str,
    workers: str,
    use_gpu: str,
    dataset: str = "",
    shards: str = "",
    retries: Retries | None = None,
    *,
    reports: bool = False,
    returns: bool = True,
) -> Trainer:
    """The trainer that runs the expression ``loop`` on that many workers; ``shards`` says who gets which rows.

    ``use_gpu`` is the expression that says whether they train on GPUs. A name is given to one that is no literal.
    ``reports`` says that they report checkpoints, ``returns`` that what rank 0 gives is wanted.
    """
    name = free_name(call, "trainer", "ray_trainer", "torch_trainer")
    literal = use_gpu in ("False", "True")
    gpus = use_gpu if literal else free_name(call, "use_gpu", "on_gpus", "with_gpus")
    cpus = cpus_per_task(call.module)
    before = render(
        "train/torch_trainer.py.j2",
        trainer=name,
        loop=f"cloudpickle.dumps({loop})" if returns else loop,
        returns=returns,
        workers=workers,
        gpus=gpus,
        condition="" if literal else use_gpu,
        backend=_backend(gpus),
        cpus=f", {cpus}" if cpus > 1 else "",
        name=re.sub(r"[^\w.-]", "_", call.job.name),
        shard=SHARD,
        dataset=dataset,
        shards=shards,
        retries=retries,
        reports=reports,
    )
    asks = "" if use_gpu == "False" else "TorchConfig, "
    configs = [*["CheckpointConfig"] * reports, *["FailureConfig"] * bool(retries), "RunConfig", "ScalingConfig"]
    imports: tuple[str, ...] = (
        *(_IMPORTS if returns else _IMPORTS[:-1]),
        f"from ray.train import {', '.join(configs)}",
        f"from ray.train.torch import {asks}TorchTrainer",
    )
    if "ray." in use_gpu:
        imports = (*imports, "import ray")
    result = f"{name}.fit()"
    return Trainer(before, f"cloudpickle.loads({result}.return_value)" if returns else result, imports)


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


def gpus_of(call: Call, function: ast.FunctionDef, workers: str) -> str:
    """Whether the workers of a train function get GPUs, as an expression.

    They do where the job asks Spark for GPUs or the function trains on nothing else. Where it takes what it finds, the
    cluster is asked, not the driver, whose machine may have none. ``False`` for a function that never speaks of CUDA.
    """
    nodes = [node for inner in with_callees(call.module, function) for node in ast.walk(inner)]
    asked = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    texts = (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    if "cuda" not in asked and not any(re.match(r"cuda(:|$)", text) for text in texts):
        return "False"
    if asks_for_gpus(call.module) or not asked & {"is_available", "device_count"}:
        return "True"
    return f'ray.cluster_resources().get("GPU", 0) >= {workers}'


def _backend(use_gpu: str) -> str:
    """The process group's backend as an expression; empty where Ray Train's own choice, Gloo, is meant."""
    both = '"cpu:gloo,cuda:nccl"'
    return {"False": "", "True": both}.get(use_gpu, f'{both} if {use_gpu} else "gloo"')


def free_name(call: Call, *names: str) -> str:
    """The first of the names that the job does not use; NotCarried where it uses all of them."""
    taken = {node.id for node in ast.walk(call.module.tree) if isinstance(node, ast.Name)}
    taken |= {node.arg for node in ast.walk(call.module.tree) if isinstance(node, ast.arg)}
    free = next((name for name in names if name not in taken and name not in functions(call.module)), None)
    if free is None:
        raise NotCarried(f"the job uses all of the names {', '.join(names)}, one of which the trainer needs")
    return free
