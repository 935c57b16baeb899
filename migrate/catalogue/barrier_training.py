"""Horovod training inside a Spark barrier stage."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass, replace

from migrate.ir import Cost, Kind, Span, Stage
from migrate.mapping import Call, Case, Difference, Emission, Mapping, NotCarried
from migrate.translate.horovod import TrainEdits, rewrite_train_function
from migrate.translate.rendezvous import rendezvous_of
from migrate.translate.trainers import (
    HELPERS,
    SHARD,
    barrier_retries,
    gpus_of,
    own_function,
    refuse_other_callers,
    trainer,
)


@dataclass(frozen=True)
class _Feed:
    """Where the rows come from: the dataset's source text, how many workers, who gets which row.

    The trainer replaces the text from ``start`` on; ``apart`` is the statement of the repartition, if that has its own.
    """

    dataset: str
    start: Span
    workers: str
    keys: tuple[str, ...]
    order: tuple[str, ...]
    claims: tuple[str, ...]
    apart: ast.Assign | None = None


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
    lambda calls with the rows, trains with ``horovod.torch`` or ``torch.distributed``; with or without
    ``sortWithinPartitions`` after the repartition, which may stand in a statement of its own.

    ## Semantics
    ``TorchTrainer`` starts the workers and lets them find each other, so code that only arranged the rendezvous falls
    away: addresses and ports from ``BarrierTaskContext``, the environment, ``init_process_group``. The train function
    is edited in place, with the functions of the file that it uses: network, loss and loop stay, and Horovod's
    operations become functions of the same names over ``torch.distributed``. Its optimizer stays one that reduces
    gradients (average or sum, compressed or not, over several passes, clipped in between), because
    DistributedDataParallel would change the network and fail on parameters without gradients. Workers with fewer
    batches than others join as before. Rows stream from preprocessing into each worker. Rows given to workers by a key
    go to the same workers in the same order as on Spark. What rank 0 saved is also reported as checkpoint, by every
    rank, since a report on one rank alone waits for ever. When a worker dies or fails, training starts anew as often as
    Spark tries a barrier stage, which is four times. A function that loads what it saved goes on from there: the file
    of the last checkpoint is put where it was saved before the function looks for it, also on another machine.

    ## Not covered
    Adasum, process sets, elastic runs, ``SyncBatchNorm``, sparse gradients, a function outside the job's file.
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
        Difference(
            "order of operations",
            "Horovod matches operations by name, torch.distributed by order: every rank has to call them in one order",
        ),
    )
    cases = (
        Case(
            "a function of the rows",
            'out = df.repartition(2, "s").rdd.barrier().mapPartitions(train).collect()',
            "out = cloudpickle.loads(trainer.fit().return_value)",
            elsewhere="the sample's parity: its rendezvous takes more than a few lines",
        ),
        Case("workers not stated", "out = df.rdd.barrier().mapPartitions(train).collect()", None),
    )

    def emit(self, call: Call) -> Emission:
        collect = self._collect(call)
        feed = self._feed(call)
        function, passed = self._function(call)
        refuse_other_callers(call, function)
        edits = rewrite_train_function(
            call.module, call.project, function, rendezvous_of(function, call.module, call.project)
        )
        loop, forgets = self._loop(call, function, passed, edits)
        use_gpu = gpus_of(call, function, feed.workers)
        work = f"collected({loop})"
        retries = barrier_retries(call.module, resumes=edits.resumes)
        made = trainer(call, work, feed.workers, use_gpu, feed.dataset, _shards(feed), retries, reports=edits.reports)
        end = collect.chain
        return Emission(
            made.result,
            helpers=(
                *HELPERS,
                "hash_shards" if feed.keys else "uneven_shards",
                "shard_rows",
                *sorted(edits.helpers),
            ),
            imports=(*made.imports, *sorted(edits.imports)),
            edits=tuple(edits.edits),
            before=made.before,
            claims=(*feed.claims, collect.id),
            span=replace(feed.start, end_line=end.end_line, end_column=end.end_column),
            forgets=forgets,
            removals=tuple(call.span(one) for one in [*edits.removed, *([feed.apart] if feed.apart else [])]),
            notes=tuple(edits.notes),
        )

    def _collect(self, call: Call) -> Stage:
        consumers = call.consumers()
        if len(consumers) != 1 or consumers[0].symbol != "RDD.collect" or not _together(call.stage, consumers[0]):
            raise NotCarried("the results of the barrier stage are not simply collected where it stands")
        return consumers[0]

    def _feed(self, call: Call) -> _Feed:
        claims: list[str] = []
        order: tuple[str, ...] = ()
        here, apart = call, None
        while here.stage.inputs:
            behind, here = here, here.neighbour(here.stage.inputs[0])
            if here.stage.id in claims or len(here.consumers()) != 1:
                break
            if not _together(behind.stage, here.stage):
                apart = _made_apart(call, here.stage) if behind is call else None
                if apart is None:
                    break
            claims.append(here.stage.id)
            if here.stage.symbol == "DataFrame.sortWithinPartitions" and not order:
                order = self._names(here, 0)
                continue
            if here.stage.symbol == "DataFrame.repartition":
                feed = self._repartitioned(here, order, tuple(claims))
                return feed if apart is None else self._brought(call, feed, apart)
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

    def _brought(self, call: Call, feed: _Feed, apart: ast.Assign) -> _Feed:
        """The feed of a repartition in another statement, brought to where the barrier is."""
        receiver = call.receiver()
        if receiver is None or not feed.dataset.isidentifier():
            raise NotCarried(
                "what is repartitioned in front of the barrier has no name; give it one in a statement of its own"
            )
        return replace(feed, start=call.span(receiver), apart=apart)

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
        return own_function(call, node), passed

    def _loop(
        self, call: Call, function: ast.FunctionDef, passed: ast.Lambda | None, edits: TrainEdits
    ) -> tuple[str, tuple[str, ...]]:
        rows = f'shard_rows("{SHARD}")'
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


def _made_apart(call: Call, stage: Stage) -> ast.Assign | None:
    """The assignment that a stage ends, if the barrier of the call alone goes on with it, and could as well make it.

    It stands in front of the barrier's statement, in the same block, and nothing in between changes what it reads.
    """
    receiver = call.receiver()
    blocks = (block for node in ast.walk(call.module.tree) for _, block in ast.iter_fields(node))
    for block in blocks:
        spans = [call.span(one) for one in block if isinstance(one, ast.stmt)] if isinstance(block, list) else []
        if stage.statement in spans and call.stage.statement in spans:
            first, last = spans.index(stage.statement), spans.index(call.stage.statement)
            made = block[first]
            if not isinstance(made, ast.Assign) or not isinstance(receiver, ast.Name) or first > last:
                return None
            reads = {node.id for node in ast.walk(made.value) if isinstance(node, ast.Name)}
            between = [node for one in block[first + 1 : last] for node in ast.walk(one) if isinstance(node, ast.Name)]
            changed = any(node.id in reads and not isinstance(node.ctx, ast.Load) for node in between)
            uses = [
                node for node in ast.walk(call.module.tree) if isinstance(node, ast.Name) and node.id == receiver.id
            ]
            return made if len(uses) == 2 and stage.result == receiver.id and not changed else None
    return None


def _mentions(node: ast.expr, name: str) -> bool:
    return any(isinstance(inner, ast.Name) and inner.id == name for inner in ast.walk(node))
