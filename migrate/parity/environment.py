"""The environment that a step gets: clean, isolated from other clusters, with the run's mark in it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from migrate.parity import trace
from migrate.parity.family import MARKER
from migrate.parity.interpreters import Interpreter

# All that a step keeps of the environment `migrate` was started in; a spec adds by `env` and `pass_env`.
KEPT = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "JAVA_HOME", "CUDA_VISIBLE_DEVICES")


@dataclass(frozen=True)
class Ground:
    """The folders of one side run. ``ray_tmp`` is short: Ray puts sockets below it, whose paths may hold 107 bytes."""

    out: Path
    work: Path
    handoff: Path
    ray_tmp: Path


def build(
    interpreter: Interpreter,
    ground: Ground,
    run_id: str,
    trace_file: Path,
    added: Mapping[str, str],
    stages: Path | None = None,
) -> dict[str, str]:
    """The whole environment of a step. What the spec adds wins over everything but the run's own marks.

    ``stages`` is the file that says which datasets the step writes out on its way.
    """
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    if "JAVA_HOME" not in environment and interpreter.java_home is not None:
        environment["JAVA_HOME"] = interpreter.java_home
    environment |= {
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        # Spark's workers run on what `python3` is unless told; they must be those of the driver.
        "PYSPARK_PYTHON": interpreter.path,
        "SPARK_LOCAL_DIRS": str(ground.work / "spark"),
        "RAY_TMPDIR": str(ground.ray_tmp),
        "RAY_USAGE_STATS_ENABLED": "0",
        "HANDOFF_DIR": str(ground.handoff),
    }
    environment |= added
    # As in an activated environment: `spark-submit` and `ray` are those of the step's interpreter.
    environment["PATH"] = os.pathsep.join([str(Path(interpreter.path).parent), environment.get("PATH", os.defpath)])
    python_path = [str(trace.FOLDER), *filter(None, [environment.get("PYTHONPATH")])]
    environment |= {
        MARKER: run_id,
        "PYTHONPATH": os.pathsep.join(python_path),
        trace.FILE: str(trace_file),
        trace.RUNNER: str(os.getpid()),
        **({trace.STAGES: str(stages)} if stages else {}),
    }
    return environment
