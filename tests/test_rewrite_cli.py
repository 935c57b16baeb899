"""``migrate rewrite`` from the outside: exit codes, what is printed, what is written and what never is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import referencing
from hostile import MOVED, READ, job

from migrate.cli import run

NOTHING_MOVES = READ + 'df.withColumn("b", loud("a")).groupBy("b").pivot("a").count().show()\n'
# A second dataset goes on to Ray; this one is held back.
PARTLY = READ + MOVED + NOTHING_MOVES.removeprefix(READ)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "job.py"
    path.write_text(job(READ + MOVED), encoding="utf-8")
    return path


def schema(name: str) -> dict[str, Any]:
    path = Path(__file__).resolve().parents[1] / "migrate" / "schemas" / f"{name}.schema.json"
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def validate(document: dict[str, Any]) -> None:
    registry: Any = referencing.Registry().with_resource(
        "analyze.schema.json", referencing.Resource.from_contents(schema("analyze"))
    )
    jsonschema.Draft202012Validator(schema("report"), registry=registry).validate(document)


def call(*arguments: object) -> int:
    try:
        return run(["rewrite", *map(str, arguments)])
    except SystemExit as left:
        return int(left.code or 0)


def everything_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_rewrite_writes_beside_the_job_and_a_second_changes_nothing(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = file.read_bytes()
    assert call(file, "--everything") == 0
    assert "wrote job_spark.py, job_ray.py, parity.toml, report.json" in capsys.readouterr().out
    written = everything_in(file.parent)
    assert sorted(written) == [
        "job.py",
        *(f"job_ray/{name}" for name in ("job_ray.py", "job_spark.py", "parity.toml", "report.json")),
    ]
    validate(json.loads(written["job_ray/report.json"]))
    assert call(file, "--everything") == 0
    assert "wrote nothing" in capsys.readouterr().out
    assert everything_in(file.parent) == written
    assert file.read_bytes() == before


def test_check_tells_what_would_change_and_writes_nothing(file: Path) -> None:
    assert call(file, "--everything", "--check") == 1
    assert list(everything_in(file.parent)) == ["job.py"]
    assert call(file, "--everything") == 0
    assert call(file, "--everything", "--check") == 0
    (file.parent / "job_ray" / "job_ray.py").write_text("x = 1\n", encoding="utf-8")
    assert call(file, "--everything", "--check") == 1


def test_diff_prints_and_writes_nothing(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(file, "--everything", "--diff") == 0
    out = capsys.readouterr().out
    assert "+++ " in out and '+    hand_over(df, "df")' in out
    assert list(everything_in(file.parent)) == ["job.py"]


@pytest.mark.parametrize(
    "options", [["--format", "json"], ["--format", "json", "--diff"]], ids=["written", "with a diff"]
)
def test_json_is_the_report_and_nothing_else(
    file: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(file, "--everything", *options) == 0
    document = json.loads(capsys.readouterr().out)
    validate(document)
    assert document["run"] == ["job_spark.py", "job_ray.py"]


def test_out_elsewhere_knows_the_way_back(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "near.py").write_text("def shout(text):\n    return text\n", encoding="utf-8")
    text = file.read_text(encoding="utf-8").replace("import sys\n", "import sys\n\nimport near\n")
    file.write_text(text.replace("udf(shout, ", "udf(near.shout, "), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert call("job.py", "--everything", "--out", "deep/er") == 0
    emitted = (tmp_path / "deep" / "er" / "job_ray.py").read_text(encoding="utf-8")
    assert "'../..'" in emitted or '"../.."' in emitted


def test_a_job_to_keep_is_left_alone_with_exit_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "job.py"
    path.write_text(job('spark.read.parquet("a").groupBy("b").count().write.parquet("c")\n'), encoding="utf-8")
    assert call(path) == 0
    assert "left alone (keep_on_spark)" in capsys.readouterr().out
    assert call(path, "--format", "json") == 0
    document = json.loads(capsys.readouterr().out)
    validate(document)
    assert document["run"] == [] and document["moved"] == []
    assert list(everything_in(tmp_path)) == ["job.py"]


def test_when_nothing_can_move_nothing_is_written_and_it_is_said_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "job.py"
    path.write_text(job(NOTHING_MOVES), encoding="utf-8")
    assert call(path, "--everything") == 1
    out = capsys.readouterr().out
    assert "held back" in out and "job.py:24 SR" in out and "DataFrame.sample stays on Spark" in out
    assert list(everything_in(tmp_path)) == ["job.py"]


def test_what_is_left_is_marked_above_its_statement(tmp_path: Path) -> None:
    path = tmp_path / "job.py"
    path.write_text(job(PARTLY), encoding="utf-8")
    assert call(path, "--everything") == 1
    lines = (tmp_path / "job_ray" / "job_spark.py").read_text(encoding="utf-8").splitlines()
    marked = [number for number, line in enumerate(lines) if line.lstrip().startswith("# MIGRATE(SR")]
    assert len(marked) == 1
    assert lines[marked[0] + 1].lstrip().startswith('df.withColumn("b", loud("a"))')
    document = json.loads((tmp_path / "job_ray" / "report.json").read_text(encoding="utf-8"))
    assert document["blocked"] and document["moved"]


def _missing(folder: Path) -> Path:
    return folder / "absent.py"


def _notebook(folder: Path) -> Path:
    path = folder / "a.ipynb"
    path.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', encoding="utf-8")
    return path


def _broken(folder: Path) -> Path:
    path = folder / "a.py"
    path.write_text("def (:\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        pytest.param(_missing, "there is no such file", id="missing"),
        pytest.param(_notebook, "is a notebook", id="notebook"),
        pytest.param(_broken, "a syntax error", id="syntax"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_exit_2(
    make: object, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(make)
    assert call(make(tmp_path)) == 2
    err = capsys.readouterr().err
    assert sentence in err and err.count("\n") == 1


def test_an_engine_that_is_not_built_yet_is_refused(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(file, "--target", "raydp") == 2
    assert "--target raydp is not built yet" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("job_ray.py", "mine = 1\n", id="a file of the user's"),
        pytest.param("parity.toml", "mine = 1\n", id="a spec of the user's"),
        pytest.param("report.json", '{"job": "other.py", "run": []}', id="another job's rewrite"),
        pytest.param("report.json", "not json", id="a report that is none"),
    ],
)
def test_what_no_rewrite_has_written_is_never_overwritten(
    name: str, text: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = file.parent / "job_ray"
    folder.mkdir()
    (folder / name).write_text(text, encoding="utf-8")
    before = everything_in(file.parent)
    assert call(file, "--everything") == 2
    assert f"{name}: is there already" in capsys.readouterr().err
    assert everything_in(file.parent) == before


def test_a_write_that_fails_in_the_middle_leaves_what_was_there(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert call(file, "--everything") == 0
    before = everything_in(file.parent / "job_ray")
    file.write_text(job(READ + MOVED + "print(1)\n"), encoding="utf-8")
    replace = Path.replace

    def full_disk(self: Path, target: Path) -> Path:
        if Path(target) == file.parent / "job_ray" / "parity.toml":
            monkeypatch.undo()
            raise OSError(28, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", full_disk)
    assert call(file, "--everything") == 2
    assert "cannot be written (No space left on device); nothing was changed" in capsys.readouterr().err
    assert everything_in(file.parent / "job_ray") == before
    assert sorted(path.name for path in file.parent.iterdir()) == ["job.py", "job_ray"]


def test_a_folder_in_the_place_of_a_file_is_refused(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(file, "--everything") == 0
    (file.parent / "job_ray" / "parity.toml").unlink()
    (file.parent / "job_ray" / "parity.toml").mkdir()
    assert call(file, "--everything") == 2
    assert "parity.toml: is there already" in capsys.readouterr().err
