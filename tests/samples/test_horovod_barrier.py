"""The flagship's rendezvous code, in the environment that it runs in: ranks on any hosts, and its refusals."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "spark_mllib_horovod"

# RANK, SIZE, LOCAL_RANK, LOCAL_SIZE, CROSS_RANK, CROSS_SIZE of each task, in the order of the tasks' partitions.
PLACES: dict[str, tuple[list[str], list[list[int]]]] = {
    "one worker": (["a"], [[0, 1, 0, 1, 0, 1]]),
    "one host": (["a", "a"], [[0, 2, 0, 2, 0, 1], [1, 2, 1, 2, 0, 1]]),
    "a host each": (["a", "b"], [[0, 2, 0, 1, 0, 2], [1, 2, 0, 1, 1, 2]]),
    "hosts in turn": (
        ["a", "b", "a", "b"],
        [[0, 4, 0, 2, 0, 2], [2, 4, 0, 2, 1, 2], [1, 4, 1, 2, 0, 2], [3, 4, 1, 2, 1, 2]],
    ),
    "uneven hosts": (["a", "a", "b"], [[0, 3, 0, 2, 0, 2], [1, 3, 1, 2, 0, 1], [2, 3, 0, 1, 1, 2]]),
}


def answer(spark_python: Path, script: str, given: object = None) -> Any:
    """What the script printed as JSON; it runs beside the sample and finds ``given`` in its first argument."""
    command = [str(spark_python), "-B", "-c", script, json.dumps(given)]
    done = subprocess.run(command, cwd=SAMPLE, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def places(spark_python: Path) -> dict[str, list[list[int]]]:
    script = """
import json, sys
from horovod_barrier import place_of
given = json.loads(sys.argv[1])
places = {name: [place_of(partition, hosts) for partition in range(len(hosts))] for name, hosts in given.items()}
print(json.dumps({name: [list(place.values()) for place in found] for name, found in places.items()}))
"""
    found: dict[str, list[list[int]]] = answer(
        spark_python, script, {name: hosts for name, (hosts, _) in PLACES.items()}
    )
    return found


@pytest.mark.parametrize("name", PLACES)
def test_places_of_the_workers(places: dict[str, list[list[int]]], name: str) -> None:
    assert places[name] == PLACES[name][1]


def test_too_few_cores_is_said_at_once(spark_python: Path) -> None:
    script = """
import json, types
from horovod_barrier import start_rendezvous

# Stands in for a session: the rendezvous asks it for this fact first.
spark = types.SimpleNamespace(sparkContext=types.SimpleNamespace(defaultParallelism=2))
try:
    start_rendezvous(spark, 3)
except RuntimeError as error:
    print(json.dumps(str(error)))
"""
    said = answer(spark_python, script)
    assert "3 workers need 3 free cores at the same time, the cluster has 2" in said
