"""The rules of writes."""

from __future__ import annotations

from migrate.findings import Severity
from migrate.rules.model import Rule

RULES = (
    Rule(
        code="SR221",
        name="write-parquet",
        matches="`df.write.parquet(path)`.",
        why="Spark refuses to write where something exists, Ray appends: a second run silently doubles the data.",
        do="`ds.write_parquet(path, mode=...)`, with the save mode written out.",
        before='df.write.mode("overwrite").parquet(out)',
        after="ds.write_parquet(out, mode=SaveMode.OVERWRITE)",
        differences=(
            "A dataset without rows writes nothing at all, not even the folder; Spark then fails to read it.",
            "There is no `_SUCCESS` file: a reader that waits for one waits for ever.",
            (
                'Naive timestamps come back to Spark as `timestamp_ntz`; cast to `pa.timestamp("us", "UTC")` '
                "before writing. float16, nanosecond timestamps and times of day cannot be read by Spark at all; "
                "tensors arrive as flat arrays."
            ),
        ),
        symbols=("DataFrameWriter.parquet",),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR222",
        name="write-csv",
        matches="`df.write.csv(path)`.",
        why="Text formats carry no types: what is written depends on how each engine prints a number.",
        do=(
            "Where a person or another system reads it, keep the write on Spark, or format the columns to strings "
            "explicitly before writing."
        ),
        before='df.write.option("header", True).csv("out")',
        after='ds.write_csv("out")',
        differences=(
            "Spark prints doubles as Java does (`1.0E10`), Arrow otherwise (`1e+10`).",
            (
                "Spark escapes a quote with a backslash and trims blanks at both ends of a value; Arrow doubles "
                "the quote and keeps them."
            ),
        ),
        symbols=("DataFrameWriter.csv",),
    ),
    Rule(
        code="SR223",
        name="write-json",
        matches="`df.write.json(path)`.",
        why=(
            "Spark leaves NULL fields out; other writers print them as `null`. Readers that test for a key see a "
            "difference."
        ),
        do=("Drop NULL keys in a row function before writing, and compare the result as JSON values, not as text."),
        before='df.write.json("out")',
        after='ds.write_json("out")',
        symbols=("DataFrameWriter.json",),
    ),
    Rule(
        code="SR224",
        name="write-text",
        matches="`rdd.saveAsTextFile(path)` and `df.write.text(path)`.",
        why=(
            "The text of an element is Python's `str()` of it for RDDs: tuples print with brackets, floats as "
            "Python does."
        ),
        do="Write from the function that makes the lines: one file a block.",
        before='counts.saveAsTextFile("out")',
        differences=(
            "A frame is one file a partition on Spark, one a block on Ray: their number and names differ. An RDD keeps "
            "its partitions.",
        ),
        symbols=("DataFrameWriter.text", "RDD.saveAsTextFile"),
    ),
    Rule(
        code="SR225",
        name="write-table",
        matches="A write into a table of the catalogue: `saveAsTable`, `insertInto`, `writeTo(...)`.",
        why=(
            "The metastore learns of new partitions, statistics and schema from Spark. Files written beside it "
            "stay unknown."
        ),
        do=(
            "Keep it on Spark: the moved part hands its result over as Parquet and a short Spark step writes the table."
        ),
        before='scored.write.insertInto("sales.scores")',
        symbols=(
            "DataFrameWriter.saveAsTable",
            "DataFrameWriter.insertInto",
            "DataFrame.saveAsTable",
            "DataFrame.insertInto",
            "DataFrameWriterV2.create",
            "DataFrameWriterV2.createOrReplace",
            "DataFrameWriterV2.append",
            "DataFrameWriterV2.overwrite",
            "DataFrameWriterV2.overwritePartitions",
            "DataFrameWriterV2.replace",
        ),
    ),
    Rule(
        code="SR226",
        name="write-lakehouse-table",
        matches=(
            "Writes and merges into Delta, Iceberg or Hudi tables, and `save()` with a format that decides, a "
            "connector's or XML among them."
        ),
        why=(
            "A commit to the table's log is atomic and seen by all its readers. Plain files in its folder are not "
            "part of it."
        ),
        do=(
            "Keep the write or the `MERGE` on Spark, fed by the Parquet hand-off. Ray's `write_iceberg` and "
            "`write_delta` commit to the log too; they were not compared here."
        ),
        before='df.write.format("delta").mode("append").save("s3://lake/scores")',
        symbols=(
            "DataFrameWriter.save",
            "DeltaMerge.execute",
            "DeltaTable.delete",
            "DeltaTable.update",
            "DeltaTable.vacuum",
            "DeltaTable.optimize",
            "DataFrameWriter.xml",
            "DataFrameWriter.synapsesql",
        ),
    ),
    Rule(
        code="SR227",
        name="write-partitioned",
        matches="`df.write.partitionBy(...)`.",
        why="The folder names become data: readers filter by them.",
        do=(
            "The emitted sink names the folders as Spark does. By hand: `partition_cols=[...]` of `write_parquet`; a "
            "NULL goes to `__HIVE_DEFAULT_PARTITION__` as Spark has it, and Spark reads the result back with its types."
        ),
        before='df.write.partitionBy("day").parquet(out)',
        after='ds.write_parquet(out, partition_cols=["day"], mode=SaveMode.ERROR)',
        symbols=("DataFrameWriter.partitionBy",),
        reported=False,
    ),
    Rule(
        code="SR228",
        name="write-bucketed",
        matches="`bucketBy`, `sortBy` and `clusterBy` of a writer.",
        why="Later joins rely on the layout, which uses Spark's own hash and lives in the metastore.",
        do="Keep the write on Spark.",
        before='df.write.bucketBy(32, "user").sortBy("user").saveAsTable("events")',
        symbols=("DataFrameWriter.bucketBy", "DataFrameWriter.sortBy", "DataFrameWriter.clusterBy"),
        reported=False,
    ),
    Rule(
        code="SR229",
        name="save-mode",
        matches='`mode("overwrite")`, `"append"`, `"ignore"`, `"error"`, or none of them.',
        why="The defaults are opposite: Spark raises when the target exists, Ray appends.",
        do=("Always write the mode out: `SaveMode.ERROR`, `OVERWRITE`, `APPEND` and `IGNORE` then behave as on Spark."),
        before="df.write.parquet(out)",
        after="""\
from ray.data import SaveMode

ds.write_parquet(out, mode=SaveMode.ERROR)""",
        symbols=("DataFrameWriter.mode",),
        severity=Severity.WARNING,
        reported=False,
    ),
    Rule(
        code="SR230",
        name="number-of-files",
        matches="`coalesce(1)` or `repartition(n)` before a write, to control the number of files.",
        why="Downstream systems sometimes rely on a single file. Ray writes one file a block.",
        do="`ds.repartition(n)` before the write gives n files. Drop it where it only fought small files.",
        before='df.coalesce(1).write.csv("out")',
        after='ds.repartition(1).write_csv("out")',
        reported=False,
    ),
    Rule(
        code="SR231",
        name="write-orc",
        matches="`df.write.orc(path)`.",
        why="Ray writes ORC through Arrow. What Spark and Hive then read was not compared.",
        do=("Keep the write on Spark, fed by the Parquet hand-off, or compare what `ds.write_orc` writes first."),
        before='df.write.orc("warehouse/clicks")',
        after='ds.write_orc("warehouse/clicks")',
        symbols=("DataFrameWriter.orc",),
    ),
    Rule(
        code="SR232",
        name="vectors-in-parquet",
        matches="Spark ML vectors in a dataset that crosses engines.",
        why=(
            "A vector is stored as a struct of `type`, `size`, `indices`, `values`, and a sparse one has no dense "
            "values at all."
        ),
        do=(
            "Convert on the Spark side with `vector_to_array` before the hand-off; the Ray part then sees a list "
            "of doubles."
        ),
        before='df.select("id", vector_to_array("features").alias("features")).write.parquet("handoff")',
        after='ds = ray.data.read_parquet("handoff")',
        severity=Severity.WARNING,
        reported=False,
    ),
)
