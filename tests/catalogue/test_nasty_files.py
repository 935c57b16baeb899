"""Seeded CSV and JSON files that readers disagree on: Spark and Ray make the same rows and types of them."""

from __future__ import annotations

from pathlib import Path

import nasty
import pytest
from engines import Engines
from job_of import PREAMBLE

from migrate.oracle import Options, Verdict, compare
from migrate.rewrite import rewrite

COUNT = 16
_RECORDS = (
    "a int, b double, Z string, k_1 array<string>, `é` struct<a:bigint,b:string>, _x boolean, _corrupt_record string"
)
READS = {
    "CSV with inferred types": 'spark.read.csv(f"files/{seed}.csv", header=True, inferSchema=True)',
    "CSV under a schema": 'spark.read.csv(f"files/{seed}.csv", "a int, b double, c string, d string", header=True)',
    "JSON with inferred types": 'spark.read.json(f"files/{seed}.json")',
    "JSON under a schema": f'spark.read.schema("{_RECORDS}").json(f"files/{{seed}}.json")',
}

pytestmark = [pytest.mark.engines, pytest.mark.timeout(600)]


@pytest.mark.parametrize("read", READS)
def test_both_engines_read_the_same(read: str, engines: Engines, table: Path, tmp_path: Path) -> None:
    job = tmp_path / "job.py"
    loop = f'for seed in range({COUNT}):\n    found = {READS[read]}\n    found.write.parquet(f"out/{{seed}}")\n'
    job.write_text(PREAMBLE + loop, encoding="utf-8")
    made = rewrite(job, everything=True)
    assert made.run == ("job_ray.py",), made.report
    made.write()
    sides = [tmp_path / "spark", tmp_path / "ray"]
    for side in sides:
        nasty.write(side / "files", COUNT)
        (side / "table").symlink_to(table)
    engines.spark.run(job, sides[0], seconds=300)
    engines.ray.run(made.folder / "job_ray.py", sides[1], seconds=300)
    for seed in range(COUNT):
        results = [side / "out" / str(seed) for side in sides]
        found = compare(*results, Options(allow_empty=True, names=("Spark", "Ray")), format="parquet")
        said = "\n".join([*map(str, found.columns), *map(str, found.samples)])
        assert found.verdict is Verdict.EQUAL, f"seed {seed}\n{said}"
