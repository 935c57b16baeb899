"""Horovod training inside a Spark barrier stage."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass, replace

from migrate.ir import Cost, Kind, Span, Stage
from migrate.mapping import Call, Case, Difference, Emission, Mapping, NotCarried
from migrate.templating import render
from migrate.translate.horovod import TrainEdits, rewrite_train_function
from migrate.translate.locate import functions
from migrate.translate.rendezvous import rendezvous_statements

_SHARD = "train"


@dataclass(frozen=True)
class _Feed:
    """Where the rows come from: the dataset's source text and place, how many workers, who gets which row."""

    dataset: str
    start: Span
    workers: str
    keys: tuple[str, ...]
    order: tuple[str, ...]
    claims: tuple[str, ...]


def _shards(feed: _Feed) -> str:
    """The data config that gives rows to workers as the repartition did."""
    if not feed.keys:
        return "UnevenShards()"
    order = f", order={json.dumps(feed.order, ensure_ascii=False)}" if feed.order else ""
    return f"HashShards(keys={json.dumps(feed.keys, ensure_ascii=False)}{order})"


class BarrierTraining(Mapping):
    """
    ## Matches
    ``df.repartition(n, ...).rdd.barrier().mapPartitions(train).collect()`` where ``train``, or the function that a
    lambda calls with the rows, trains with ``horovod.torch``; with or without ``sortWithinPartitions`` after the
    repartition.

    ## Semantics
    ``TorchTrainer`` starts the workers and lets them find each other, so code that only arranged the rendezvous falls
    away. The train function is edited in place: the optimizer is the plain one and the network is wrapped in
    DistributedDataParallel, which averages gradients as Horovod did. Rows stream from preprocessing into each worker.
    Rows given to workers by a key go to the same workers in the same order as on Spark. What rank 0 saved is also
    reported as checkpoint, by every rank, since a report on one rank alone waits for ever.

    ## Not covered
    Adasum, compression, several backward passes a step, process sets, elastic runs, a function outside the job's file.
    """

    code = "SR701"
    symbols = ("RDDBarrier.mapPartitions",)
    kind = Kind.TRAIN
    cost = Cost.PYTHON
    ray = ">=2.60,<3"
    differences = (
        Difference(
            "rows of a worker",
            "a repartition without a key deals rows out otherwise: the same rows in all, another split",
        ),
    )
    cases = (
        Case(
            "a function of the rows",
            'out = df.repartition(2, "s").rdd.barrier().mapPartitions(train).collect()',
            "out = trainer.fit().return_value",
            elsewhere="the sample's parity: its rendezvous takes more than a few lines",
        ),
        Case("workers not stated", "out = df.rdd.barrier().mapPartitions(train).collect()", None),
    )

    def emit(self, call: Call) -> Emission:
        collect = self._collect(call)
        feed = self._feed(call)
        function, passed = self._function(call)
        self._refuse_other_callers(call, function)
        edits = rewrite_train_function(
            call.module, call.project, function, rendezvous_statements(function, call.module, call.project)
        )
        loop, forgets = self._loop(call, function, passed, edits)
        uses_cuda = any(isinstance(node, ast.Attribute) and node.attr == "cuda" for node in ast.walk(function))
        trainer = self._free_name(call)
        before = render(
            "train/torch_trainer.py.j2",
            trainer=trainer,
            loop=loop,
            workers=feed.workers,
            use_gpu="torch.cuda.is_available()" if uses_cuda else "False",
            name=re.sub(r"[^\w.-]", "_", call.job.name),
            shard=_SHARD,
            dataset=feed.dataset,
            shards=_shards(feed),
        )
        end = collect.chain
        return Emission(
            f"{trainer}.fit().return_value",
            helpers=(
                "collected",
                "cpus_per_worker",
                "hash_shards" if feed.keys else "uneven_shards",
                "shard_rows",
                *sorted(edits.helpers),
            ),
            imports=(
                "import os",
                "import uuid",
                "from ray.train import RunConfig, ScalingConfig",
                "from ray.train.torch import TorchTrainer",
                *(["import torch"] if uses_cuda else []),
                *sorted(edits.imports),
            ),
            edits=tuple(edits.edits),
            before=before,
            claims=(*feed.claims, collect.id),
            span=replace(feed.start, end_line=end.end_line, end_column=end.end_column),
            forgets=forgets,
            removals=tuple(call.span(statement) for statement in edits.removed),
            notes=tuple(edits.notes),
        )

    def _collect(self, call: Call) -> Stage:
        consumers = call.consumers()
        if len(consumers) != 1 or consumers[0].symbol != "RDD.collect" or not _together(call.stage, consumers[0]):
            raise NotCarried("the results of the barrier stage are not simply collected where it stands")
        return consumers[0]

    def _free_name(self, call: Call) -> str:
        taken = {node.id for node in ast.walk(call.module.tree) if isinstance(node, ast.Name)}
        taken |= {node.arg for node in ast.walk(call.module.tree) if isinstance(node, ast.arg)}
        names = ("trainer", "ray_trainer", "torch_trainer")
        free = next((name for name in names if name not in taken and name not in functions(call.module)), None)
        if free is None:
            raise NotCarried(f"the job uses all of the names {', '.join(names)}, one of which the trainer needs")
        return free

    def _refuse_other_callers(self, call: Call, function: ast.FunctionDef) -> None:
        uses = [n for n in ast.walk(call.module.tree) if isinstance(n, ast.Name) and n.id == function.name]
        if len(uses) > 1:
            raise NotCarried(f"{function.name} is used on other lines too ({', '.join(str(n.lineno) for n in uses)})")

    def _feed(self, call: Call) -> _Feed:
        claims: list[str] = []
        order: tuple[str, ...] = ()
        here = call
        while here.stage.inputs:
            here = here.neighbour(here.stage.inputs[0])
            if here.stage.id in claims or not _together(call.stage, here.stage) or len(here.consumers()) != 1:
                break
            claims.append(here.stage.id)
            if here.stage.symbol == "DataFrame.sortWithinPartitions" and not order:
                order = self._names(here, 0)
                continue
            if here.stage.symbol == "DataFrame.repartition":
                return self._repartitioned(here, order, tuple(claims))
            break
        raise NotCarried("how many workers train is not stated by a repartition in front of the barrier")

    def _repartitioned(self, call: Call, order: tuple[str, ...], claims: tuple[str, ...]) -> _Feed:
        workers, receiver = call.argument("numPartitions", 0), call.receiver()
        if (
            workers is None
            or receiver is None
            or (isinstance(workers, ast.Constant) and isinstance(workers.value, str))
        ):
            raise NotCarried("the repartition in front of the barrier does not say how many workers train")
        keys = self._names(call, 1)
        return _Feed(call.text(receiver), call.span(receiver), call.text(workers), keys, order, claims)

    def _names(self, call: Call, start: int) -> tuple[str, ...]:
        names = []
        for argument in call.stage.args[start:]:
            node = call.argument("", call.stage.args.index(argument)) if argument.name is None else None
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
                raise NotCarried(f"{call.stage.symbol} by {argument.source} is not by plain column names")
            names.append(node.value)
        return tuple(names)

    def _function(self, call: Call) -> tuple[ast.FunctionDef, ast.Lambda | None]:
        node = call.argument("f", 0)
        passed = node if isinstance(node, ast.Lambda) else None
        if passed is not None:
            body = passed.body
            if not isinstance(body, ast.Call) or len(passed.args.args) != 1 or passed.args.vararg:
                raise NotCarried("the lambda of the barrier stage does more than call the train function")
            node = body.func
        function = functions(call.module).get(node.id) if isinstance(node, ast.Name) else None
        own = isinstance(node, ast.Name) and call.resolve(node) == f"{call.module.name}.{node.id}"
        if function is None or not own:
            raise NotCarried("the train function is not defined in the job's own file")
        return function, passed

    def _loop(
        self, call: Call, function: ast.FunctionDef, passed: ast.Lambda | None, edits: TrainEdits
    ) -> tuple[str, tuple[str, ...]]:
        rows = f'shard_rows("{_SHARD}")'
        if passed is None:
            return f"{function.name}({rows})", ()
        assert isinstance(passed.body, ast.Call)
        parameter, arguments = passed.args.args[0].arg, passed.body.args
        if passed.body.keywords or len(arguments) != len(function.args.args):
            raise NotCarried(f"{function.name} is not called with all its parameters by position")
        if any(isinstance(argument, ast.Starred) for argument in arguments) or any(
            _mentions(a, parameter) and not isinstance(a, ast.Name) for a in arguments
        ):
            raise NotCarried(f"{function.name} is not called with the rows as they are and all else by position")
        kept = [a for i, a in enumerate(arguments) if i not in edits.dropped_parameters]
        gone = [a for i, a in enumerate(arguments) if i in edits.dropped_parameters]
        texts = [rows if isinstance(a, ast.Name) and a.id == parameter else call.text(a) for a in kept]
        forgets = {node.id for a in gone for node in ast.walk(a) if isinstance(node, ast.Name)}
        return f"{function.name}({', '.join(texts)})", tuple(sorted(forgets))


def _together(one: Stage, other: Stage) -> bool:
    """Whether two stages are links of one chain: ``edits`` that span both must not eat what stands between."""
    return one.statement == other.statement and one.chain.path == other.chain.path


def _mentions(node: ast.expr, name: str) -> bool:
    return any(isinstance(inner, ast.Name) and inner.id == name for inner in ast.walk(node))
