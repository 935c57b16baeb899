"""Whatever stands in a report, every format says it: odd paths, odd text, lines that are not there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import migrate
from migrate.findings import Finding, Severity
from migrate.ir import Boundary, Cost, Engine, HeavyKind, Job, Kind, Reason, Span, Stage, Tag, Verdict
from migrate.report import FORMATS, FileRow, FileStatus, Library, Report, render

SCHEMA = json.loads((Path(migrate.__file__).parent / "schemas" / "analyze.schema.json").read_text(encoding="utf-8"))
WRITTEN = jsonschema.Draft202012Validator(
    json.loads(Path(__file__).with_name("sarif_written.schema.json").read_text(encoding="utf-8"))
)

hostile = st.sampled_from(
    ["<script>", "</script>", "<!--", "[red]", "\x1b[31m", "``", "|", "{{ x }}", "\u202e", "\n", "\x00"]
)
text = st.lists(st.text(st.characters(codec="utf-8"), max_size=12) | hostile, max_size=4).map("".join)
path = text.map(lambda name: name.lstrip("/") or "a.py")
lines = st.integers(1, 6)
ids = st.sampled_from(["s1", "s2", "s3", "gone"])
codes = st.sampled_from(["SR401", "SR701", "SR325", "SR000"])


@st.composite
def spans(draw: st.DrawFn) -> Span:
    line, column, cell = draw(lines), draw(st.integers(0, 9)), draw(st.none() | st.integers(0, 3))
    return Span(draw(path), line, column, line, column + 3, cell, None if cell is None else draw(lines))


@st.composite
def stages(draw: st.DrawFn, id: str) -> Stage:
    span = draw(spans())
    return Stage(
        id, draw(st.sampled_from(Kind)), draw(text), draw(st.sampled_from(Cost)), span, span, span, "",
        inputs=tuple(draw(st.lists(ids, max_size=2))), heavy=draw(st.none() | st.sampled_from(HeavyKind)),
        role=draw(st.none() | text), used_at=tuple(draw(st.lists(lines, max_size=2))), code=draw(st.none() | codes),
        engine=draw(st.none() | st.sampled_from(Engine)), blocked_by=tuple(draw(st.lists(ids, max_size=2))),
    )  # fmt: skip


findings = st.builds(
    Finding, codes, st.sampled_from(Severity), text, path, lines, st.integers(0, 9), st.none() | text
)  # fmt: skip
reasons = st.builds(Reason, codes, text, st.none() | lines)
columns = st.none() | st.lists(text, max_size=2).map(tuple)
boundaries = st.builds(Boundary, ids, ids, st.sampled_from(["spark_to_ray", "ray_to_spark"]), columns, text)


@st.composite
def jobs(draw: st.DrawFn) -> Job:
    return Job(
        draw(path), draw(text), tuple(draw(stages(id)) for id in ("s1", "s2", "s3")[: draw(st.integers(0, 3))]),
        findings=tuple(draw(st.lists(findings, max_size=2))), tag=draw(st.sampled_from(Tag)),
        also=tuple(draw(st.sets(st.sampled_from(Tag), max_size=2))), verdict=draw(st.sampled_from(Verdict)),
        confidence=draw(st.floats(0, 1)), reasons=tuple(draw(st.lists(reasons, max_size=2))),
        boundaries=tuple(draw(st.lists(boundaries, max_size=2))), unresolved=draw(st.integers(0, 3)),
    )  # fmt: skip


rows = st.builds(FileRow, path, st.sampled_from(FileStatus), st.none() | text)
libraries = st.builds(Library, path, st.tuples(stages("s1")), st.lists(findings, max_size=1).map(tuple))


@st.composite
def reports(draw: st.DrawFn) -> tuple[Report, dict[str, str]]:
    report = Report(
        draw(text), tuple(draw(st.lists(rows, max_size=2))), tuple(draw(st.lists(jobs(), max_size=3))),
        tuple(draw(st.lists(libraries, max_size=1))), draw(st.integers(0, 99)), draw(st.none() | st.floats(0, 9)),
        "0", new=draw(st.none() | st.just(frozenset[str]())),
    )  # fmt: skip
    known = draw(st.dictionaries(st.sampled_from([job.path for job in report.jobs] or ["a.py"]), text))
    return report, known


@settings(deadline=None, max_examples=60)
@given(reports())
def test_every_format_says_it(made: tuple[Report, dict[str, str]]) -> None:
    report, sources = made
    said = {form: render(report, form, sources) for form in FORMATS}
    assert [
        error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(json.loads(said["json"]))
    ] == []
    assert [error.message for error in WRITTEN.iter_errors(json.loads(said["sarif"]))] == []
    assert said["html"].count("</script>") == 2 and said["html"].count("<script") == 2
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", said["text"])
    assert "<script" not in MarkdownIt("commonmark").enable("table").render(said["markdown"])
