"""The standard library and everything installed: analyzed without a mistake of ours, the same bytes twice."""

from __future__ import annotations

import random
import sysconfig
from dataclasses import replace
from pathlib import Path

from migrate.inventory import OUR_FAULT, analyze
from migrate.report import Report, render

PATHS = sysconfig.get_paths()
FOLDERS = {name: Path(PATHS[name]) for name in ("stdlib", "purelib")}


def _checked(report: Report) -> str:
    """The report as JSON without its seconds, once no file in it failed for a mistake of ours."""
    assert [row for row in report.files if (row.reason or "").startswith(OUR_FAULT)] == []
    return render(replace(report, seconds=None), "json", {})


def _files(*folders: Path) -> list[Path]:
    return sorted(file for folder in folders for file in folder.rglob("*.py") if file.is_file())


def _as_if_spark(files: list[Path], folder: Path) -> None:
    """Each file in a folder of its own, with a word that makes the analyzer read it whole."""
    for number, file in enumerate(files):
        target = folder / f"{number:05}" / file.name
        target.parent.mkdir()
        target.write_bytes(file.read_bytes() + b"\n# pyspark\n")


def test_a_sample_of_what_is_installed(tmp_path: Path) -> None:
    files = _files(*FOLDERS.values())
    _as_if_spark(random.Random(0).sample(files, min(120, len(files))), tmp_path)
    once = _checked(analyze((tmp_path,), 1))
    assert _checked(analyze((tmp_path,), 2)) == once


def test_pysparks_examples(spark_python: Path) -> None:
    """All of them are jobs, and there are more than a hundred."""
    (package,) = spark_python.parent.parent.glob("lib/python3*/site-packages/pyspark")
    examples = [file for file in _files(package / "examples") if file.name != "__init__.py"]
    report = analyze((package / "examples",), 2)
    assert _checked(report) == _checked(analyze((package / "examples",), 1))
    assert len(examples) > 100
    assert {job.path for job in report.jobs} == {str(file.relative_to(package / "examples")) for file in examples}
