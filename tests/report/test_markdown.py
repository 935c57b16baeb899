"""The Markdown report: fits a comment, and nothing in the source becomes markup or a mention."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from markdown_it import MarkdownIt

from migrate.findings import Finding, Severity
from migrate.report import render
from migrate.report.baseline import against, fingerprints
from migrate.report.markdown import MAX_CHARACTERS


def html(text: str) -> str:
    return str(MarkdownIt("commonmark").enable("table").render(text))


def test_every_job_is_a_row_of_the_table(sample: Any) -> None:
    said = html(render(sample.report, "markdown", sample.sources))
    table = said.split("<table>")[2]
    cells = [re.sub("<[^>]+>", "", row).split("\n") for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)]
    assert len(cells) == 1 + len(sample.report.jobs)
    assert all(len(row) == len(cells[0]) for row in cells)


def test_the_answer_comes_first(sample: Any) -> None:
    said = render(sample.report, "markdown", sample.sources).split("| Job |")[0]
    assert "| SQL ETL | 2 | 0 | 0 |" in said and "| batch ML | 1 | 0 | 1 |" in said
    assert "2 of 3 Python-heavy stages can move to Ray now." in said
    assert "What blocks most: `GroupedData.pivot` (1 job), `Pipeline.fit` (1 job)." in said


def test_remarks_stand_under_their_file_with_the_line(sample: Any) -> None:
    said = render(sample.report, "markdown", sample.sources)
    assert "- **warning** SR418 line 8: decode loads its model for every row. Load it once." in said
    assert "  `photos = joined.rdd.map(decode).toDF()`" in said
    assert "<details><summary>vision/text.py</summary>" in said
    assert "- 2 uses of a dataset could not be followed." in said


@pytest.mark.parametrize(
    "message",
    [
        pytest.param("see <b>this</b> <script>alert(1)</script>", id="HTML"),
        pytest.param("a | b | c", id="table bars"),
        pytest.param("*not* _em_ `code` [link](http://x) # head", id="Markdown"),
        pytest.param("back\\slash ~~gone~~", id="backslash"),
    ],
)
def test_messages_are_text(sample: Any, message: str) -> None:
    finding = Finding("SR401", Severity.NOTE, message, "jobs/clicks.py", 1)
    job = replace(sample.report.jobs[1], findings=(finding,), stages=())
    said = html(render(replace(sample.report, jobs=(job,), libraries=()), "markdown", {}))
    plain = re.sub("<[^>]+>", "", said).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert message in plain


def test_nobody_is_mentioned(sample: Any) -> None:
    finding = Finding("SR401", Severity.NOTE, "written by @octocat", "jobs/clicks.py", 1)
    job = replace(sample.report.jobs[1], findings=(finding,))
    assert "@octocat" not in render(replace(sample.report, jobs=(job,), libraries=()), "markdown", {})


def test_source_with_backticks_stays_code(sample: Any) -> None:
    finding = Finding("SR401", Severity.NOTE, "m", "jobs/clicks.py", 1)
    job = replace(sample.report.jobs[1], findings=(finding,), stages=())
    source = "x = '`' + '``<i>``' | y"
    said = html(render(replace(sample.report, jobs=(job,), libraries=()), "markdown", {"jobs/clicks.py": source}))
    assert "<code>x = '`' + '``&lt;i&gt;``' | y</code>" in said.replace("\\|", "|")


def test_with_a_baseline_only_what_is_new_is_listed(sample: Any) -> None:
    prints = fingerprints(sample.report, sample.sources)
    known = frozenset(value for one, value in prints.items() if one.code != "SR418")
    said = render(against(sample.report, sample.sources, known), "markdown", sample.sources)
    assert "SR418" in said and "SR416" not in said and "1 remark new since the baseline." in said
    assert "`jobs/train_photos.py`" in said and "clicks.py" not in said


def test_what_does_not_fit_a_comment_is_said_to_be_left_out(sample: Any) -> None:
    jobs = tuple(replace(sample.report.jobs[2], path=f"jobs/{'x' * 80}{at}.py") for at in range(800))
    said = render(replace(sample.report, jobs=jobs), "markdown", {})
    assert len(said) <= MAX_CHARACTERS + 200
    assert re.search(r"\d+ files left out here", said) and re.search(r"and \d+ more", said)
