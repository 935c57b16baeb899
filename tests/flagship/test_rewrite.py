"""The flagship job rewritten: what stays, what goes, and that none of it hangs on a name."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import referencing
from renamed import NAMES, SAMPLE, copy_renamed, renamed

from migrate.rewrite import Rewrite, rewrite


def schema(name: str) -> dict[str, Any]:
    file = Path(__file__).resolve().parents[2] / "migrate" / "schemas" / f"{name}.schema.json"
    loaded: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("flagship")
    for source in SAMPLE.glob("*.py"):
        shutil.copy(source, folder)
    return folder / "train_photos.py"


@pytest.fixture(scope="module")
def rewritten(job: Path) -> Rewrite:
    result = rewrite(job)
    result.write()
    return result


def test_the_parts_and_their_order(rewritten: Rewrite) -> None:
    assert rewritten.run == ("train_photos_spark.py", "train_photos_ray.py")
    assert sorted(rewritten.files) == sorted([*rewritten.run, "parity.toml", "report.json"])
    assert rewritten.complete
    assert rewritten.job.tag and rewritten.job.tag.value == "batch_ml"
    assert rewritten.job.verdict and rewritten.job.verdict.value == "split"


def test_spark_keeps_the_etl_and_no_training(rewritten: Rewrite) -> None:
    text = rewritten.files["train_photos_spark.py"]
    assert "def build_catalogue(spark, source):" in text
    code = ast.unparse(_without_docstring(text))
    assert not [word for word in ("hvd", "torch", "udf", "rendezvous") if word in code]
    assert 'hand_over(photos, "photos")' in text


@pytest.mark.parametrize("gone", ["pyspark", "hvd", "rendezvous", "SparkSession", "migrate", "build_catalogue"])
def test_nothing_of_spark_or_the_toolkit_is_left_on_ray(rewritten: Rewrite, gone: str) -> None:
    assert gone not in ast.unparse(_without_docstring(rewritten.files["train_photos_ray.py"]))


def test_functions_of_the_user_that_did_not_change_are_kept_to_the_byte(job: Path, rewritten: Rewrite) -> None:
    original = job.read_text(encoding="utf-8")
    emitted = rewritten.files["train_photos_ray.py"]
    for name in ("parse_arguments", "to_tensors", "count_correct"):
        function = next(n for n in ast.parse(original).body if isinstance(n, ast.FunctionDef) and n.name == name)
        text = ast.get_source_segment(original, function)
        assert text is not None and text in emitted


def test_comments_of_the_user_stay(rewritten: Rewrite) -> None:
    assert "# Partitions are uneven." in rewritten.files["train_photos_ray.py"]


@pytest.mark.parametrize("name", ["train_photos_spark.py", "train_photos_ray.py"])
@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=["check", "format"])
def test_emitted_files_pass_ruff(rewritten: Rewrite, name: str, command: list[str]) -> None:
    arguments = [sys.executable, "-m", "ruff", *command, "--isolated", "--line-length", "120"]
    done = subprocess.run([*arguments, rewritten.folder / name], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_second_rewrite_changes_nothing(job: Path, rewritten: Rewrite) -> None:
    assert list(rewrite(job).changes()) == []


def test_the_job_itself_is_not_touched(job: Path, rewritten: Rewrite) -> None:
    assert job.read_bytes() == (SAMPLE / "train_photos.py").read_bytes()


def test_report_json_keeps_to_its_schema(rewritten: Rewrite) -> None:
    document = json.loads(rewritten.files["report.json"])
    stages = referencing.Resource.from_contents(schema("analyze"))
    registry: Any = referencing.Registry().with_resource("analyze.schema.json", stages)
    jsonschema.Draft202012Validator(schema("report"), registry=registry).validate(document)
    moved = {stage["symbol"] for stage in document["moved"]}
    assert "RDDBarrier.mapPartitions" in moved
    assert not document["blocked"]


def test_a_rewrite_of_the_renamed_job_is_the_renamed_rewrite(rewritten: Rewrite, tmp_path: Path) -> None:
    other = rewrite(copy_renamed(tmp_path / "elsewhere" / "deeper"))
    assert [renamed(name) for name in rewritten.run] == list(other.run)
    for name in (*rewritten.run, "parity.toml"):
        assert other.files[renamed(name)] == renamed(rewritten.files[name])


def test_the_new_names_really_are_others(job: Path) -> None:
    text = renamed(job.read_text(encoding="utf-8"))
    assert not any(name in text for name in NAMES)


def test_the_toolkit_knows_no_name_of_the_sample() -> None:
    package = Path(__file__).resolve().parents[2] / "migrate"
    text = "".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
    assert not [name for name in ("train_photos", "photo_model", "build_catalogue", "label_index") if name in text]


def _without_docstring(text: str) -> ast.Module:
    tree = ast.parse(text)
    tree.body = tree.body[1:]
    return tree
