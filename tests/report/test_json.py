"""The JSON report: its schema, its keys in order, and the same bytes from run to run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import referencing

import migrate
from migrate.errors import MigrateError
from migrate.ir import HeavyKind, Kind
from migrate.report import FORMATS, render

SCHEMAS = Path(migrate.__file__).parent / "schemas"


def schema(name: str) -> Any:
    return json.loads((SCHEMAS / name).read_text(encoding="utf-8"))


def validator(name: str) -> jsonschema.Draft202012Validator:
    resource = referencing.Resource.from_contents(schema("analyze.schema.json"))
    registry: Any = referencing.Registry().with_resource("analyze.schema.json", resource)
    return jsonschema.Draft202012Validator(schema(name), registry=registry)


def parsed(sample: Any) -> Any:
    return json.loads(render(sample.report, "json", sample.sources))


@pytest.mark.parametrize("name", ["analyze.schema.json", "report.schema.json"])
def test_the_schemas_are_schemas(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(name))


def test_a_report_is_valid(sample: Any) -> None:
    assert [error.message for error in validator("analyze.schema.json").iter_errors(parsed(sample))] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param(("schema_version",), 2, id="another version"),
        pytest.param(("jobs", 0, "verdict"), "maybe", id="a verdict that is none"),
        pytest.param(("jobs", 0, "confidence"), 1.5, id="more than certain"),
        pytest.param(("jobs", 2, "stages", 4, "heavy"), "rdd_mapp", id="a mechanism that is none"),
        pytest.param(("jobs", 2, "stages", 4, "line"), 0, id="lines count from 1"),
        pytest.param(("jobs", 2, "findings", 0, "severity"), "fatal", id="a severity that is none"),
        pytest.param(("files", 0, "path"), "/abs/olute.py", id="an absolute path"),
        pytest.param(("summary", "by_tag"), {"etl": 1}, id="a tag that is none"),
        pytest.param(("surprise",), 1, id="an unknown key"),
    ],
)
def test_a_damaged_report_is_not_valid(sample: Any, path: tuple[str | int, ...], value: object) -> None:
    document = parsed(sample)
    at = document
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    assert not validator("analyze.schema.json").is_valid(document)


def test_the_schema_knows_every_kind() -> None:
    definitions = schema("analyze.schema.json")["$defs"]
    assert definitions["heavy"]["enum"] == [heavy.value for heavy in HeavyKind]
    assert definitions["stage"]["properties"]["kind"]["enum"] == [kind.value for kind in Kind]


def test_the_keys_stand_in_the_order_of_the_contract(sample: Any) -> None:
    document = parsed(sample)
    job, stage, finding = document["jobs"][2], document["jobs"][2]["stages"][0], document["jobs"][2]["findings"][0]
    assert list(document) == ["schema_version", "tool", "root", "summary", "files", "jobs", "libraries"]
    assert list(document["summary"])[:6] == ["files", "lines", "jobs", "by_tag", "by_verdict", "seconds"]
    assert list(job)[:10] == [
        "path", "name", "tag", "also", "verdict", "confidence", "reasons", "stages", "boundaries", "findings",
    ]  # fmt: skip
    assert list(stage)[:14] == [
        "id", "kind", "cost", "heavy", "engine", "symbol", "code", "path", "line", "column", "end_line", "end_column",
        "inputs", "blocked_by",
    ]  # fmt: skip
    assert list(finding)[:7] == ["code", "severity", "message", "path", "line", "column", "fix"]
    assert list(job["boundaries"][0])[:6] == ["from", "to", "direction", "format", "columns", "path"]


def test_what_is_known_of_the_sample_is_said(sample: Any) -> None:
    document = parsed(sample)
    assert document["summary"]["by_tag"] == {"sql_etl": 2, "batch_ml": 2, "streaming": 0, "python_compute": 0}
    assert document["summary"]["by_verdict"] == {"keep_on_spark": 3, "move_to_ray": 0, "split": 1}
    assert document["summary"]["unresolved"] == 2
    barrier = document["jobs"][2]["stages"][6]
    assert (barrier["heavy"], barrier["role"], barrier["blocked_by"]) == ("barrier", "training", ["s9"])
    in_notebook = document["jobs"][3]["stages"][2]
    assert (in_notebook["line"], in_notebook["cell"], in_notebook["cell_line"]) == (3, 3, 2)
    assert document["libraries"][0]["stages"][0]["used_at"] == [4]


def test_two_runs_differ_in_their_seconds_alone(sample: Any) -> None:
    slower = replace(sample.report, seconds=9.75)
    first, second = (render(report, "json", sample.sources) for report in (sample.report, slower))
    assert first != second
    assert first.replace('"seconds": 0.25', '"seconds": 9.75') == second
    timeless = replace(sample.report, seconds=None)
    assert json.loads(render(timeless, "json", sample.sources))["summary"]["seconds"] is None
    assert validator("analyze.schema.json").is_valid(json.loads(render(timeless, "json", sample.sources)))


def test_a_rewrite_report_shares_stages_and_findings(sample: Any) -> None:
    job = parsed(sample)["jobs"][2]
    document = {
        "schema_version": 1, "job": job["path"], "verdict": job["verdict"], "run": ["train_photos_ray.py"],
        "moved": job["stages"][4:8], "kept": job["stages"][:4], "blocked": [], "findings": job["findings"],
    }  # fmt: skip
    assert [error.message for error in validator("report.schema.json").iter_errors(document)] == []
    document["moved"] = ["s5"]
    assert not validator("report.schema.json").is_valid(document)


def test_an_unknown_format_is_one_sentence(sample: Any) -> None:
    with pytest.raises(MigrateError, match="Unknown report format 'xml': use one of " + ", ".join(FORMATS)):
        render(sample.report, "xml", sample.sources)


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_does_without_the_sources(sample: Any, form: str) -> None:
    assert render(sample.report, form)
