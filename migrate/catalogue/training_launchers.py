"""Launchers that run a train function on Spark's executors or driver: Horovod's and PyTorch's."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Difference, Emission, Mapping, NotCarried
from migrate.translate.horovod import rewrite_train_function
from migrate.translate.rendezvous import Rendezvous
from migrate.translate.settings import parallelism, task_attempts
from migrate.translate.trainers import (
    HELPERS,
    Retries,
    barrier_retries,
    gpus_of,
    own_function,
    refuse_other_callers,
    trainer,
)

_PARITY = "tests/training: real Horovod and TorchDistributor against Ray Train, weight for weight"
_WITHOUT_EFFECT = {
    *(
        "start_timeout",
        "elastic_timeout",
        "stdout",
        "stderr",
        "verbose",
        "nics",
        "use_mpi",
        "use_gloo",
        "prefix_output_with_timestamp",
    ),
}
_WORK = ("fn", "args", "kwargs", "num_proc")
_OUTPUT = ("start_timeout", "env", "stdout", "stderr", "verbose", "nics")
_PLAIN = (ast.Constant, ast.Name, ast.Attribute, ast.Tuple, ast.List, ast.Dict, ast.Load)


def _launched(
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
        removals=tuple(call.span(statement) for statement in [*edits.removed, *_launcher(call)]),
        notes=tuple(edits.notes),
    )


def _launcher(call: Call) -> list[ast.stmt]:
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


def _passed(call: Call, nodes: list[ast.expr], keywords: list[tuple[str, ast.expr]]) -> str:
    """Arguments as text. They are read on the workers, so they must not do work or depend on where they are read."""
    for node in [*nodes, *(value for _, value in keywords)]:
        if not all(isinstance(inner, _PLAIN) for inner in ast.walk(node)):
            raise NotCarried(f"the argument {call.text(node)} of the train function is computed; give it a name first")
    return ", ".join([*map(call.text, nodes), *(f"{name}={call.text(value)}" for name, value in keywords)])


def _keywords(call: Call) -> dict[str, ast.expr]:
    return {keyword.arg: keyword.value for keyword in call.node().keywords if keyword.arg is not None}


def _as_many(call: Call, stated: ast.expr | None) -> str:
    """The number of workers, by default that of Spark's cores."""
    if stated is not None and not (isinstance(stated, ast.Constant) and stated.value is None):
        return call.text(stated)
    cores = parallelism(call.module)
    if cores is None:
        raise NotCarried(f"{call.stage.symbol} without num_proc takes as many workers as Spark has cores")
    return str(cores)


def _constructor(call: Call, name: str) -> ast.Call:
    """The call that made what the stage is called on; NotCarried where it cannot be read."""
    function = call.node().func
    made = function.value if isinstance(function, ast.Attribute) else None
    made = call.bound(made.id) if isinstance(made, ast.Name) else made
    if not isinstance(made, ast.Call) or any(keyword.arg is None for keyword in made.keywords):
        raise NotCarried(f"how the {name} was made cannot be read")
    return made


def _option(made: ast.Call, name: str, position: int) -> ast.expr | None:
    named = next((keyword.value for keyword in made.keywords if keyword.arg == name), None)
    return made.args[position] if named is None and position < len(made.args) else named


def _given(call: Call, names: tuple[str, ...], known: set[str]) -> dict[str, ast.expr]:
    """The arguments by name; NotCarried for one that is neither ``known`` nor without effect on the result."""
    given = dict(zip(names, call.node().args, strict=False)) | _keywords(call)
    unknown = set(given) - known - _WITHOUT_EFFECT
    if unknown or len(call.node().args) > len(names):
        raise NotCarried(f"{call.stage.symbol} with {', '.join(sorted(unknown)) or 'so many arguments'}")
    return given


def _spark_run(call: Call, given: dict[str, ast.expr], retries: Retries | None = None) -> Emission:
    """The emission of one of Horovod's calls that run a function on Spark and give the results of all ranks."""
    function = own_function(call, given.get("fn"))
    workers = _as_many(call, given.get("num_proc"))
    arguments = _passed(call, _items(call, given.get("args")), _pairs(call, given.get("kwargs")))
    return _launched(call, function, f"collected([{function.name}({arguments})])", workers, retries=retries)


