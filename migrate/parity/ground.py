"""On what ground a run stands: the machine, and the versions behind every step."""

from __future__ import annotations

import os
import platform
from typing import Any

import psutil

from migrate.ir import Engine
from migrate.parity import gpu, interpreters
from migrate.parity.plan import Plan, PlannedStep


def describe(planned: Plan) -> dict[str, Any]:
    """Versions and machine. Asks every interpreter of the plan, so that a broken one is found before anything runs."""
    first = planned.pairs[0]
    return {
        "platform": platform.platform(),
        "cores": psutil.cpu_count() or 1,
        "memory_bytes": psutil.virtual_memory().total,
        "gpus": list(gpu.names()),
        Engine.SPARK.value: [_step(step) for step in first.spark.steps],
        Engine.RAY.value: [_step(step) for step in first.ray.steps],
    }


def _step(step: PlannedStep) -> dict[str, Any]:
    interpreter = interpreters.probe(step.python)
    java = None
    if "pyspark" in interpreter.packages:
        java = interpreters.java_version(os.environ.get("JAVA_HOME") or interpreter.java_home)
    return {
        "step": step.name,
        "python": interpreter.version,
        "packages": dict(interpreter.packages),
        "java": java,
    }
