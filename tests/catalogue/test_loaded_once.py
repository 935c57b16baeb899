"""What a function loads in front of its loop, an actor loads once, however many blocks it is given."""

from __future__ import annotations

from pathlib import Path

import pytest
from engines import Engines

from migrate.oracle import Options, Verdict, compare
from migrate.rewrite import rewrite

JOB = """\
import os
import pickle

from pyspark.sql import SparkSession

MODEL, LOADS = os.path.abspath("model.pkl"), os.path.abspath("loads")


def load_model():
    with open(LOADS, "a") as log:
        log.write("loaded\\n")
    with open(MODEL, "rb") as file:
        return pickle.load(file)


def add(frames):
    model = load_model()
    for frame in frames:
        frame["x"] += model["bonus"]
        yield frame


with open(MODEL, "wb") as file:
    pickle.dump({"bonus": 3}, file)
spark = SparkSession.builder.getOrCreate()
df = spark.range(64).selectExpr("id", "id * 2 AS x").repartition(16)
df.mapInPandas(add, "id long, x long").write.parquet(os.path.abspath("out"))
"""
CPUS = 3
"""How many Ray's session of the tests has, and so the most actors of a pool."""


@pytest.mark.engines
def test_an_actor_loads_once(engines: Engines, tmp_path: Path) -> None:
    job = tmp_path / "job.py"
    job.write_text(JOB, encoding="utf-8")
    made = rewrite(job, everything=True)
    made.write()
    sides = {name: tmp_path / name for name in ("spark", "ray")}
    for folder in sides.values():
        folder.mkdir()
    engines.spark.run(job, sides["spark"])
    for part in made.run:
        kernel = engines.spark if part.endswith("_spark.py") else engines.ray
        kernel.run(made.folder / part, sides["ray"])
    assert compare(sides["spark"] / "out", sides["ray"] / "out", Options()).verdict is Verdict.EQUAL
    loads = {name: len((folder / "loads").read_text().splitlines()) for name, folder in sides.items()}
    assert loads["spark"] == 16
    assert 1 <= loads["ray"] <= CPUS
