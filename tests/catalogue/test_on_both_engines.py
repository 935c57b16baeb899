"""Every case that is rewritten, run on Spark and on Ray over the adversarial table: the answers are the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from engines import Engines
from job_of import PREAMBLE

from migrate.catalogue import mappings
from migrate.frontend import read_job
from migrate.ir import Kind
from migrate.mapping import Case, Mapping
from migrate.oracle import Options, Tolerance, Verdict, compare
from migrate.rewrite import rewrite

CASES = [
    pytest.param(mapping, case, id=f"{type(mapping).__name__}-{case.name}")
    for mapping in dict.fromkeys(mappings().values())
    for case in mapping.cases
    if case.after is not None
]
_OUT = re.compile(r"^out = ", re.MULTILINE)
_NO_DATASET = {Kind.ACTION, Kind.FIT, Kind.TRAIN, Kind.TUNE, Kind.WRITE}

pytestmark = [pytest.mark.engines, pytest.mark.timeout(300)]


def _job(case: Case, folder: Path) -> Path:
    """The case as a job that leaves its answer under ``out`` or on its standard output."""
    file = folder / "job.py"
    file.write_text(PREAMBLE + case.before + "\n", encoding="utf-8")
    if _OUT.search(case.before):
        job, _ = read_job(file)
        value = any(stage.result == "out" and stage.kind in _NO_DATASET for stage in job.stages)
        end = "print(repr(out))" if value else 'out.write.mode("overwrite").parquet(path)'
        file.write_text(f"{PREAMBLE}{case.before}\n{end}\n", encoding="utf-8")
    return file


def _side(name: str, folder: Path, table: Path) -> Path:
    side = folder / name
    side.mkdir()
    (side / "table").symlink_to(table)
    return side


@pytest.mark.parametrize(("mapping", "case"), CASES)
def test_both_engines_give_the_same(
    mapping: Mapping, case: Case, engines: Engines, table: Path, tmp_path: Path
) -> None:
    if case.elsewhere:
        pytest.skip(f"run by {case.elsewhere}")
    job = _job(case, tmp_path)
    made = rewrite(job, everything=True)
    assert made.files, made.report
    made.write()
    on_spark = _side("spark", tmp_path, table)
    expected = engines.spark.run(job, on_spark)
    on_ray = _side("ray", tmp_path, table)
    printed = ""
    for name in made.run:
        kernel = engines.spark if name.endswith("_spark.py") else engines.ray
        printed += kernel.run(made.folder / name, on_ray).stdout
    written = (on_spark / "out").exists()
    assert written or expected.stdout.strip(), "the case neither writes nor prints: there is nothing to compare"
    assert printed == expected.stdout
    if written:
        tolerances = {column: Tolerance(rel=most) for column, most in case.tolerance}
        options = Options(tolerances=tolerances, allow_empty=True, names=("Spark", "Ray"))
        found = compare(on_spark / "out", on_ray / "out", options, format="parquet")
        wanted = Verdict.DIFFERENT if case.differs else Verdict.EQUAL
        assert found.verdict is wanted, "\n".join([*map(str, found.columns), *map(str, found.samples)])
