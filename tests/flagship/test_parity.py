"""The renamed flagship job on real Spark with real Horovod against its Ray version, right and broken on purpose."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from renamed import NAMES, copy_renamed, renamed

ROOT = Path(__file__).resolve().parents[2]
PYTHONS = {side: ROOT / ".venv" / side / "bin" / "python" for side in ("spark", "ray")}
STEM = NAMES["train_photos"]
PHOTOS = 160

pytestmark = [pytest.mark.slow, pytest.mark.engines, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The job under other names in another folder, rewritten, with inputs of its own; one seed."""
    assert all(python.exists() for python in PYTHONS.values()), "make env builds the environments of both sides"
    folder = tmp_path_factory.mktemp("moved") / "deeper"
    file = copy_renamed(folder)
    images = f"--{renamed('images')}"
    call([PYTHONS["ray"], folder / "make_inputs.py", "--output", folder / "inputs", images, PHOTOS, "--seed", 3])
    call([sys.executable, "-m", "migrate", "rewrite", file])
    spec = folder / f"{STEM}_ray" / "parity.toml"
    spec.write_text(spec.read_text(encoding="utf-8").replace("seeds = [0, 1, 2]", "seeds = [0]"), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def right(job: Path) -> tuple[int, dict[str, Any]]:
    """The parity run of what was emitted, its outputs kept."""
    return parity(job, "right", "--keep")


def call(words: list[Any]) -> None:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def parity(job: Path, name: str, *options: str, spec: str = "parity.toml") -> tuple[int, dict[str, Any]]:
    """The exit code and the JSON document of one parity run."""
    run_dir = job.parent / "runs" / name
    run_dir.parent.mkdir(exist_ok=True)
    words = [sys.executable, "-m", "migrate", "parity", job.parent / f"{STEM}_ray" / spec, "--format", "json"]
    words += ["--inputs", job.parent / "inputs", "--run-dir", run_dir, "--timeout", "600", *options]
    words += ["--spark-python", PYTHONS["spark"], "--ray-python", PYTHONS["ray"]]
    done = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, text=True, check=False)
    return done.returncode, json.loads(done.stdout)


