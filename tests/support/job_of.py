"""A case of a mapping as a whole job, and what the rewriter makes of it."""

from __future__ import annotations

from pathlib import Path

from migrate.emit.assemble import Layout, finished, ray_text
from migrate.emit.flow import Flow
from migrate.emit.plan import Plan, plan
from migrate.emit.splice import part_of
from migrate.frontend import read_job
from migrate.ir import Engine, Job
from migrate.mapping import Case
from migrate.passes.place import place

PREAMBLE = """\
import os

from pyspark import StorageLevel
from pyspark.ml import Pipeline
from pyspark.ml.classification import LogisticRegression
from pyspark.ml.feature import StandardScaler, StringIndexer, VectorAssembler
from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F

spark = SparkSession.builder.getOrCreate()
table, path = os.path.abspath("table"), os.path.abspath("out")
w = Window.orderBy("id")


def shout(text):
    return None if text is None else text.upper()


def train(rows):
    import horovod.torch as hvd

    hvd.init()
    yield hvd.rank()
    hvd.shutdown()


df = spark.read.parquet(table)
"""


def planned(case: Case, folder: Path) -> tuple[Job, Plan, Flow, Path]:
    """The case behind the preamble, read, planned and placed with everything that can move on Ray."""
    file = folder / "job.py"
    file.write_text(PREAMBLE + case.before + "\n", encoding="utf-8")
    job, project = read_job(file)
    module = project.module(job.path)
    assert module is not None
    made = plan(job, module, project)
    placed = place(job, made.refusal, everything=True)
    return placed, made, Flow(placed, module, project, made.emissions), file


def on_ray(case: Case, folder: Path) -> str:
    """The text of the Ray part of a case."""
    _, _, flow, file = planned(case, folder)
    part = part_of(flow, Engine.RAY, [])
    layout = Layout(file, folder / "job_ray")
    return finished(ray_text(part, flow, layout), flow.module, layout, "A case.")
