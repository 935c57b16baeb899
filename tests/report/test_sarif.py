"""The SARIF log: what the standard and GitHub's code scanning ask of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import pytest

from migrate.findings import Finding, Severity
from migrate.report import render
from migrate.report.baseline import against
from migrate.rules import rules

WRITTEN = jsonschema.Draft202012Validator(
    json.loads(Path(__file__).with_name("sarif_written.schema.json").read_text(encoding="utf-8"))
)


@pytest.fixture
def run(sample: Any) -> Any:
    return log(sample.report, sample.sources)["runs"][0]


def log(report: Any, sources: Any) -> Any:
    return json.loads(render(report, "sarif", sources))


def test_every_finding_and_heavy_stage_is_one_result(run: Any) -> None:
    found = sorted(result["ruleId"] for result in run["results"])
    assert found == ["SR325", "SR401", "SR416", "SR418", "SR421", "SR601", "SR701", "SR903", "SR912"]


def test_the_log_is_of_the_closed_form(sample: Any) -> None:
    for report in (sample.report, against(sample.report, {}, frozenset())):
        assert [error.message for error in WRITTEN.iter_errors(log(report, sample.sources))] == []


def test_a_stage_that_a_finding_speaks_of_is_one_result(sample: Any) -> None:
    job = sample.report.jobs[2]
    barrier = job.stages[6]
    finding = Finding(
        "SR701", Severity.WARNING, "holds its executors", job.path, barrier.span.line, barrier.span.column
    )
    report = replace(sample.report, jobs=(replace(job, findings=(finding,)),))
    (result,) = [one for one in log(report, sample.sources)["runs"][0]["results"] if one["ruleId"] == "SR701"]
    assert result["level"] == "warning" and result["message"]["text"] == "holds its executors"


def test_of_too_many_results_the_loudest_stay_and_the_rest_is_counted(sample: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("migrate.report.sarif.MAX_RESULTS", 3)
    (run,) = log(sample.report, sample.sources)["runs"]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "warning"]
    notice = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    assert notice.startswith("6 results left out")


def test_results_point_at_rules_that_carry_their_page(run: Any) -> None:
    described = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        rule = described[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        page = rules()[rule["id"]]
        assert page.why in rule["help"]["markdown"] and "helpUri" not in rule
        assert rule["shortDescription"]["text"] and len(rule["fullDescription"]["text"]) <= 1024
        assert rule["defaultConfiguration"]["level"] == page.severity.value
        assert len(rule["properties"]["tags"]) <= 10


def test_places_are_relative_and_count_from_one(run: Any) -> None:
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uriBaseId"] == "%SRCROOT%"
        uri = place["artifactLocation"]["uri"]
        assert not uri.startswith("/") and "<" not in uri and ":" not in uri
        assert all(value >= 1 for value in place["region"].values())
    assert "jobs/<script>alert(1)<.py" in {
        unquote(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]) for result in run["results"]
    }


def test_the_region_of_a_stage_is_its_call(run: Any, sample: Any) -> None:
    barrier = next(result for result in run["results"] if result["ruleId"] == "SR701")
    region = barrier["locations"][0]["physicalLocation"]["region"]
    line = sample.sources["jobs/train_photos.py"].splitlines()[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == ".mapPartitions"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        pytest.param("SR421", "it can move to Ray.", id="free"),
        pytest.param("SR701", "1 other stage in its way to Ray.", id="held by another"),
        pytest.param("SR601", "it is not carried to Ray.", id="held by itself"),
        pytest.param("SR401", "it stays on Spark.", id="kept"),
    ],
)
def test_a_heavy_stage_says_what_becomes_of_it(run: Any, code: str, said: str) -> None:
    (result,) = [result for result in run["results"] if result["ruleId"] == code]
    assert result["message"]["text"].endswith(said) and result["level"] == "note"


def test_a_notebook_is_placed_in_words(run: Any) -> None:
    shown = next(result for result in run["results"] if result["ruleId"] == "SR903")
    assert shown["message"]["text"].startswith("cell 3, line 2: ")
    assert shown["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}


def test_fingerprints_are_distinct_and_outlive_moved_lines(run: Any, sample: Any) -> None:
    def prints(results: Any) -> list[str]:
        return [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]

    assert len(set(prints(run["results"]))) == len(run["results"])
    path = "vision/text.py"
    library = sample.report.libraries[0]
    lower = replace(library, findings=(replace(library.findings[0], line=4),), stages=())
    moved = replace(sample.report, libraries=(lower,))
    later = log(moved, {**sample.sources, path: "\n" + sample.sources[path]})["runs"][0]["results"]
    assert set(prints(later)) < set(prints(run["results"]))


def test_a_baseline_says_what_is_new(sample: Any, run: Any) -> None:
    assert all("baselineState" not in result for result in run["results"])
    known = frozenset(result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"][1:])
    results = log(against(sample.report, sample.sources, known), sample.sources)["runs"][0]["results"]
    assert [result["baselineState"] for result in results] == ["new"] + ["unchanged"] * (len(results) - 1)


def test_skipped_files_are_notified(run: Any) -> None:
    (invocation,) = run["invocations"]
    (notice,) = invocation["toolExecutionNotifications"]
    assert invocation["executionSuccessful"] is True
    assert notice["message"]["text"] == "Scala source: listed, not analysed"


def test_the_official_schema_holds(sample: Any) -> None:
    schema = json.loads((Path(__file__).parent / "data" / "sarif-2.1.0.json").read_text(encoding="utf-8-sig"))
    check = jsonschema.validators.validator_for(schema)(schema, format_checker=jsonschema.FormatChecker())
    documents = [log(sample.report, sample.sources), log(against(sample.report, {}, frozenset()), {})]
    assert [error.message for document in documents for error in check.iter_errors(document)] == []
    documents[0]["runs"][0]["results"][0]["level"] = "fatal"
    assert not check.is_valid(documents[0])