def _items(call: Call, node: ast.expr | None) -> list[ast.expr]:
    if node is None:
        return []
    if not isinstance(node, ast.Tuple | ast.List) or any(isinstance(item, ast.Starred) for item in node.elts):
        raise NotCarried(f"the args of {call.stage.symbol} are not written out")
    return node.elts


def _pairs(call: Call, node: ast.expr | None) -> list[tuple[str, ast.expr]]:
    if node is None or (isinstance(node, ast.Constant) and node.value is None):
        return []
    pairs = list(zip(node.keys, node.values, strict=True)) if isinstance(node, ast.Dict) else [(None, node)]
    named = [(k.value, v) for k, v in pairs if isinstance(k, ast.Constant) and isinstance(k.value, str)]
    if len(named) != len(pairs):
        raise NotCarried(f"the kwargs of {call.stage.symbol} are not written out")
    return named


class HorovodSparkRun(Mapping):
    """
    ## Matches
    ``horovod.spark.run(train, args=(...), kwargs={...}, num_proc=n)`` with a train function of the job's own file.

    ## Semantics
    ``TorchTrainer`` with ``n`` workers, without ``num_proc`` as many as the job's settings say that Spark has cores:
    ``spark.default.parallelism``, a local master's, or those of a fixed number of executors. The function is edited in
    place as for a barrier stage (SR701); the results of all ranks come back as a list.

    ## Not covered
    Cores that no setting states, an environment, arguments that are computed in the call.
    """

    code = "SR702"
    symbols = ("horovod.spark.run", "horovod.spark.runner.run")
    kind = Kind.TRAIN
    cost = Cost.PYTHON
    ray = ">=2.60,<3"
    cases = (
        Case(
            "all ranks' results",
            "import horovod.spark\n\nout = horovod.spark.run(train, args=(1, path), num_proc=2)",
            "out = cloudpickle.loads(trainer.fit().return_value)",
            elsewhere=_PARITY,
        ),
        Case("as many as there are cores", "import horovod.spark\n\nout = horovod.spark.run(train)", None),
    )

    def emit(self, call: Call) -> Emission:
        given = _given(call, (*_WORK, *_OUTPUT), set(_WORK))
        return _spark_run(call, given)


class HorovodSparkRunElastic(Mapping):
    """
    ## Matches
    ``horovod.spark.run_elastic(train, args=(...), kwargs={...}, num_proc=n, reset_limit=m)`` with a train function of
    the job's own file that keeps its state in ``hvd.elastic.TorchState``.

    ## Semantics
    ``TorchTrainer`` with ``n`` workers, as for ``horovod.spark.run``. ``hvd.elastic.run`` and ``TorchState`` keep
    their names and their meaning: a commit is a checkpoint that every rank reports, and when a worker dies all start
    again at the last one. That is done ``reset_limit`` times, without a limit as often as Spark tries a task
    (``spark.task.maxFailures``, four times). Reset callbacks are called after a restart, as Horovod does.

    ## Not covered
    ``hvd.elastic.ElasticSampler``, a state's ``save``, ``restore`` and ``sync`` by themselves, an environment.
    """

    code = "SR702"
    symbols = ("horovod.spark.run_elastic", "horovod.spark.runner.run_elastic")
    kind = Kind.TRAIN
    cost = Cost.PYTHON
    ray = ">=2.60,<3"
    differences = (
        Difference(
            "number of workers",
            "it stays at num_proc, where Horovod goes on with any number from min_num_proc to max_num_proc",
        ),
        Difference("cost of a commit", "a commit writes a checkpoint to storage, where Horovod copies in memory"),
    )
    cases = (
        Case(
            "all ranks' results",
            "import horovod.spark\n\nout = horovod.spark.run_elastic(train, args=(1,), num_proc=2, reset_limit=3)",
            "out = cloudpickle.loads(trainer.fit().return_value)",
            elsewhere=_PARITY,
        ),
        Case("as many as there are cores", "import horovod.spark\n\nout = horovod.spark.run_elastic(train)", None),
    )

    def emit(self, call: Call) -> Emission:
        names = (*_WORK, "min_num_proc", "max_num_proc", "start_timeout", "elastic_timeout", "reset_limit")
        given = _given(call, (*names, *_OUTPUT[1:]), {*names, "min_np", "max_np"})
        limit = given.get("reset_limit")
        if limit is None or (isinstance(limit, ast.Constant) and limit.value is None):
            attempts = task_attempts(call.module)
            retries = Retries(str(attempts - 1), f"From the last commit, as Spark tries a task {attempts} times.")
        else:
            retries = Retries(call.text(limit), "From the last commit, as often as Horovod was to do so.")
        return _spark_run(call, given, retries)


