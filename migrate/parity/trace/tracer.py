"""Notes what Spark, Ray and Horovod do in a step's main process, as JSON lines: what, when, and from which line.

It runs inside the user's job, on the user's interpreter, by an import hook: standard library only. Whatever fails in
here is counted in the trace, and the job runs on as if nothing were there.
"""

from __future__ import annotations

import atexit
import fnmatch
import functools
import inspect
import json
import os
import site
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

READY, READ, WRITE, ACTION, ITERATE, FIT, TRAIN = "ready", "read", "write", "action", "iterate", "fit", "train"

_FRAME = {
    ACTION: "collect count take head first tail show toPandas toArrow foreach foreachPartition isEmpty checkpoint",
    ITERATE: "toLocalIterator",
}
_WRITER = {WRITE: "save csv json orc parquet text jdbc insertInto saveAsTable"}
_WRITER_V2 = {WRITE: "create replace createOrReplace append overwrite overwritePartitions"}
_READER = {READ: "load csv json orc parquet text jdbc table"}
_RDD = {
    ACTION: "collect collectAsMap count countByKey countByValue take first top takeOrdered takeSample "
    "reduce treeReduce fold aggregate treeAggregate foreach foreachPartition max min sum mean variance stdev "
    "stats histogram isEmpty zipWithIndex lookup",
    WRITE: "saveAs*",
    ITERATE: "toLocalIterator",
}
_DATASET = {
    ACTION: "materialize count sum min max mean std aggregate unique take* show schema to_* split* train_test_split",
    WRITE: "write_*",
    ITERATE: "iter_*",
}
# Module -> class ("" for the module's own functions) -> role -> names or patterns of what is noted.
TARGETS: dict[str, dict[str, dict[str, str]]] = {
    "pyspark.sql.session": {"SparkSession.Builder": {READY: "getOrCreate"}},
    "pyspark.sql.connect.session": {"SparkSession.Builder": {READY: "getOrCreate"}},
    "pyspark.context": {"SparkContext": {READY: "__init__"}},
    "pyspark.core.context": {"SparkContext": {READY: "__init__"}},
    "pyspark.sql.dataframe": {"DataFrame": _FRAME},
    "pyspark.sql.classic.dataframe": {"DataFrame": _FRAME},
    "pyspark.sql.connect.dataframe": {"DataFrame": _FRAME},
    "pyspark.sql.readwriter": {"DataFrameReader": _READER, "DataFrameWriter": _WRITER, "DataFrameWriterV2": _WRITER_V2},
    "pyspark.sql.connect.readwriter": {
        "DataFrameReader": _READER,
        "DataFrameWriter": _WRITER,
        "DataFrameWriterV2": _WRITER_V2,
    },
    "pyspark.sql.streaming.query": {"StreamingQuery": {ACTION: "awaitTermination processAllAvailable"}},
    "pyspark.rdd": {"RDD": _RDD},
    "pyspark.core.rdd": {"RDD": _RDD},
    "pyspark.ml.base": {"Estimator": {FIT: "fit"}},
    "pyspark.ml.torch.distributor": {"TorchDistributor": {TRAIN: "run"}},
    "horovod.spark.runner": {"": {TRAIN: "run run_elastic"}},
    "ray._private.worker": {"": {READY: "init", ACTION: "get wait"}},
    "ray.data.read_api": {"": {READ: "read_* from_* range*"}},
    "ray.data.dataset": {"Dataset": _DATASET},
    "ray.data.preprocessor": {"Preprocessor": {FIT: "fit fit_transform"}},
    "ray.train.base_trainer": {"BaseTrainer": {TRAIN: "fit"}},
    "ray.train.v2.api.data_parallel_trainer": {"DataParallelTrainer": {TRAIN: "fit"}},
    "ray.tune.tuner": {"Tuner": {TRAIN: "fit"}},
}
_MOST_SPANS = 50_000


