"""One comparison, wherever it runs: the answers of a Ray session and of this machine's threads are the same text."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from migrate.errors import MigrateError
from migrate.oracle import Options, Tolerance, compare
from migrate.oracle.selftest.cases import Case, cases

CASES = list(cases())
GROUPS = sorted({case.group for case in CASES})
SAMPLE = [case for group in GROUPS for case in [case for case in CASES if case.group == group][::15]]
MANY_ROWS = 30_000
LITTLE_MEMORY = 1_000_000


@pytest.fixture(scope="session")
def cluster(checkout: Path) -> Iterator[None]:
    """A real Ray of two workers, one for all tests."""
    ray = pytest.importorskip("ray")
    # Workers are other processes: they have to find this checkout.
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(checkout), os.environ.get("PYTHONPATH")]))
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


def document(left: Path, right: Path, options: Options, engine: str) -> str:
    """The JSON document but for the time that it took."""
    try:
        found = compare(left, right, options, engine=engine)  # type: ignore[arg-type]  # one of two names
    except MigrateError as error:
        return str(error)
    return json.dumps({**found.to_json(), "seconds": 0})


def assert_same(left: Path, right: Path, options: Options) -> str:
    here = document(left, right, options, "local")
    assert document(left, right, options, "ray") == here
    return here


def written(case: Case, folder: Path) -> tuple[Path, Path]:
    sides = folder / "left", folder / "right"
    for side, write in zip(sides, (case.left, case.right), strict=True):
        side.mkdir()
        write(side)
    return sides


@pytest.mark.engines
@pytest.mark.parametrize("case", SAMPLE, ids=[case.name for case in SAMPLE])
def test_the_published_cases(case: Case, tmp_path: Path, cluster: None) -> None:
    assert_same(*written(case, tmp_path), case.options)


def many_files(folder: Path, table: pa.Table, files: int, order: np.random.Generator | None) -> Path:
    """The table in several files of several row groups, its rows in another order where one is given."""
    folder.mkdir()
    rows = np.arange(table.num_rows) if order is None else order.permutation(table.num_rows)
    for number, chunk in enumerate(np.array_split(rows, files)):
        pq.write_table(
            table.take(pa.array(chunk)), folder / f"{number}.parquet", row_group_size=2_000, write_page_checksum=True
        )
    return folder


def table(damaged: bool) -> pa.Table:
    rng = np.random.default_rng(11)
    x = rng.normal(size=MANY_ROWS)
    label = rng.integers(0, 5, MANY_ROWS)
    if damaged:
        x[::7] += 0.25
        label[::1000] += 1
    numbers = np.arange(MANY_ROWS) // 2  # every key twice
    return pa.table({"key": numbers, "x": x, "label": label, "text": [f"row {n % 997}" for n in numbers]})


@pytest.mark.engines
@pytest.mark.parametrize(
    "options",
    [
        pytest.param(Options(), id="as a multiset"),
        pytest.param(Options(keys=("key",)), id="by key"),
        pytest.param(Options(ordered=True), id="in order"),
        pytest.param(Options(tolerances={"x": Tolerance(abs=0.1)}), id="within a tolerance"),
        pytest.param(Options(keys=("key",), tolerances={"x": Tolerance(abs=0.5)}), id="by key within a tolerance"),
    ],
)
@pytest.mark.parametrize("memory", [Options().memory, LITTLE_MEMORY], ids=["in memory", "spilling"])
def test_many_files_in_many_tasks(options: Options, memory: int, tmp_path: Path, cluster: None) -> None:
    left = many_files(tmp_path / "left", table(False), 5, None)
    order = None if options.ordered else np.random.default_rng(2)
    right = many_files(tmp_path / "right", table(True), 3, order)
    said = json.loads(assert_same(left, right, replace(options, memory=memory)))
    assert said["verdict"] == "different" and said["changed"] + said["only_left"] >= MANY_ROWS // 1000


@pytest.mark.engines
def test_a_damaged_file_is_the_same_sentence(tmp_path: Path, cluster: None) -> None:
    left = many_files(tmp_path / "left", table(False), 4, None)
    right = many_files(tmp_path / "right", table(False), 4, None)
    damaged = right / "2.parquet"
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:5_000] + bytes(64) + whole[5_064:])
    assert str(damaged) in assert_same(left, right, Options())


@pytest.mark.engines
def test_the_work_is_spread(tmp_path: Path, cluster: None) -> None:
    left = many_files(tmp_path / "left", table(False), 6, None)
    right = many_files(tmp_path / "right", table(True), 6, None)
    steps: dict[str, int] = {}
    options = Options(memory=LITTLE_MEMORY)
    compare(left, right, options, engine="ray", progress=lambda what, _, total: steps.update({what: total}))
    assert steps["reading"] == 12 and steps["narrowing"] == 12
    assert steps["joining"] >= 4 and steps["pairing"] >= 2
