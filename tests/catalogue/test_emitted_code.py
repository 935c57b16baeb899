"""What is written for a job's owner to read, over all cases and examples: well-formed, and free of Spark."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from case_jobs import CASES, CaseJobs, Emitted, rewritten

# Without it Ray hands over dictionaries of NumPy arrays, and NULLs are lost.
ASKS_FOR_A_FORMAT = {"map_batches", "iter_batches", "map_groups", "take_batch", "add_column"}


@pytest.fixture(scope="module")
def emitted(jobs: CaseJobs, spark_python: Path) -> dict[str, Emitted]:
    """Every case and every example that is rewritten, by name: the job's file and what is written for it."""
    return jobs.all(_examples(spark_python))


def _examples(spark_python: Path) -> Iterator[tuple[str, str]]:
    site = next((spark_python.parent.parent / "lib").glob("python3.*")) / "site-packages"
    folder = site / "pyspark" / "examples" / "src" / "main" / "python"
    for file in sorted(folder.rglob("*.py")):
        if file.name != "__init__.py":
            yield file.relative_to(folder).as_posix(), file.read_text(encoding="utf-8")


def _ruff(arguments: list[str], *files: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _parts(emitted: dict[str, Emitted]) -> list[Path]:
    return [made.folder / name for _, made in emitted.values() for name in made.run]


def test_there_is_something_to_look_at(emitted: dict[str, Emitted]) -> None:
    assert len(emitted) > len(CASES)
    assert set(CASES) <= set(emitted)


def test_it_is_as_ruff_formats_it(emitted: dict[str, Emitted]) -> None:
    """At the width that the job has; a job that fits a lesser one is taken to have that."""
    unformed = [_unformed(width, _parts(emitted)) for width in ("88", "100", "120")]
    assert set.intersection(*unformed) == set()


def _unformed(width: str, files: list[Path]) -> set[str]:
    options = ["--check", "--isolated", "--line-length", width, "--output-format", "concise"]
    done = _ruff(["format", *options], *files)
    return {line.partition(":")[0] if ".py:" in line else line for line in done.stdout.splitlines() if ".py" in line}


def test_ruff_finds_nothing_that_the_job_did_not_have(emitted: dict[str, Emitted]) -> None:
    before = _found([file for file, _ in emitted.values()])
    after = _found(_parts(emitted))
    new = {}
    for file, made in emitted.values():
        for part in made.run:
            extra = after[made.folder / part] - before[file]
            if extra:
                new[str(made.folder / part)] = dict(extra)
    assert new == {}


def _found(files: list[Path]) -> dict[Path, Counter[str]]:
    """What ruff's default rules find, by file: how often each code."""
    found = {file: Counter[str]() for file in files}
    for row in json.loads(_ruff(["check", "--isolated", "--output-format", "json"], *files).stdout):
        found[Path(row["filename"])][row["code"]] += 1
    return found


@pytest.mark.slow
def test_a_second_rewrite_changes_nothing(emitted: dict[str, Emitted]) -> None:
    again = rewritten(file for file, _ in emitted.values())
    for name, made in zip(emitted, again, strict=True):
        assert made is not None and list(made.changes()) == [], name


def test_the_ray_part_needs_neither_spark_nor_this_toolkit(emitted: dict[str, Emitted]) -> None:
    for name, (_, made) in emitted.items():
        for node in ast.walk(ast.parse(made.files[made.run[-1]])):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {module.split(".")[0] for module in modules} & {"pyspark", "migrate"}, name


def test_batches_have_a_format(emitted: dict[str, Emitted]) -> None:
    for name, (_, made) in emitted.items():
        for node in ast.walk(ast.parse(made.files[made.run[-1]])):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ASKS_FOR_A_FORMAT
            ):
                assert "batch_format" in {keyword.arg for keyword in node.keywords}, f"{name}: {ast.unparse(node)[:80]}"


def test_nothing_is_held_that_the_job_did_not_hold(emitted: dict[str, Emitted]) -> None:
    for name, (file, made) in emitted.items():
        text = made.files[made.run[-1]]
        job = file.read_text(encoding="utf-8")
        if ".materialize()" in text:
            # MLlib keeps the parts of its validators too, without being told.
            holds = ("cache(", "persist(", "CrossValidator(", "TrainValidationSplit(")
            assert any(word in job for word in holds), name
