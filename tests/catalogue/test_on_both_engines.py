"""Every case that is rewritten, run on Spark and on Ray over the adversarial table: the answers are the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ahead import Ahead, ahead
from case_jobs import CASES, CaseJobs
from engines import Engines

from migrate.oracle import Options, Tolerance, Verdict, compare

pytestmark = [pytest.mark.engines, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def on_spark(
    request: pytest.FixtureRequest,
    jobs: CaseJobs,
    engines: Engines,
    table: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Ahead[tuple[Path, str]]]:
    """The folder in which a case's original has run, and what it printed."""
    selected = [item.callspec.params["name"] for item in request.session.items if _is_case(item)]

    def run(name: str) -> tuple[Path, str]:
        job, _ = jobs.case(name)
        folder = _over(table, tmp_path_factory.mktemp("spark"))
        return folder, engines.spark.run(job, folder).stdout

    with ahead([name for name in selected if not CASES[name][1].elsewhere], run) as originals:
        yield originals


def _is_case(item: pytest.Item) -> bool:
    return getattr(item, "originalname", None) == test_both_engines_give_the_same.__name__


def _over(table: Path, folder: Path) -> Path:
    (folder / "table").symlink_to(table)
    return folder


@pytest.mark.parametrize("name", CASES)
def test_both_engines_give_the_same(
    name: str, jobs: CaseJobs, on_spark: Ahead[tuple[Path, str]], engines: Engines, table: Path, tmp_path: Path
) -> None:
    _, case = CASES[name]
    if case.elsewhere:
        pytest.skip(f"run by {case.elsewhere}")
    before, expected = on_spark.of(name)
    _, made = jobs.case(name)
    assert made.files, made.report
    after = _over(table, tmp_path)
    printed = ""
    for part in made.run:
        kernel = engines.spark if part.endswith("_spark.py") else engines.ray
        printed += kernel.run(made.folder / part, after).stdout
    written = (before / "out").exists()
    assert written or expected.strip(), "the case neither writes nor prints: there is nothing to compare"
    assert printed == expected
    if written:
        tolerances = {column: Tolerance(rel=most) for column, most in case.tolerance}
        options = Options(tolerances=tolerances, allow_empty=True, names=("Spark", "Ray"))
        found = compare(before / "out", after / "out", options, format="parquet")
        wanted = Verdict.DIFFERENT if case.differs else Verdict.EQUAL
        assert found.verdict is wanted, "\n".join([*map(str, found.columns), *map(str, found.samples)])
