"""Python runs this at the start of every process of a step; in the step's main process it starts the tracer.

It runs inside the user's job, on the user's interpreter: standard library only, and nothing here may stop the job.
"""

# Every worker of the job runs this file, and importing pathlib would cost each of them milliseconds.
# ruff: noqa: PTH100, PTH118, PTH120, PTH123
from __future__ import annotations

import os
import sys

# Only a name in annotations, which nothing evaluates: importing `typing` would cost each worker milliseconds.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_HERE = os.path.dirname(os.path.abspath(__file__))


def _parent_of(pid: int) -> tuple[int, str]:
    """The parent's number and the command name of a process, from /proc (spark-submit only runs where that exists)."""
    with open(f"/proc/{pid}/stat") as file:
        name, _, rest = file.read().partition("(")[2].rpartition(")")
    return int(rest.split()[1]), name


def _is_main_process(runner: int) -> bool:
    if os.getppid() == runner:
        return True
    # spark-submit turns itself into a Java that starts the driver, and later workers by `-m pyspark.daemon`.
    if "-m" in getattr(sys, "orig_argv", ["-m"])[1:2]:
        return False
    grandparent, parent_name = _parent_of(os.getppid())
    return parent_name == "java" and grandparent == runner


def _start() -> None:
    target, runner = os.environ.get("MIGRATE_TRACE"), os.environ.get("MIGRATE_TRACE_RUNNER")
    if not target or not runner or not _is_main_process(int(runner)):
        return
    stages = os.environ.get("MIGRATE_STAGES")
    # What the job starts from here on is the job's alone.
    for name in ("MIGRATE_TRACE", "MIGRATE_TRACE_RUNNER", "MIGRATE_STAGES"):
        os.environ.pop(name, None)
    kept = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry and entry != _HERE]
    if kept:
        os.environ["PYTHONPATH"] = os.pathsep.join(kept)
    else:
        os.environ.pop("PYTHONPATH", None)
    _load("tracer").install(target)
    if stages:
        _load("stages").install(stages)


def _load(name: str) -> Any:
    """A module of this folder, loaded by its place under a name that no job uses: a job may have a `tracer` too."""
    import importlib.util

    spec = importlib.util.spec_from_file_location(f"_migrate_{name}", os.path.join(_HERE, f"{name}.py"))
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _run_the_users_own() -> None:
    """Find the `sitecustomize` that this one hides, and let it be the one."""
    import importlib.machinery
    import importlib.util

    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", sys.path)
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


try:
    _start()
except Exception as error:  # noqa: BLE001 - a tracer that fails must never take the user's job with it
    print(f"migrate: this step is not traced: {error!r}", file=sys.stderr)
sys.path[:] = [entry for entry in sys.path if entry != _HERE]
_run_the_users_own()
