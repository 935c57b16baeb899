"""What is written for a job's owner to read, over all cases and examples: well-formed, and free of Spark."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from job_of import PREAMBLE

from migrate.catalogue import mappings
from migrate.errors import MigrateError
from migrate.mapping import Case
from migrate.rewrite import Rewrite, rewrite

_IMPORTS = re.compile(r"\A(?:(?:import|from) .*\n)*")


def _job(case: Case) -> str:
    """The case as a job, its imports at the top."""
    found = _IMPORTS.match(case.before)
    imports = found.group() if found else ""
    return imports + PREAMBLE + case.before.removeprefix(imports) + "\n"


CASES = [
    (f"{type(mapping).__name__}-{case.name}", _job(case))
    for mapping in dict.fromkeys(mappings().values())
    for case in mapping.cases
    if case.after is not None
]
# Without it Ray hands over dictionaries of NumPy arrays, and NULLs are lost.
ASKS_FOR_A_FORMAT = {"map_batches", "iter_batches", "map_groups", "take_batch", "add_column"}


@pytest.fixture(scope="module")
def emitted(tmp_path_factory: pytest.TempPathFactory, spark_python: Path) -> dict[str, tuple[Path, Rewrite]]:
    """Every case and every example that is rewritten, by name: the job's file and what is written for it."""
    folder = tmp_path_factory.mktemp("emitted")
    files = {}
    for number, (name, text) in enumerate([*CASES, *_examples(spark_python)]):
        files[name] = folder / str(number) / "job.py"
        files[name].parent.mkdir()
        files[name].write_text(text, encoding="utf-8")
    _ruff(["format", "-q", "--isolated", "--line-length", "120"], *files.values())
    found = {}
    for (name, file), made in zip(files.items(), _rewritten(files.values()), strict=True):
        if made is not None and made.files:
            made.write()
            found[name] = file, made
    return found


def _rewritten(files: Iterable[Path]) -> Iterator[Rewrite | None]:
    """What is made of each file, on all cores; None for what is refused, which the rewriter's own tests look at."""
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for waiting in [pool.submit(rewrite, file, everything=True) for file in files]:
            try:
                yield waiting.result()
            except MigrateError:
                yield None


def _examples(spark_python: Path) -> Iterator[tuple[str, str]]:
    site = next((spark_python.parent.parent / "lib").glob("python3.*")) / "site-packages"
    folder = site / "pyspark" / "examples" / "src" / "main" / "python"
    for file in sorted(folder.rglob("*.py")):
        if file.name != "__init__.py":
            yield file.relative_to(folder).as_posix(), file.read_text(encoding="utf-8")


def _ruff(arguments: list[str], *files: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _parts(emitted: dict[str, tuple[Path, Rewrite]]) -> list[Path]:
    return [made.folder / name for _, made in emitted.values() for name in made.run]


def test_there_is_something_to_look_at(emitted: dict[str, tuple[Path, Rewrite]]) -> None:
    assert len(emitted) > len(CASES)
    assert {name for name, _ in CASES} <= set(emitted)


def test_it_is_as_ruff_formats_it(emitted: dict[str, tuple[Path, Rewrite]]) -> None:
    """At the width that the job has; a job that fits a lesser one is taken to have that."""
    unformed = [_unformed(width, _parts(emitted)) for width in ("88", "100", "120")]
    assert set.intersection(*unformed) == set()


def _unformed(width: str, files: list[Path]) -> set[str]:
    options = ["--check", "--isolated", "--line-length", width, "--output-format", "concise"]
    done = _ruff(["format", *options], *files)
    return {line.partition(":")[0] if ".py:" in line else line for line in done.stdout.splitlines() if ".py" in line}


def test_ruff_finds_nothing_that_the_job_did_not_have(emitted: dict[str, tuple[Path, Rewrite]]) -> None:
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
def test_a_second_rewrite_changes_nothing(emitted: dict[str, tuple[Path, Rewrite]]) -> None:
    again = _rewritten(file for file, _ in emitted.values())
    for name, made in zip(emitted, again, strict=True):
        assert made is not None and list(made.changes()) == [], name


def test_the_ray_part_needs_neither_spark_nor_this_toolkit(emitted: dict[str, tuple[Path, Rewrite]]) -> None:
    for name, (_, made) in emitted.items():
        for node in ast.walk(ast.parse(made.files[made.run[-1]])):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {module.split(".")[0] for module in modules} & {"pyspark", "migrate"}, name


def test_batches_have_a_format(emitted: dict[str, tuple[Path, Rewrite]]) -> None:
    for name, (_, made) in emitted.items():
        for node in ast.walk(ast.parse(made.files[made.run[-1]])):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ASKS_FOR_A_FORMAT
            ):
                assert "batch_format" in {keyword.arg for keyword in node.keywords}, f"{name}: {ast.unparse(node)[:80]}"


def test_nothing_is_held_that_the_job_did_not_hold(emitted: dict[str, tuple[Path, Rewrite]]) -> None:
    for name, (file, made) in emitted.items():
        text = made.files[made.run[-1]]
        job = file.read_text(encoding="utf-8")
        if ".materialize()" in text:
            assert any(word in job for word in ("cache(", "persist(")), name
