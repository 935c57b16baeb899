"""The cut holds back the same in every command, and stages whole with all that belongs to them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile import MOVED, READ, job

from migrate.emit.plan import Plan
from migrate.inventory import analyze
from migrate.ir import Engine, Verdict
from migrate.mapping import Emission
from migrate.rewrite import rewrite

SECOND = 'df.withColumn("c", loud("a")).write.parquet("alone")\n'


@pytest.mark.parametrize(
    ("body", "moves"),
    [
        pytest.param(READ + MOVED, 1, id="cut"),
        pytest.param(READ + MOVED + "print(out.schema)\n", 0, id="held back"),
        pytest.param(READ + SECOND + 'print(df.withColumn("b", loud("a")).schema)\n', 1, id="held back in part"),
    ],
)
def test_analyze_places_what_rewrite_writes(body: str, moves: int, tmp_path: Path) -> None:
    file = tmp_path / "job.py"
    file.write_text(job(body).replace("return text.upper()", "import numpy\n\n    return numpy.char.upper(text)"))
    [analyzed] = analyze((tmp_path,), 1).jobs
    rewritten = rewrite(file).job
    assert analyzed.verdict is not Verdict.KEEP_ON_SPARK
    assert (
        sum(stage.engine is Engine.RAY and stage.symbol == "DataFrame.withColumn" for stage in analyzed.stages) == moves
    )
    assert [(s.id, s.engine, s.blocked_by) for s in analyzed.stages] == [
        (s.id, s.engine, s.blocked_by) for s in rewritten.stages
    ]


@pytest.mark.parametrize("refused", ["whole", "part"])
def test_a_refused_stage_takes_along_what_its_text_covers(refused: str) -> None:
    plan = Plan({"whole": Emission(claims=("part",)), "other": Emission()}, {"old": "no mapping yet"})
    assert plan.without([refused], "in the way").refusals == {
        "old": "no mapping yet",
        "part": "in the way",
        "whole": "in the way",
    }


@pytest.mark.parametrize(
    "chain",
    [
        'groups = df.groupBy("a")\ngroups.applyInPandas(same, "a string").write.parquet("out")\n',
        'both = df.groupBy("a").cogroup(other.groupBy("a"))\n'
        'both.applyInPandas(pair, "a string").write.parquet("out")\n',
        'writer = df.mapInPandas(same, "a string").write\nwriter.parquet("out")\n',
    ],
)
def test_a_chain_over_two_statements_is_not_torn(chain: str, tmp_path: Path) -> None:
    made = "def same(frames):\n    return frames\n\n\ndef pair(one, two):\n    return one\n\n\nother = df.limit(3)\n"
    file = tmp_path / "job.py"
    file.write_text(job(READ + made + chain))
    plan = rewrite(file, everything=True)
    assert "in a statement of its own" in plan.report
    assert "groupBy" not in plan.files.get("job_ray.py", "")
