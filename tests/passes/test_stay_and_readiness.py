"""What is said of jobs that stay, and how much of the others could leave today."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from migrate.frontend import read_job
from migrate.ir import Engine, Job, Stay, Verdict
from migrate.passes import judge
from migrate.passes.place import place, with_planned_cuts
from migrate.passes.readiness import readiness
from migrate.passes.stay import with_stay

HEAD = "from pyspark.sql import SparkSession, functions as F\nspark = SparkSession.builder.getOrCreate()\n"

STAYS = {
    "spark.table('a').join(spark.table('b'), 'id').groupBy('id').count().write.saveAsTable('c')": (Stay.PORTABLE, None),
    "spark.sql('SELECT * FROM a').write.mode('append').parquet('b')": (Stay.PORTABLE, None),
    "spark.table('a').rdd.coalesce(1).saveAsTextFile('b')": (Stay.UNTOUCHED, 3),
    "spark.readStream.table('a').writeStream.toTable('b')": (Stay.UNTOUCHED, 3),
    "spark._jvm.org.X.go()\nspark.table('a').write.saveAsTable('b')": (Stay.UNTOUCHED, 3),
    "from pyspark.ml.classification import LogisticRegression\nLogisticRegression().fit(spark.table('a'))": (
        Stay.UNTOUCHED,
        4,
    ),
}


def _judged(tmp_path: Path, text: str) -> Job:
    (tmp_path / "job.py").write_text(HEAD + text + "\n", encoding="utf-8")
    job, project = read_job(tmp_path / "job.py")
    module = project.module("job.py")
    assert module is not None
    return with_stay(judge(job), module)


@pytest.mark.parametrize("text", STAYS)
def test_how_a_job_stays(text: str, tmp_path: Path) -> None:
    job = _judged(tmp_path, text)
    stay, line = STAYS[text]
    assert job.verdict is Verdict.KEEP_ON_SPARK
    assert job.stay is stay
    assert (job.reasons[-1].code, job.reasons[-1].line) == ("SR936" if stay is Stay.PORTABLE else "SR937", line)


MOVES = """\
def parse(line):
    words = [w.strip() for w in line.split(",")]
    return len(words), words
spark.table("a").join(spark.table("b"), "id").select("line").rdd.map(parse).filter(bool).saveAsTextFile("y")"""


def test_a_job_that_should_move_says_nothing_of_staying(tmp_path: Path) -> None:
    job = _judged(tmp_path, MOVES)
    assert job.stay is None
    assert not {reason.code for reason in job.reasons} & {"SR936", "SR937"}


def test_readiness_is_the_share_that_moves_less_what_is_not_followed(tmp_path: Path) -> None:
    job = _judged(tmp_path, MOVES)
    heavy = [stage for stage in job.stages if stage.heavy]
    assert len(heavy) == 2
    none = place(job, lambda stage: "no counterpart")
    assert readiness([none]) == 0
    every = place(job, lambda stage: None)
    assert readiness([every]) == 100
    half = replace(
        every, stages=tuple(replace(s, engine=Engine.SPARK) if s.id == heavy[0].id else s for s in every.stages)
    )
    assert readiness([half]) == 50
    assert readiness([replace(every, unresolved=len(every.stages))]) == 50
    assert readiness([every, half]) == 75


def test_nothing_to_move_has_no_readiness(tmp_path: Path) -> None:
    assert readiness([_judged(tmp_path, "spark.table('a').write.saveAsTable('c')")]) is None
    assert readiness([]) is None


def test_a_cut_that_blockers_prevent_is_shown_as_blocked(tmp_path: Path) -> None:
    job = _judged(tmp_path, MOVES)
    held = with_planned_cuts(place(job, lambda stage: "no counterpart"))
    assert [(b.columns, b.blocked) for b in held.boundaries] == [(("line",), True)]
    assert all(stage.engine is Engine.SPARK for stage in held.stages)
    free = with_planned_cuts(place(job, lambda stage: None))
    assert [(b.columns, b.blocked) for b in free.boundaries] == [(("line",), False)]
