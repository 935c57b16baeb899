"""One report made by hand: a split vision job, a job that stays, a notebook, a library, and hostile source text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from migrate.findings import Finding, Severity
from migrate.ir import Boundary, Cost, Engine, HeavyKind, Job, Kind, Reason, Span, Stage, Tag, Verdict
from migrate.report import FileRow, FileStatus, Library, Report

VISION = """\
from pyspark.sql import SparkSession, functions as F
from vision.decode import decode

spark = SparkSession.builder.getOrCreate()
meta = spark.read.parquet("meta")
labels = spark.read.option("header", True).csv("labels.csv")
joined = meta.join(labels, "name").where(F.col("label").isNotNull())
photos = joined.rdd.map(decode).toDF()
features = photos.repartition(2)
weights = features.rdd.barrier().mapPartitions(train).collect()
totals = features.groupBy("label").pivot("split").count()
totals.write.saveAsTable("totals")
"""
ETL = """\
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
spark.read.json("events").filter("kind = 'click'").write.parquet("clicks")
"""
NOTEBOOK = "df = spark.table('a')\nmodel = pipeline.fit(df)\nmodel.transform(df).show()\n"
LIBRARY = 'from pyspark.sql.functions import udf\n\n@udf("string")\ndef tidy(text):\n    return text.strip()\n'
HOSTILE = 'query = "</script><script>window.pwned = 1</script><!-- {{ 7 * 7 }} \u202e \x1b[31m"\nspark.sql(query)\n'
SOURCES = {
    "jobs/train_photos.py": VISION,
    "jobs/clicks.py": ETL,
    "notebooks/fit.ipynb": NOTEBOOK,
    "vision/text.py": LIBRARY,
    "jobs/<script>alert(1)<.py": HOSTILE,
}


@dataclass(frozen=True)
class Sample:
    """A report and the sources that it was made from."""

    report: Report
    sources: Mapping[str, str]


def span(path: str, needle: str, cell: int | None = None, cell_line: int | None = None) -> Span:
    """The place of ``needle`` in its source."""
    before, found, _ = SOURCES[path].partition(needle)
    assert found, f"{needle!r} is not in {path}"
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1)
    return Span(path, line, column, line, column + len(needle), cell, cell_line)


def stage(
    id: str,
    kind: Kind,
    symbol: str,
    at: Span,
    *inputs: str,
    cost: Cost = Cost.NATIVE,
    heavy: HeavyKind | None = None,
    code: str | None = None,
    engine: Engine = Engine.SPARK,
    blocked_by: tuple[str, ...] = (),
    role: str | None = None,
    used_at: tuple[int, ...] = (),
) -> Stage:
    return Stage(
        id, kind, symbol, cost, at, at, at, "", inputs,
        heavy=heavy, code=code, engine=engine, blocked_by=blocked_by, role=role, used_at=used_at,
    )  # fmt: skip


def vision_job() -> Job:
    path = "jobs/train_photos.py"

    def at(needle: str) -> Span:
        return span(path, needle)

    ray = Engine.RAY
    stages = (
        stage("s1", Kind.READ, "DataFrameReader.parquet", at(".parquet"), code="SR201"),
        stage("s2", Kind.READ, "DataFrameReader.csv", at(".csv"), code="SR202"),
        stage("s3", Kind.JOIN, "DataFrame.join", at(".join"), "s1", "s2", code="SR501"),
        stage("s4", Kind.FILTER, "DataFrame.where", at(".where"), "s3", code="SR303"),
        stage("s5", Kind.MAP_ROWS, "RDD.map", at(".map("), "s4", cost=Cost.PYTHON, heavy=HeavyKind.RDD_MAP,
              code="SR421", engine=ray),
        stage("s6", Kind.SHUFFLE, "DataFrame.repartition", at(".repartition"), "s5", engine=ray, code="SR320"),
        stage("s7", Kind.TRAIN, "RDDBarrier.mapPartitions", at(".mapPartitions"), "s6", cost=Cost.PYTHON,
              heavy=HeavyKind.BARRIER, code="SR701", engine=ray, blocked_by=("s9",), role="training"),
        stage("s8", Kind.ACTION, "RDD.collect", at(".collect"), "s7", engine=ray, code="SR901"),
        stage("s9", Kind.AGGREGATE, "GroupedData.pivot", at(".pivot"), "s6", code="SR514"),
        stage("s10", Kind.WRITE, "DataFrameWriter.saveAsTable", at(".saveAsTable"), "s9", code="SR225"),
    )  # fmt: skip
    return Job(
        path, "train_photos", stages,
        findings=(
            Finding("SR418", Severity.WARNING, "decode loads its model for every row.", path, 8, 23, "Load it once."),
            Finding("SR912", Severity.NOTE, "features is also passed to train.", path, 10, 0),
        ),
        tag=Tag.BATCH_ML, also=(Tag.PYTHON_COMPUTE, Tag.SQL_ETL), verdict=Verdict.SPLIT, confidence=0.917,
        reasons=(
            Reason("SR701", "A barrier stage trains with Horovod.", 10),
            Reason("SR501", "A join feeds it.", None),
        ),
        boundaries=(
            Boundary("s4", "s5", "spark_to_ray", ("name", "label"), "joined"),
            Boundary("s6", "s9", "ray_to_spark", None, "features"),
        ),
        unresolved=2,
    )  # fmt: skip


def etl_job() -> Job:
    path = "jobs/clicks.py"
    stages = (
        stage("s1", Kind.READ, "DataFrameReader.json", span(path, ".json"), code="SR203"),
        stage("s2", Kind.FILTER, "DataFrame.filter", span(path, ".filter"), "s1", code="SR303"),
        stage("s3", Kind.WRITE, "DataFrameWriter.parquet", span(path, ".parquet"), "s2", code="SR221"),
    )
    reasons = (Reason("SR930", "Every stage is native Spark.", None),)
    return Job(path, "clicks", stages, tag=Tag.SQL_ETL, verdict=Verdict.KEEP_ON_SPARK, confidence=1, reasons=reasons)


def notebook_job() -> Job:
    path = "notebooks/fit.ipynb"
    stages = (
        stage("s1", Kind.READ, "SparkSession.table", span(path, ".table", 1, 1), code="SR209"),
        stage(
            "s2",
            Kind.FIT,
            "Pipeline.fit",
            span(path, ".fit", 3, 1),
            "s1",
            heavy=HeavyKind.MLLIB_FIT,
            code="SR601",
            blocked_by=("s2",),
        ),
        stage("s3", Kind.PREDICT, "PipelineModel.transform", span(path, ".transform", 3, 2), "s2", "s1"),
    )
    finding = Finding("SR903", Severity.ERROR, "show prints twenty rows.", path, 3, 19, "Write them.", 3, 2)
    reasons = (Reason("SR935", "The training is MLlib's.", 2),)
    return Job(path, "fit", stages, (finding,), Tag.BATCH_ML, (), Verdict.KEEP_ON_SPARK, 0.6, reasons)


def hostile_job() -> Job:
    path = "jobs/<script>alert(1)<.py"
    finding = Finding("SR325", Severity.NOTE, "reads <img src=x onerror=alert(1)> & more", path, 1, 8, "`</script>`")
    stages = (stage("s1", Kind.OPAQUE, "SparkSession.sql", span(path, ".sql"), cost=Cost.UNKNOWN),)
    return Job(path, "<b>x</b>", stages, (finding,), Tag.SQL_ETL, (), Verdict.KEEP_ON_SPARK, 0.5)


@pytest.fixture
def sample() -> Sample:
    path = "vision/text.py"
    maker = stage("s1", Kind.PROJECT, "pyspark.sql.functions.udf", span(path, "@udf"), cost=Cost.PYTHON,
                  heavy=HeavyKind.PYTHON_UDF, code="SR401", used_at=(4,))  # fmt: skip
    unused = Finding("SR416", Severity.WARNING, "tidy is made a UDF and never used.", path, 3)
    report = Report(
        root="photos",
        files=(
            FileRow("jobs/<script>alert(1)<.py", FileStatus.JOB),
            FileRow("jobs/clicks.py", FileStatus.JOB),
            FileRow("jobs/train_photos.py", FileStatus.JOB),
            FileRow("legacy/etl.scala", FileStatus.SKIPPED, "Scala source: listed, not analysed"),
            FileRow("notebooks/fit.ipynb", FileStatus.JOB),
            FileRow("vision/text.py", FileStatus.LIBRARY),
        ),
        jobs=(hostile_job(), etl_job(), vision_job(), notebook_job()),
        libraries=(Library(path, (maker,), (unused,)),),
        lines=412,
        seconds=0.25,
        version="0.1.0",
    )
    return Sample(report, SOURCES)
