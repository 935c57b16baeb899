"""PyTorch's launcher, which runs a train function or a script on Spark's executors or driver."""

from __future__ import annotations

import ast
import posixpath

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Difference, Emission, Mapping, NotCarried
from migrate.translate.foreign import foreign_imports
from migrate.translate.launchers import PARITY, constructor, keywords_of, launched, launcher_of, option, passed
from migrate.translate.trainers import barrier_retries, free_name, own_function, trainer

_JOB = "from pyspark.ml.torch.distributor import TorchDistributor\n\n"


class TorchDistributorRun(Mapping):
    """
    ## Matches
    ``TorchDistributor(num_processes=n, local_mode=..., use_gpu=...).run(train, value, key=value)`` with a train
    function of the job's own file, and ``.run("train.py", value)`` with a script.

    ## Semantics
    ``TorchTrainer`` with ``n`` workers and the same environment variables. It sets up the process group, so the calls
    in a function that set it up and tear it down go; all else in it stays. What rank 0 returned comes back. A script
    needs no Spark, so it stays as it is: each worker runs it in a process of its own, from the job's folder, with its
    arguments and with the environment that ``torchrun`` would give it. On executors Spark runs a barrier stage, which
    is tried four times when a worker dies or fails; so is this.

    ## Not covered
    Arguments that are computed in the call. A script has to lie on every machine, as for Spark's executors.
    """

    code = "SR705"
    symbols = ("TorchDistributor.run",)
    kind = Kind.TRAIN
    cost = Cost.PYTHON
    ray = ">=2.60,<3"
    differences = (
        Difference("place", "local mode trains on the driver's machine; Ray puts the workers where there is room"),
        Difference(
            "LOCAL_RANK",
            "on executors it is 0 in every process, each of which sees its own GPU alone; Ray's workers of one machine "
            "see all of its GPUs and count from 0",
        ),
        Difference("output", "what a script prints comes from Ray's workers, with their names in front of the lines"),
    )
    cases = (
        Case(
            "a function",
            f"{_JOB}out = TorchDistributor(num_processes=2, local_mode=True, use_gpu=False).run(train, 0.1)",
            "out = cloudpickle.loads(trainer.fit().return_value)",
            elsewhere=PARITY,
        ),
        Case(
            "a script",
            f"{_JOB}TorchDistributor(num_processes=2, local_mode=True, use_gpu=False).run('train.py', '--rate=0.1')",
            "trainer.fit()",
            elsewhere=PARITY,
        ),
        Case(
            "what a variable holds",
            f"{_JOB}for work in ['first.py', 'second.py']:\n    TorchDistributor(2, True, False).run(work)",
            None,
        ),
    )

    def emit(self, call: Call) -> Emission:
        made = constructor(call, "TorchDistributor")
        workers, local, use_gpu = (
            option(made, name, place) for place, name in enumerate(("num_processes", "local_mode", "use_gpu"))
        )
        given, keywords = call.node().args, keywords_of(call)
        work = given[0] if given else keywords.pop("train_object", None)
        number = call.text(workers) if workers is not None else "1"
        gpus = call.text(use_gpu) if use_gpu is not None else "True"
        barrier = isinstance(local, ast.Constant) and local.value is False
        script = _script(call, work)
        if work is not None and script is not None:
            if keywords:
                raise NotCarried("TorchDistributor passes a script no arguments by name")
            return _scripted(call, passed(call, [work, *given[1:]], []), number, gpus, barrier=barrier)
        function = own_function(call, work)
        arguments = passed(call, given[1:], list(keywords.items()))
        return launched(call, function, f"{function.name}({arguments})", number, gpus, barrier=barrier)


def _script(call: Call, work: ast.expr | None) -> str | None:
    """The path of the script that is run, None for anything but a literal or a name that is bound to one.

    NotCarried where it is the job's own and imports what only works beside Spark.
    """
    value = call.bound(work.id) if isinstance(work, ast.Name) else work
    if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        return None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(call.module.path), value.value))
    found = call.project.module(path)
    for line, package in foreign_imports(found.tree) if found is not None else ():
        raise NotCarried(f"the script {value.value} imports {package} (line {line}), which Ray's workers do not have")
    return value.value


def _scripted(call: Call, arguments: str, workers: str, use_gpu: str, *, barrier: bool) -> Emission:
    """The emission that runs a script, whose path is the first of the ``arguments``, on that many workers."""
    folder = free_name(call, "folder", "job_folder", "working_folder")
    retries = barrier_retries(call.module, resumes=False) if barrier else None
    alone = any(isinstance(node, ast.Expr) and node.value is call.node() for node in ast.walk(call.module.tree))
    work = f"run_script({folder}, {arguments})"
    made = trainer(call, work, workers, use_gpu, retries=retries, returns=not alone)
    return Emission(
        made.result,
        helpers=("run_script", "cpus_per_worker"),
        imports=made.imports,
        before=f"{folder} = os.getcwd()\n{made.before}",
        span=call.span(call.node()),
        removals=tuple(call.span(statement) for statement in launcher_of(call)),
    )
