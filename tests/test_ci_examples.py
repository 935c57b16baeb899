"""The examples of docs/ci.md and the pre-commit hook do what they are shown to do."""

from __future__ import annotations

import re
import shlex
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

from migrate.cli import run

ROOT = Path(__file__).resolve().parents[1]
PYTHON = "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\n"
HEAVY = PYTHON + "spark.range(9).rdd.map(lambda row: row.id * 2).saveAsTextFile('out')\n"


def example(first: str) -> Any:
    """The indented YAML of docs/ci.md whose first line is ``first``."""
    text = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    found = re.search(rf"^    {first}\n(?:    .*\n|\n)*", text, re.MULTILINE)
    assert found is not None
    return yaml.safe_load(textwrap.dedent(found[0]))


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ".cache"))
    (tmp_path / "job.py").write_text(HEAVY)
    return tmp_path


def called(command: str) -> int:
    program, *arguments = shlex.split(command)
    assert program == "migrate"
    return run(arguments)


def test_the_action_fails_on_what_is_new_and_leaves_what_its_later_steps_take(repository: Path) -> None:
    steps = example("name: spark")["jobs"]["analyze"]["steps"]
    (command,) = [step["run"] for step in steps if "migrate analyze" in step.get("run", "")]
    assert run(["analyze", ".", "--format", "json", "--output", ".migrate-baseline.json"]) == 0
    assert called(command) == 0
    (repository / "job.py").write_text(HEAVY.replace("* 2", "* 3"))
    assert called(command) == 1
    taken = [step["with"][key] for step in steps for key in ("sarif_file", "path") if key in step.get("with", {})]
    assert taken == ["spark.sarif", "spark.html"]
    assert all((repository / name).stat().st_size for name in [*taken, "spark.md"])


def test_the_hook_fails_on_what_the_baseline_does_not_know(repository: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    (shown,) = example("repos:")["repos"][0]["hooks"]
    assert shown["id"] == hook["id"] and hook["pass_filenames"] is False
    assert called(hook["entry"]) == 1
    assert run(["analyze", ".", "--format", "json", "--output", ".migrate-baseline.json"]) == 0
    assert called(shlex.join([*shlex.split(hook["entry"]), *shown["args"]])) == 0
