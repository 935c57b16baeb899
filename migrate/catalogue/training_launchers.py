"""Horovod's launchers, which run a train function on Spark's executors or driver."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Difference, Emission, Mapping, NotCarried
from migrate.translate.launchers import PARITY, constructor, keywords_of, launched, option, passed
from migrate.translate.settings import parallelism, task_attempts
from migrate.translate.trainers import Retries, own_function

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


def _as_many(call: Call, stated: ast.expr | None) -> str:
    """The number of workers, by default that of Spark's cores."""
    if stated is not None and not (isinstance(stated, ast.Constant) and stated.value is None):
        return call.text(stated)
    cores = parallelism(call.module)
    if cores is None:
        raise NotCarried(f"{call.stage.symbol} without num_proc takes as many workers as Spark has cores")
    return str(cores)


def _given(call: Call, names: tuple[str, ...], known: set[str]) -> dict[str, ast.expr]:
    """The arguments by name; NotCarried for one that is neither ``known`` nor without effect on the result."""
    given = dict(zip(names, call.node().args, strict=False)) | keywords_of(call)
    unknown = set(given) - known - _WITHOUT_EFFECT
    if unknown or len(call.node().args) > len(names):
        raise NotCarried(f"{call.stage.symbol} with {', '.join(sorted(unknown)) or 'so many arguments'}")
    return given


def _spark_run(call: Call, given: dict[str, ast.expr], retries: Retries | None = None) -> Emission:
    """The emission of one of Horovod's calls that run a function on Spark and give the results of all ranks."""
    function = own_function(call, given.get("fn"))
    workers = _as_many(call, given.get("num_proc"))
    arguments = passed(call, _items(call, given.get("args")), _pairs(call, given.get("kwargs")))
    return launched(call, function, f"collected([{function.name}({arguments})])", workers, retries=retries)


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
            elsewhere=PARITY,
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
            elsewhere=PARITY,
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
            elsewhere=PARITY,
        ),
        Case("all slots", "from sparkdl import HorovodRunner\n\nout = HorovodRunner(np=0).run(train)", None),
    )

    def emit(self, call: Call) -> Emission:
        workers = option(constructor(call, "HorovodRunner"), "np", 0)
        try:
            number = ast.literal_eval(workers) if workers is not None else 0
        except ValueError:
            number = None
        if workers is None or number == 0:
            raise NotCarried("HorovodRunner with np=0 takes as many workers as the cluster has slots")
        text = f"abs({call.text(workers)})" if number is None else str(abs(number))
        keywords = keywords_of(call)
        positional = call.node().args
        function = own_function(call, positional[0] if positional else keywords.pop("main", None))
        if len(positional) > 1:
            raise NotCarried("HorovodRunner.run takes the function's arguments by name alone")
        return launched(call, function, f"{function.name}({passed(call, [], list(keywords.items()))})", text, None)
