"""`migrate analyze` as a person or a CI calls it: what it writes where, what fails a run, what a comment keeps."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from migrate.cli import run

JOB = """\
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
rows = spark.read.text("in").rdd
words = rows.flatMap(lambda row: row.value.split())
words.saveAsTextFile("out")
"""
MORE = JOB.replace("words.save", "words = words.map(lambda word: word.lower())\nwords.save")
INDENTED = "if True:\n" + textwrap.indent(JOB, "    ")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "words.py").write_text(JOB)
    return tmp_path


def analyze(*arguments: str) -> int:
    return run(["analyze", "jobs", "--jobs", "1", *arguments])


def baseline() -> None:
    assert analyze("--format", "json", "--output", "base.json") == 0


def test_every_format_goes_to_its_own_place(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = analyze("--format", "text", "--output", "-", "--format", "json", "--output", "r.json",
                   "--format", "sarif", "--output", "r.sarif", "--format", "markdown", "--output", "r.md",
                   "--format", "html", "--output", "r.html")  # fmt: skip
    assert code == 0
    assert capsys.readouterr().out.startswith("migrate ")
    assert json.loads((tree / "r.json").read_text())["jobs"][0]["path"] == "words.py"
    assert json.loads((tree / "r.sarif").read_text())["version"] == "2.1.0"
    assert (tree / "r.md").read_text().startswith("## Spark jobs")
    assert (tree / "r.html").read_text().startswith("<!doctype html>")


def test_files_are_written_all_or_none(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "r.json").write_text("before")
    assert analyze("--format", "json", "--output", "r.json", "--format", "html", "--output", "gone/r.html") == 2
    assert (tree / "r.json").read_text() == "before"
    assert "gone/r.html: cannot be written (No such file or directory)" in capsys.readouterr().err
    assert sorted(path.name for path in tree.iterdir() if path.is_file()) == ["r.json"]


def test_a_link_is_written_through_and_keeps_its_rights(tree: Path) -> None:
    (tree / "real.json").write_text("before")
    (tree / "real.json").chmod(0o640)
    (tree / "r.json").symlink_to("real.json")
    assert analyze("--format", "json", "--output", "r.json") == 0
    assert (tree / "r.json").is_symlink() and (tree / "real.json").stat().st_mode & 0o777 == 0o640
    assert json.loads((tree / "real.json").read_text())["schema_version"] == 1


def test_a_device_is_written_to_and_stays(tree: Path) -> None:
    assert analyze("--format", "json", "--output", "/dev/null") == 0
    assert not Path("/dev/null").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["--format", "text", "--format", "json", "--output", "a"], "one --output for each", id="too few"),
        pytest.param(["--output", "a", "--output", "b"], "one --output for each", id="too many"),
        pytest.param(
            ["--format", "json", "--output", "a", "--format", "html", "--output", "./a"], "the same", id="twice"
        ),
        pytest.param(["--format", "pdf"], "pdf", id="no such format"),
        pytest.param(["--baseline", "nothing.json"], "nothing.json", id="no such baseline"),
        pytest.param(["nowhere"], "nowhere", id="no such path"),
    ],
)
def test_a_run_that_cannot_be_done(
    arguments: list[str], said: str, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert analyze(*arguments) == 2
    captured = capsys.readouterr()
    assert said in captured.err and captured.out == ""
    assert [path.name for path in tree.iterdir()] in (["jobs"], ["cache", "jobs"], ["jobs", "cache"])


@pytest.mark.parametrize(
    ("later", "on", "code"),
    [
        pytest.param(JOB, "none", 0, id="nothing fails"),
        pytest.param(JOB, "any", 1, id="anything fails"),
        pytest.param(JOB, "new", 0, id="what the baseline has does not"),
        pytest.param("# a licence\n\n\n" + JOB, "new", 0, id="nor when it moved down"),
        pytest.param(INDENTED, "new", 0, id="nor indented"),
        pytest.param(MORE, "new", 1, id="a new stage does"),
        pytest.param(JOB.replace("split()", "split(',')"), "new", 1, id="a changed line does"),
    ],
)
def test_what_fails_a_run_with_a_baseline(later: str, on: str, code: int, tree: Path) -> None:
    baseline()
    (tree / "jobs" / "words.py").write_text(later)
    assert analyze("--baseline", "base.json", "--fail-on", on) == code


def test_without_a_baseline_everything_is_new(tree: Path) -> None:
    assert analyze("--fail-on", "new") == 1


@pytest.mark.parametrize(
    ("source", "code", "suppressed"),
    [
        pytest.param(JOB.replace("split())", "split())  # migrate: keep SR421"), 0, 0, id="behind the stage"),
        pytest.param(JOB.replace("words = ", "# migrate: keep\nwords = "), 0, 0, id="above it"),
        pytest.param(JOB.replace("split())", "split())  # migrate: keep SR403"), 1, 0, id="another code"),
        pytest.param("def f():\n    return 1\n" + JOB, 1, 0, id="no comment"),
    ],
)
def test_a_kept_stage_does_not_fail_a_run(source: str, code: int, suppressed: int, tree: Path) -> None:
    (tree / "jobs" / "words.py").write_text(source)
    assert analyze("--fail-on", "any", "--format", "json", "--output", "r.json") == code
    document = json.loads((tree / "r.json").read_text())
    assert document["summary"]["suppressed"] == suppressed
    assert [stage["heavy"] for stage in document["jobs"][0]["stages"] if stage["heavy"]] == ["rdd_map"]


def test_a_notebook_is_kept_by_its_cells_comments(tree: Path) -> None:
    lines = JOB.replace("words = ", "# migrate: keep SR421\nwords = ").splitlines(keepends=True)
    cells = [{"cell_type": "code", "source": lines[:2]}, {"cell_type": "code", "source": lines[2:]}]
    (tree / "jobs" / "words.py").unlink()
    (tree / "jobs" / "words.ipynb").write_text(json.dumps({"cells": cells, "nbformat": 4, "metadata": {}}))
    assert analyze("--fail-on", "any") == 0


def test_settings_come_from_the_project_and_are_overruled_by_options(tree: Path) -> None:
    (tree / "pyproject.toml").write_text('[tool.migrate]\nfail-on = "any"\n')
    assert analyze() == 1
    assert analyze("--fail-on", "none") == 0


def test_a_baseline_in_the_settings_counts_from_their_file(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    baseline()
    (tree / "pyproject.toml").write_text('[tool.migrate]\nfail-on = "new"\nbaseline = "base.json"\n')
    monkeypatch.chdir(tree / "jobs")
    assert run(["analyze", ".", "--jobs", "1"]) == 0


@pytest.mark.parametrize(
    ("variables", "colors"),
    [
        pytest.param({}, True, id="a terminal"),
        pytest.param({"NO_COLOR": "1"}, False, id="NO_COLOR"),
        pytest.param({"TERM": "dumb"}, False, id="a dumb terminal"),
    ],
)
def test_colours_are_for_terminals_that_want_them(variables: dict[str, str], colors: bool, tree: Path) -> None:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80", **variables}
    command = [sys.executable, "-m", "migrate", "analyze", "jobs", "--jobs", "1"]
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, env=environment, cwd=tree) as process:
        os.close(theirs)
        said = b""
        while chunk := _read(ours):
            said += chunk
    os.close(ours)
    assert process.returncode == 0 and b"words.py" in said and (b"\x1b[" in said) is colors


def test_progress_is_shown_on_a_terminal_and_gone_at_the_end(tree: Path) -> None:
    for number in range(60):
        (tree / f"job{number}.py").write_text("from pyspark.sql import SparkSession\n")
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "80"}
    command = [sys.executable, "-m", "migrate", "analyze", ".", "--jobs", "2", "--no-cache", "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=theirs, env=environment, cwd=tree) as process:
        os.close(theirs)
        said = b""
        while chunk := _read(ours):
            said += chunk
    os.close(ours)
    files = sum(1 for _ in tree.rglob("*.py"))
    assert process.returncode == 0
    assert b"reading files" in said and f"{files}/{files}".encode() in said
    assert said.rstrip().endswith(b"\x1b[2K")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux says so when the other end is closed
        return b""