class Recorder:
    """Writes the trace file. Only the outermost call of each thread is a span; what it calls in turn is not."""

    def __init__(self, target: str) -> None:
        self._file = os.open(target, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self._pid = os.getpid()
        self._thread = threading.local()
        self._spans = 0
        self._dropped = 0
        self._libraries = tuple(_library_folders())
        self.write({"type": "process", "pid": self._pid, "at": _process_start(), "python": sys.version.split()[0]})
        atexit.register(guarded, "close", self.close)

    def add_library(self, folder: str) -> None:
        self._libraries = (*self._libraries, folder.rstrip(os.sep) + os.sep)

    def is_users_call(self) -> bool:
        """Whether the user's code made the call, in this very process, and not from inside a span."""
        return os.getpid() == self._pid and not getattr(self._thread, "depth", 0) and bool(self._user_frames())

    def begin(self, role: str, name: str, subject: object) -> int | None:
        """Open a span; None for a call that is not one."""
        if os.getpid() != self._pid or (role != READY and not self.is_users_call()):
            return None
        stack = self._user_frames()
        if self._spans >= _MOST_SPANS:
            self._dropped += 1
            return None
        self._spans += 1
        number = self._spans
        record: dict[str, Any] = {"type": "begin", "id": number, "role": role, "name": name, "stack": stack}
        record["owner"] = type(subject).__module__ if subject is not None else ""
        if role == ACTION and guarded("barrier", _is_barrier, subject):
            record["role"] = TRAIN
        self.write({**record, "at": time.monotonic(), "epoch": time.time()})
        if role != ITERATE:
            self._thread.depth = getattr(self._thread, "depth", 0) + 1
        return number

    def end(self, number: int, role: str) -> None:
        if role != ITERATE:
            self._thread.depth -= 1
        self.write({"type": "end", "id": number, "at": time.monotonic()})

    def error(self, where: str, error: Exception) -> None:
        self.write({"type": "error", "where": where, "message": repr(error)})

    def close(self) -> None:
        if os.getpid() == self._pid:
            self.write({"type": "closed", "at": time.monotonic(), "dropped": self._dropped})

    def write(self, record: dict[str, Any]) -> None:
        os.write(self._file, json.dumps(record).encode() + b"\n")

    def _user_frames(self) -> list[list[Any]]:
        """The user's frames, innermost first: file, line, and whether it is the script that was started."""
        frames: list[list[Any]] = []
        frame = inspect.currentframe()
        while frame is not None and len(frames) < 12:
            name = frame.f_code.co_filename
            if not name.startswith(self._libraries):
                frames.append([name, frame.f_lineno, frame.f_globals.get("__name__") == "__main__"])
            frame = frame.f_back
        return frames


class Iteration:
    """An engine's iterable, unchanged but for a span from its first item to its last."""

    def __init__(self, inner: Any, name: str, subject: object) -> None:
        self._inner, self._name, self._subject = inner, name, subject
        self._iterator: Iterator[Any] | None = None

    def __iter__(self) -> Iterator[Any]:
        number = guarded("begin", _recorder().begin, ITERATE, self._name, self._subject)
        try:
            yield from self._inner
        finally:
            if number is not None:
                guarded("end", _recorder().end, number, ITERATE)

    def __next__(self) -> Any:
        if self._iterator is None:
            self._iterator = iter(self)
        return next(self._iterator)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class Finder:
    """The import hook: lets the usual finders find, and patches the modules of the table once they have run."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name not in TARGETS:
            return None
        for finder in sys.meta_path:
            known = finder is not self and hasattr(finder, "find_spec")
            found = finder.find_spec(name, path, target) if known else None
            if found is not None:
                if hasattr(found.loader, "exec_module"):
                    found.loader = cast("Any", Loader(found.loader))
                return found
        return None


class Loader:
    """A module's own loader, followed by the patch; it takes itself out again, so that the module keeps its own."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def create_module(self, spec: Any) -> Any:
        return self._inner.create_module(spec)

    def exec_module(self, module: Any) -> None:
        module.__spec__.loader = module.__loader__ = self._inner
        self._inner.exec_module(module)
        guarded("patch " + module.__name__, patch, module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def guarded(where: str, function: Callable[..., Any], *args: Any) -> Any:
    """Call a part of the tracer; None where it fails."""
    try:
        return function(*args)
    except Exception as error:  # noqa: BLE001 - a tracer that fails must never take the user's job with it
        try:
            _recorder().error(where, error)
        except Exception:  # noqa: BLE001 - the disk may be full: then there is no trace, and still a job
            return None
        return None


def install(target: str) -> None:
    """Start to note into the file ``target``."""
    global _RECORDER
    _RECORDER = Recorder(target)
    sys.meta_path.insert(0, Finder())
    for name in TARGETS:
        if name in sys.modules:
            guarded("patch " + name, patch, sys.modules[name])


def patch(module: Any) -> None:
    """Wrap what the table names in a module that has just been imported."""
    package = sys.modules[module.__name__.partition(".")[0]]
    _recorder().add_library(next(iter(package.__path__)))
    for class_name, roles in TARGETS[module.__name__].items():
        owner = module
        for part in filter(None, class_name.split(".")):
            owner = getattr(owner, part, None)
        if owner is None:
            continue
        for role, patterns in roles.items():
            for name in _matching(owner, patterns.split()):
                _wrap(owner, name, role, class_name)


def _wrap(owner: Any, name: str, role: str, class_name: str) -> None:
    function = inspect.getattr_static(owner, name)
    borrowed = inspect.ismodule(owner) and getattr(function, "__module__", None) != owner.__name__
    if borrowed or not inspect.isfunction(function) or hasattr(function, "migrate_traced"):
        return
    # `ray.data.read_api` is called `ray.data` by those who use it.
    holder = class_name or function.__module__.rpartition(".")[0].replace("._private", "")

    @functools.wraps(function)
    def traced(*args: Any, **kwargs: Any) -> Any:
        subject = args[0] if class_name and args else None
        if role == ITERATE:
            inner = function(*args, **kwargs)
            wanted = guarded("iterate", _recorder().is_users_call)
            return Iteration(inner, f"{holder}.{name}", subject) if wanted else inner
        # A trainer or an estimator is known by its own name, not by that of the class it inherits `fit` from.
        own = type(subject).__name__ if subject is not None and role in {FIT, TRAIN} else holder
        number = guarded("begin", _recorder().begin, role, f"{own}.{name}", subject)
        try:
            return function(*args, **kwargs)
        finally:
            if number is not None:
                guarded("end", _recorder().end, number, role)

    vars(traced)["migrate_traced"] = True
    setattr(owner, name, traced)


def _matching(owner: Any, patterns: list[str]) -> list[str]:
    return [name for name in dir(owner) if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)]


def _is_barrier(subject: Any) -> bool:
    return hasattr(subject, "_jrdd") and bool(subject._is_barrier())


def _recorder() -> Recorder:
    assert _RECORDER is not None
    return _RECORDER


_RECORDER: Recorder | None = None


def _library_folders() -> Iterator[str]:
    """Where code lies that is not the user's: the standard library, installed packages, this tracer."""
    paths = sysconfig.get_paths()
    folders = [paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")]
    for folder in [*folders, *site.getsitepackages(), str(Path(__file__).absolute().parent)]:
        yield folder.rstrip(os.sep) + os.sep
    yield "<frozen "


def _process_start() -> float:
    """When this process was started, on the clock of time.monotonic(); now, where the system doesn't say."""
    now = time.monotonic()
    try:
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    except OSError:
        return now
    age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    return now - age
