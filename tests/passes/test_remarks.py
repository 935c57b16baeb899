"""Remarks on a job: what a rule warns of, said of the call, and only as loud as the verdict makes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrate.findings import Finding, Severity
from migrate.inventory import analyze
from migrate.ir import Verdict

SESSION = "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\n"
STAYS = "spark.read.csv('a').write.save('b')\n"
MOVES = "spark.read.csv('a').rdd.map(lambda row: row[0] * 2).saveAsTextFile('b')\n"


def findings(code: str, folder: Path) -> tuple[Verdict | None, tuple[Finding, ...]]:
    (folder / "job.py").write_text(SESSION + code)
    (job,) = analyze((folder,), 1).jobs
    return job.verdict, job.findings


def test_a_warning_says_what_is_the_matter_with_the_call_and_what_to_do(tmp_path: Path) -> None:
    _, (finding,) = findings(MOVES, tmp_path)
    assert finding.code == "SR202" and finding.line == 3
    assert finding.message.startswith("DataFrameReader.csv: The defaults differ in nearly everything")
    assert finding.fix and "explicitly" in finding.fix


@pytest.mark.parametrize(
    ("code", "verdict", "severity"),
    [
        pytest.param(STAYS, Verdict.KEEP_ON_SPARK, Severity.NOTE, id="a job that stays"),
        pytest.param(MOVES, Verdict.MOVE_TO_RAY, Severity.WARNING, id="a job that moves"),
    ],
)
def test_what_a_move_would_change_is_a_warning_where_there_is_a_move(
    code: str, verdict: Verdict, severity: Severity, tmp_path: Path
) -> None:
    judged, (finding,) = findings(code, tmp_path)
    assert (judged, finding.severity) == (verdict, severity)


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        pytest.param("SR202", [], id="it keeps what is said here"),
        pytest.param("SR421", [], id="it keeps the stage"),
        pytest.param("SR202, SR421", [], id="it keeps both"),
        pytest.param("", [], id="it keeps all"),
        pytest.param("SR218", ["nothing here has SR218"], id="nothing has the code"),
        pytest.param("SR202, SR4242", ["SR4242 is no code"], id="one of two is misspelt"),
    ],
)
def test_a_keep_comment_in_vain_is_said_to_be(comment: str, said: list[str], tmp_path: Path) -> None:
    _, found = findings(MOVES.replace("\n", f"  # migrate: keep {comment}\n"), tmp_path)
    assert [finding.message for finding in found if finding.code == "SR925"] == said


def test_a_comment_that_keeps_everything_of_nothing_is_in_vain(tmp_path: Path) -> None:
    _, (_, finding) = findings(MOVES + "x = 1  # migrate: keep\n", tmp_path)
    assert (finding.code, finding.line) == ("SR925", 4) and finding.message.startswith("the comment keeps nothing")
