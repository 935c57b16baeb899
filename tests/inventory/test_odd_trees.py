"""Trees that nobody cleaned up: what is no regular file, cannot be opened, loops, or has a name of odd bytes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from migrate import inventory
from migrate.cache import Cache
from migrate.cli import run
from migrate.frontend.project import Project
from migrate.inventory import OUR_FAULT, analyze, sources_of
from migrate.ir import Job
from migrate.report import FORMATS, FileStatus, render

JOB = "from pyspark.sql import SparkSession\nSparkSession.builder.getOrCreate().range(3).rdd.map(lambda r: r).count()\n"


def _rows(folder: Path) -> dict[str, tuple[FileStatus, str | None]]:
    return {row.path: (row.status, row.reason) for row in analyze((folder,), 1).files}


def test_folders_and_links_named_like_files(tmp_path: Path) -> None:
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "folder.py" / "job.py").write_text(JOB)
    (tmp_path / "loop.py").symlink_to("loop.py")
    (tmp_path / "circle").symlink_to(".", target_is_directory=True)
    (tmp_path / "gone.py").symlink_to("nowhere.py")
    (tmp_path / "link.py").symlink_to("folder.py/job.py")
    rows = _rows(tmp_path)
    assert rows.pop("folder.py/job.py") == rows.pop("link.py") == (FileStatus.JOB, None)
    assert sorted(rows) == ["gone.py", "loop.py"]
    assert all(status is FileStatus.SKIPPED and "cannot be read" in (why or "") for status, why in rows.values())


def test_a_pipe_and_a_device_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "zero.py").symlink_to("/dev/zero")
    (tmp_path / "job.py").write_text("import pipe, zero\n" + JOB)
    expected = (FileStatus.SKIPPED, "cannot be read: it is not a regular file")
    assert _rows(tmp_path) == {"job.py": (FileStatus.JOB, None), "pipe.py": expected, "zero.py": expected}


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_a_row(tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text(JOB)
    (tmp_path / "secret.py").chmod(0)
    assert _rows(tmp_path) == {"secret.py": (FileStatus.SKIPPED, "cannot be read: Permission denied")}


def test_a_file_that_vanishes_between_listing_and_reading_is_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "job.py").write_text(JOB)
    monkeypatch.setattr(Project, "_read", lambda self, path: None)
    monkeypatch.setattr(inventory, "load", lambda path, data: (_ for _ in ()).throw(FileNotFoundError(2, "gone")))
    assert _rows(tmp_path)["job.py"][0] is FileStatus.SKIPPED


def test_empty_files(tmp_path: Path) -> None:
    for name in ("empty.py", "__init__.py", "empty.ipynb"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "marked.py").write_bytes(b"\xef\xbb\xbf")
    assert {status for status, _ in _rows(tmp_path).values()} == {FileStatus.NO_SPARK}
    assert len(_rows(tmp_path)) == 4


@pytest.mark.parametrize("form", FORMATS)
def test_names_of_odd_bytes_reach_every_format(form: str, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    for name in (b"ok.py", b"\xff.py", "\u00fc \u202e<b>&.py".encode(), b"new\nline.py"):
        (folder / os.fsdecode(name)).write_text(JOB)
    report = analyze((folder,), 1, cache=Cache(tmp_path / "cache"))
    assert [row.reason for row in report.files].count("its name is not UTF-8 text") == 1
    assert len(report.jobs) == 3
    render(report, form, sources_of(report)).encode("utf-8")


def test_a_mistake_of_ours_costs_the_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "good.py").write_text(JOB)
    (tmp_path / "odd.py").write_text(JOB)
    build = inventory.build_job

    def failing(project: Project, module: object) -> Job:
        if getattr(module, "path", "") == "odd.py":
            raise KeyError("a mistake")
        return build(project, module)  # type: ignore[arg-type]

    monkeypatch.setattr(inventory, "build_job", failing)
    rows = _rows(tmp_path)
    assert rows["good.py"] == (FileStatus.JOB, None)
    status, why = rows["odd.py"]
    assert status is FileStatus.SKIPPED and (why or "").startswith(f"{OUR_FAULT}: KeyError in ")


def _root_of(capsys: pytest.CaptureFixture[str], *paths: str) -> str:
    assert run(["analyze", "--no-cache", "--format", "json", *paths]) == 0
    return str(json.loads(capsys.readouterr().out)["root"])


def test_the_root_is_shown_as_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "jobs" / "daily").mkdir(parents=True)
    (tmp_path / "jobs" / "daily" / "job.py").write_text(JOB)
    (tmp_path / "jobs" / "other.py").write_text(JOB)
    monkeypatch.chdir(tmp_path)
    assert _root_of(capsys, "jobs") == "jobs"
    assert _root_of(capsys, "jobs/daily/job.py", "jobs/other.py") == "jobs"
    assert _root_of(capsys, ".") == _root_of(capsys, "jobs", ".") == "."
    assert _root_of(capsys, str(tmp_path / "jobs")) == str(tmp_path / "jobs")
    monkeypatch.chdir(tmp_path / "jobs" / "daily")
    assert _root_of(capsys, "job.py") == "."
    assert _root_of(capsys, "..") == ".."
    assert _root_of(capsys, "..", "job.py") == str(tmp_path / "jobs")