class HorovodRunnerRun(Mapping):
    """
    ## Matches
    ``HorovodRunner(np=n).run(train, key=value)`` with a train function of the job's own file.

    ## Semantics
    ``TorchTrainer`` with ``n`` workers, as for SR702; ``np=-n`` is ``n`` workers too. What rank 0 returned comes back.

    ## Not covered
    ``np=0`` (all task slots of the cluster), arguments that are computed in the call.
    """

    code = "SR704"
    symbols = ("HorovodRunner.run",)
    kind = Kind.TRAIN
    cost = Cost.PYTHON
    ray = ">=2.60,<3"
    differences = (
        Difference("place", "a negative np trains on the driver's machine; Ray puts the workers where there is room"),
    )
    cases = (
        Case(
            "two workers",
            "from sparkdl import HorovodRunner\n\nout = HorovodRunner(np=2).run(train, rate=0.1)",
            "out = cloudpickle.loads(trainer.fit().return_value)",
            elsewhere=_PARITY,
        ),
        Case("all slots", "from sparkdl import HorovodRunner\n\nout = HorovodRunner(np=0).run(train)", None),
    )

    def emit(self, call: Call) -> Emission:
        workers = _option(_constructor(call, "HorovodRunner"), "np", 0)
        try:
            number = ast.literal_eval(workers) if workers is not None else 0
        except ValueError:
            number = None
        if workers is None or number == 0:
            raise NotCarried("HorovodRunner with np=0 takes as many workers as the cluster has slots")
        text = f"abs({call.text(workers)})" if number is None else str(abs(number))
        keywords = _keywords(call)
        positional = call.node().args
        function = own_function(call, positional[0] if positional else keywords.pop("main", None))
        if len(positional) > 1:
            raise NotCarried("HorovodRunner.run takes the function's arguments by name alone")
        return _launched(call, function, f"{function.name}({_passed(call, [], list(keywords.items()))})", text, None)


class TorchDistributorRun(Mapping):
    """
    ## Matches
    ``TorchDistributor(num_processes=n, local_mode=..., use_gpu=...).run(train, value, key=value)`` with a train
    function of the job's own file.

    ## Semantics
    ``TorchTrainer`` with ``n`` workers and the same environment variables. It sets up the process group, so the calls
    that set it up and tear it down go; all else in the function stays. What rank 0 returned comes back. On executors
    Spark runs a barrier stage, which is tried four times when a worker dies or fails; so is this.

    ## Not covered
    A script instead of a function, arguments that are computed in the call.
    """

    code = "SR705"
    symbols = ("TorchDistributor.run",)
    kind = Kind.TRAIN
    cost = Cost.PYTHON
    ray = ">=2.60,<3"
    differences = (
        Difference("place", "local mode trains on the driver's machine; Ray puts the workers where there is room"),
    )
    cases = (
        Case(
            "a function",
            "from pyspark.ml.torch.distributor import TorchDistributor\n\n"
            "out = TorchDistributor(num_processes=2, local_mode=True, use_gpu=False).run(train, 0.1)",
            "out = cloudpickle.loads(trainer.fit().return_value)",
            elsewhere=_PARITY,
        ),
        Case(
            "a script",
            "from pyspark.ml.torch.distributor import TorchDistributor\n\n"
            "TorchDistributor(num_processes=2, local_mode=True, use_gpu=False).run('train.py', '--rate=0.1')",
            None,
        ),
    )

    def emit(self, call: Call) -> Emission:
        made = _constructor(call, "TorchDistributor")
        workers, local, use_gpu = (
            _option(made, name, place) for place, name in enumerate(("num_processes", "local_mode", "use_gpu"))
        )
        passed, keywords = call.node().args, _keywords(call)
        work = passed[0] if passed else keywords.pop("train_object", None)
        if isinstance(work, ast.Constant):
            raise NotCarried("TorchDistributor runs a script; only a function of the job's own file is rewritten")
        function = own_function(call, work)
        arguments = _passed(call, passed[1:], list(keywords.items()))
        return _launched(
            call,
            function,
            f"{function.name}({arguments})",
            call.text(workers) if workers is not None else "1",
            call.text(use_gpu) if use_gpu is not None else "True",
            barrier=isinstance(local, ast.Constant) and local.value is False,
        )
