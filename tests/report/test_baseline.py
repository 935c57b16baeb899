"""Fingerprints that outlive moved lines, baselines, and comments that keep."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from migrate.errors import MigrateError
from migrate.findings import Finding, Severity
from migrate.report import FileRow, FileStatus, Library, Report, render
from migrate.report.baseline import against, counted, fingerprints, read_baseline, suppress

CODE = "a = f(x)\nb = g(y)\na = f(x)\n"


def report(*findings: Finding) -> Report:
    return Report("r", (FileRow("j.py", FileStatus.LIBRARY),), (), (Library("j.py", (), findings),), 3, None, "0")


def at(line: int, code: str = "SR401", severity: Severity = Severity.WARNING, path: str = "j.py") -> Finding:
    return Finding(code, severity, f"{code} on {line}", path, line)


def prints(source: str, *findings: Finding) -> list[str]:
    return list(fingerprints(report(*findings), {"j.py": source}).values())


@pytest.mark.parametrize(
    ("source", "line", "same"),
    [
        pytest.param("\n\n# more\n" + CODE, 5, True, id="lines moved"),
        pytest.param(CODE.replace("g(y)", " g(y) "), 2, True, id="blanks changed around"),
        pytest.param("if z:\n    b = g(y)\n", 2, True, id="indented"),
        pytest.param(CODE.replace("g(y)", "g(z)"), 2, False, id="the line itself changed"),
    ],
)
def test_a_fingerprint_names_the_line_not_its_number(source: str, line: int, same: bool) -> None:
    assert (prints(CODE, at(2)) == prints(source, at(line))) is same


def test_equal_lines_are_told_apart_by_their_order() -> None:
    first, second = prints(CODE, at(1), at(3))
    assert first != second
    assert prints("new\n" + CODE, at(2), at(4)) == [first, second]


@pytest.mark.parametrize(
    ("finding", "same"),
    [
        pytest.param(at(2), True, id="the same"),
        pytest.param(at(2, code="SR402"), False, id="another code"),
        pytest.param(at(2, path="k.py"), False, id="another file"),
        pytest.param(at(2, severity=Severity.NOTE), True, id="another severity"),
    ],
)
def test_what_a_fingerprint_is_made_of(finding: Finding, same: bool) -> None:
    sources = {"j.py": CODE, "k.py": CODE}
    left, right = (list(fingerprints(report(one), sources).values()) for one in (at(2), finding))
    assert (left == right) is same


def test_a_json_report_is_the_baseline_of_the_next_run(sample: Any) -> None:
    known = read_baseline(render(sample.report, "json", sample.sources), "baseline.json")
    same = against(sample.report, sample.sources, known)
    assert same.new == frozenset() and counted(same, sample.sources, only_new=True) == ()
    first, job, *others = sample.report.jobs
    added = Finding("SR416", Severity.WARNING, "new here", job.path, 1)
    grown = replace(sample.report, jobs=(first, replace(job, findings=(added,)), *others))
    assert counted(against(grown, sample.sources, known), sample.sources, only_new=True) == (added,)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"jobs": 3, "libraries": []}', "not json"])
def test_another_file_is_no_baseline(text: str) -> None:
    with pytest.raises(MigrateError, match=r"base\.json is not a JSON report of migrate analyze"):
        read_baseline(text, "base.json")


def test_errors_warnings_and_heavy_stages_count_and_notes_do_not(sample: Any) -> None:
    found = counted(sample.report, sample.sources, only_new=False)
    said = [str(one.code) for one in found]
    assert sorted(said) == ["SR401", "SR416", "SR418", "SR421", "SR601", "SR701", "SR903"]
    assert counted(sample.report, sample.sources, only_new=True) == found


def test_kept_findings_go_and_are_counted() -> None:
    source = "f(x)  # migrate: keep SR401\ng(y)\n"
    quiet = suppress(report(at(1), at(1, "SR402"), at(2)), {"j.py": source})
    assert [finding.code for finding in quiet.libraries[0].findings] == ["SR402", "SR401"]
    assert quiet.suppressed == 1
    assert "1 remark silenced" in render(quiet, "text", {"j.py": source}, width=80)


def test_a_kept_stage_stays_in_the_report_and_does_not_count(sample: Any) -> None:
    path = "jobs/train_photos.py"
    source = sample.sources[path].replace("toDF()\n", "toDF()  # migrate: keep SR421\n")
    sources = {**sample.sources, path: source}
    kept = suppress(sample.report, sources)
    assert any(stage.code == "SR421" for stage in kept.jobs[2].stages)
    assert "SR421" not in [one.code for one in counted(kept, sources, only_new=False)]
