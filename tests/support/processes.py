"""Runs jobs as a person would, in an activated environment."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

SECONDS = 900


def environment(python: str) -> dict[str, str]:
    """What a job finds around it. ``horovod.spark`` asks for the interpreter to be the first on the path."""
    return {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(python).parent), os.environ["PATH"]]),
        "PYSPARK_PYTHON": python,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "RAY_USAGE_STATS_ENABLED": "0",
    }


def process(
    python: str, script: Path, *arguments: Path, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """A job run to its end, from the folder, by default the script's own."""
    return subprocess.run(
        [python, str(script), *map(str, arguments)],
        cwd=folder or script.parent,
        env=environment(python),
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