def outputs(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {output["path"]: output for output in document["outputs"]}


def test_the_moved_and_renamed_job_is_equal(right: tuple[int, dict[str, Any]]) -> None:
    code, document = right
    assert document["failure"] is None, document["failure"]
    assert (code, document["verdict"]) == (0, "equal")
    assert len(outputs(document)) == 4
    assert {output["verdict"] for output in document["outputs"]} == {"equal"}


def test_every_photo_was_compared(right: tuple[int, dict[str, Any]]) -> None:
    rows = outputs(right[1])[NAMES["features"]]["comparison"]["rows"]
    assert rows["left"] == rows["right"] > PHOTOS / 2


def test_the_weights_are_the_same(right: tuple[int, dict[str, Any]]) -> None:
    columns = outputs(right[1])["model.pt"]["comparison"]["columns"]
    assert columns
    assert max(column["max_abs"] or 0.0 for column in columns) <= 1e-6


def test_phases_are_told_apart_on_both_sides(right: tuple[int, dict[str, Any]]) -> None:
    for phases in right[1]["phases"].values():
        assert {"start-up", "etl", "preprocessing", "training"} <= {name for name, spent in phases.items() if spent > 0}


BROKEN = {
    "one row in a hundred is lost": (
        '.map_batches(lambda batch: set_column(batch, "immge"',
        '.map_batches(lambda batch: batch.filter([not n.endswith(("07.jpg", "42.jpg"))'
        ' for n in batch["name"].to_pylist()]), batch_format="pyarrow")'
        '.map_batches(lambda batch: set_column(batch, "immge"',
        NAMES["features"],
        "only",
    ),
    "the wrong constant normalises": (
        "normalise = RowUdf(normalise_pounds,",
        "normalise = RowUdf(lambda pixels: [value * 1.01 for value in normalise_pounds(pixels)],",
        NAMES["features"],
        NAMES["image"],
    ),
    "the learning rate is not scaled": (
        "lr=args.lr * context.get_world_size()",
        "lr=args.lr",
        "model.pt",
        "convolutions",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_job_is_different_and_named(job: Path, right: tuple[int, dict[str, Any]], name: str) -> None:
    old, new, output, named = BROKEN[name]
    assert right[0] == 0
    folder = job.parent / f"{STEM}_ray"
    broken = name.replace(" ", "_")
    damage(folder, f"{broken}.py", old, new)
    recorded(job, folder, f"{broken}.py", f"{broken}.toml")
    code, document = parity(job, broken, spec=f"{broken}.toml")
    assert document["failure"] is None, document["failure"]
    assert (code, document["verdict"]) == (1, "different")
    told = outputs(document)[output]
    assert told["verdict"] == "different"
    assert named in json.dumps(told["comparison"])


def damage(folder: Path, file: str, old: str, new: str) -> None:
    """The emitted job once more under another name, with one thing changed."""
    text = (folder / f"{STEM}_ray.py").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")


def test_the_stage_at_which_a_broken_job_parts_is_named(job: Path) -> None:
    """Both engines run, and run again to write what lies between their inputs and outputs."""
    folder = job.parent / f"{STEM}_ray"
    old, new, _, _ = BROKEN["the wrong constant normalises"]
    damage(folder, "parting.py", old, new)
    text = (
        (folder / "parity.toml")
        .read_text(encoding="utf-8")
        .replace(f"{STEM}_ray/{STEM}_ray.py", f"{STEM}_ray/parting.py")
    )
    (folder / "parting.toml").write_text(text, encoding="utf-8")
    code, document = parity(job, "parting", "--bisect", spec="parting.toml")
    assert document["failure"] is None, document["failure"]
    assert (code, document["verdict"]) == (1, "different")
    verdicts = {stage["title"]: stage["verdict"] for stage in document["parting"]["stages"]}
    decoded, features = (f"{NAMES[name]} in main" for name in ("decoded", "features"))
    assert document["parting"]["first"] == features
    assert (verdicts[decoded], verdicts[features]) == ("equal", "different")
    stage = next(stage for stage in document["parting"]["stages"] if stage["title"] == features)
    assert [column["name"] for column in stage["comparison"]["columns"] if column["status"] != "equal"] == [
        NAMES["image"]
    ]
    assert stage["comparison"]["samples"]


def recorded(job: Path, folder: Path, file: str, spec: str) -> None:
    """A spec that runs ``file`` on Ray, and plays back what Spark wrote when the right job ran."""
    replay = Path(__file__).resolve().parents[1] / "support" / "replay.py"
    runs = {run.name.split("-")[1]: run for run in (job.parent / "runs" / "right" / "runs").iterdir()}
    text = (folder / "parity.toml").read_text(encoding="utf-8")
    lines = []
    for line in text.splitlines():
        if line.startswith("command = ") and f"{STEM}_spark.py" in line:
            line = f"command = {json.dumps(['{python}', str(replay), str(runs['ray']), '{out}', NAMES['catalogue']])}"
        elif line.startswith("command = ") and f"{STEM}_ray.py" not in line:
            line = f"command = {json.dumps(['{python}', str(replay), str(runs['spark']), '{out}'])}"
        lines.append(
            line.replace(f"{STEM}_ray/{STEM}_ray.py", f"{STEM}_ray/{file}").replace(
                '"--seed", "{seed}"', '"--seed", "0"'
            )
        )
    text = "\n".join(lines).split("[training]")[0] + "[gates]\nmax_mismatched_rows = 0\n"
    (folder / spec).write_text(text, encoding="utf-8")


def test_a_ray_side_that_is_killed_is_one_sentence_and_leaves_nothing(
    job: Path, right: tuple[int, dict[str, Any]]
) -> None:
    folder = job.parent / f"{STEM}_ray"
    damage(folder, "killed.py", "history = cloudpickle.loads(trainer.fit().return_value)", "os.kill(os.getpid(), 9)")
    recorded(job, folder, "killed.py", "killed.toml")
    code, document = parity(job, "killed", spec="killed.toml")
    assert code == 2
    assert document["failure"]["engine"] == "ray"
    assert document["failure"]["log_tail"]
    assert not [line for line in running() if str(job.parent) in line or "killed.py" in line]


def running() -> list[str]:
    """Command lines of all processes but this one."""
    lines = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                lines.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
            except OSError:
                continue  # it has ended meanwhile
    return lines
