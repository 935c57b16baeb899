"""The text report: the table first, then each job, at any width, with or without colour."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from migrate.report import FileRow, FileStatus, render
from migrate.report.baseline import against, fingerprints
from migrate.report.text import FEW, MANY_JOBS

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def text(sample: Any, width: int = 80, color: bool = False) -> str:
    return render(sample.report, "text", sample.sources, width=width, color=color)


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_no_line_is_wider_than_asked(sample: Any, width: int) -> None:
    assert max(map(len, text(sample, width).splitlines())) <= width


def test_the_table_comes_before_the_jobs(sample: Any) -> None:
    said = text(sample)
    table = said.index("blockers")
    assert (
        said.index("Python compute") < table < said.index("jobs/clicks.py ---") < said.index("jobs/train_photos.py ---")
    )
    row = next(line for line in text(sample, 120).splitlines() if line.strip().startswith("jobs/train_photos.py "))
    assert row.split() == ["jobs/train_photos.py", "batch", "ML", "split", "0.92", "2", "GroupedData.pivot"]
    narrow = next(line for line in said.splitlines() if line.strip().startswith("jobs/train_photos.py "))
    assert narrow.split() == ["jobs/train_photos.py", "batch", "ML", "split", "2", "1"]


def test_a_job_says_why_where_and_what(sample: Any) -> None:
    said = text(sample, 120)
    for piece in (
        "SR701 line 10: A barrier stage trains with Horovod.",
        "Ray   RDD.map  line 8  SR421 rdd_map (python)",
        "photos = joined.rdd.map(decode).toDF()",
        "Spark to Ray by parquet: joined (name, label)",
        "Ray to Spark by parquet: features (columns not known)",
        "GroupedData.pivot (line 11) holds back RDDBarrier.mapPartitions (line 10)",
        "Pipeline.fit (cell 3, line 1) is not carried to Ray\n",
        "SR935 cell 3, line 1: The training is MLlib's.",
        "warning SR418 line 8: decode loads its model for every row.",
        "Do: Load it once.",
        "2 uses of a dataset could not be followed.",
        "cell 3, line 2: show prints twenty rows.",
        "Scala source: listed, not analysed (1 file)\n  legacy/etl.scala\n",
    ):
        assert piece in said


def test_a_line_shared_by_a_chain_is_shown_once(sample: Any) -> None:
    assert text(sample, 120).count('meta.join(labels, "name").where(') == 1


def test_colour_changes_nothing_but_colour(sample: Any) -> None:
    plain, colored = text(sample), text(sample, color=True)
    assert "\x1b[" not in plain
    assert "\x1b[" in colored
    assert [line.rstrip() for line in ANSI.sub("", colored).splitlines()] == plain.splitlines()


def test_source_text_cannot_steer_the_terminal(sample: Any) -> None:
    said = text(sample, 200)
    assert "</script><script>window.pwned = 1</script><!-- {{ 7 * 7 }}" in said
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", said)


def test_square_brackets_are_not_markup(sample: Any) -> None:
    job = replace(sample.report.jobs[1], reasons=(), stages=(), path="jobs/[red]x[/red].py")
    assert "jobs/[red]x[/red].py" in render(replace(sample.report, jobs=(job,)), "text", {}, width=80)


def test_an_empty_tree_is_a_report_too(sample: Any) -> None:
    nothing = replace(sample.report, files=(), jobs=(), libraries=(), lines=0)
    assert render(nothing, "text", {}, width=80).splitlines() == [
        "migrate 0.1.0  photos",
        "0 files, 0 lines, 0 jobs, 0 Python-heavy stages, 0.2 s",
    ]


def test_the_first_screen_says_what_moves_and_what_is_in_the_way(sample: Any) -> None:
    first = [" ".join(line.split()) for line in text(sample, 100).splitlines()[:24]]
    assert "SQL ETL 2 - - 2" in first and "all 3 - 1 4" in first
    assert "2 of 3 Python-heavy stages can move to Ray now." in first
    assert "mllib_fit 1 - Pipeline.fit 1 1" in first
    assert "All 2 carried to Ray would free 2 of 2 blocked jobs." in first


@pytest.fixture
def many(sample: Any) -> Any:
    quiet, telling = sample.report.jobs[1], sample.report.jobs[2]
    jobs = (*(replace(quiet, path=f"jobs/a_quiet_{at}.py") for at in range(MANY_JOBS)), telling)
    return replace(sample.report, jobs=jobs, libraries=())


def test_many_jobs_are_told_briefly(many: Any, sample: Any) -> None:
    said = render(many, "text", sample.sources, width=120)
    assert "jobs/train_photos.py ---" in said and "jobs/a_quiet_3.py ---" not in said
    assert said.index("jobs/train_photos.py") < said.index("jobs/a_quiet_3.py")
    assert "Stages (10, 2 Python-heavy, the others not listed)" in said
    assert "RDDBarrier.mapPartitions  line 10" in said and "DataFrame.join  line 7" not in said
    assert f"{MANY_JOBS} jobs without Python-heavy stages or warnings: in the table above, not one by one." in said


def test_in_brief_notes_are_counted_and_long_lists_cut(many: Any, sample: Any) -> None:
    job = many.jobs[-1]
    heavy = tuple(replace(job.stages[4], id=f"h{at}") for at in range(FEW + 3))
    skipped = tuple(FileRow(f"old/{at}.scala", FileStatus.SKIPPED, "Scala source") for at in range(FEW + 1))
    longer = replace(many, files=skipped, jobs=(*many.jobs[:-1], replace(job, stages=(*job.stages, *heavy))))
    said = render(longer, "text", sample.sources, width=120)
    assert "and 5 more Python-heavy stages" in said and "and 1 more file\n" in said
    assert "warning SR418" in said and "note SR912" not in said and "1 note not listed." in said


def test_one_remark_on_several_lines_is_made_once(sample: Any) -> None:
    job = sample.report.jobs[2]
    again = replace(job, findings=(*job.findings, replace(job.findings[0], line=9)))
    said = render(replace(sample.report, jobs=(again,)), "text", sample.sources, width=120)
    assert "warning SR418 lines 8, 9: decode loads" in said and said.count("Do: Load it once.") == 1


def test_what_is_new_stands_at_the_end(sample: Any) -> None:
    known = frozenset(
        value for one, value in fingerprints(sample.report, sample.sources).items() if one.code != "SR421"
    )
    report = against(sample.report, sample.sources, known)
    said = render(report, "text", sample.sources, width=120).split("New since the baseline ---")[1]
    assert "SR421 jobs/train_photos.py, line 8: RDD.map runs Python on Spark's workers" in said
    assert "photos = joined.rdd.map(decode).toDF()" in said and "SR701" not in said
