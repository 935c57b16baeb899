"""The rules of source files, notebooks and platforms."""

from __future__ import annotations

from migrate.findings import Severity
from migrate.rules.model import Rule

RULES = (
    Rule(
        code="SR913",
        name="python-2-source",
        matches="A file with Python 2 syntax: `print x`, `except E, e`, back-quotes.",
        why="It does not parse with Python 3. Neither Ray nor today's Spark runs it.",
        do=("Convert it first (`2to3` did most of it at the time). What could be read in spite of it is reported."),
        before='print "done"',
        after='print("done")',
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR914",
        name="unparsable-source",
        matches="A file, cell or tail of a file that is no Python.",
        why="Its stages are not seen. The row in the inventory says where the text stops making sense.",
        do="Repair the line, or leave the file out.",
        before='df = spark.read.parquet("a"',
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR915",
        name="undecodable-source",
        matches="A file that is not UTF-8 and does not say what it is.",
        why="It is read as Latin-1, so that structure is right and some names may not be.",
        do="Save it as UTF-8, or declare its coding in the first line.",
        before="# -*- coding: latin-1 -*-",
        reported=False,
    ),
    Rule(
        code="SR916",
        name="dbutils",
        matches="`dbutils.fs`, `dbutils.widgets`, `dbutils.secrets`, `dbutils.notebook.run`.",
        why="They exist on Databricks alone: on any other machine the name is not defined and the job stops there.",
        do=(
            "Arguments become command-line options, file calls `fsspec` ones, secrets environment variables. On "
            "Databricks with Ray they go on working on the driver."
        ),
        before='day = dbutils.widgets.get("day")',
        after="day = parser.parse_args().day",
        reported=False,
    ),
    Rule(
        code="SR917",
        name="notebook-run",
        matches="`%run ./other` in a notebook.",
        why="The other notebook's names appear in this one. They are followed where the file is found.",
        do="Turn the shared notebook into a module and import it.",
        before="# MAGIC %run ./common",
        after="from common import load",
        reported=False,
    ),
    Rule(
        code="SR918",
        name="sql-cell",
        matches="`%sql` and `%%sql` cells, and `# MAGIC %sql`.",
        why=(
            "SQL work of the job that leaves no variable behind, but may create views and tables that later cells read."
        ),
        do="It stays on Spark and is read as SQL.",
        before="""\
# MAGIC %sql
# MAGIC CREATE OR REPLACE TEMP VIEW top AS SELECT * FROM sales""",
        reported=False,
    ),
    Rule(
        code="SR919",
        name="shell-or-install-cell",
        matches="`%pip install`, `!command`, `%sh`.",
        why="The job's environment is made while it runs.",
        do=(
            "List the packages in `runtime_env` or in a requirements file; they are needed on both sides of a "
            "comparison."
        ),
        before="# MAGIC %pip install shap==0.45",
        after='ray.init(runtime_env={"pip": ["shap==0.45"]})',
        reported=False,
    ),
    Rule(
        code="SR920",
        name="glue-dynamic-frame",
        matches="AWS Glue: `GlueContext`, `DynamicFrame`, its transforms, sources and sinks.",
        why=(
            "Job bookmarks, the Data Catalog and per-row choice types exist in Glue alone. `Map` and `Filter` run "
            "Python per row."
        ),
        do="Keep the Glue part as it is, write Parquet, and move only the Python-heavy part.",
        before="""\
frame = glueContext.create_dynamic_frame.from_catalog(database="sales", table_name="orders")""",
        symbols=("DynamicFrame.*", "GlueContext.*", "GlueReader.*", "GlueWriter.*", "awsglue.transforms.*"),
    ),
    Rule(
        code="SR921",
        name="graph-frames",
        matches="GraphFrames.",
        why="Iterated joins in the JVM, of which Ray Data has no counterpart.",
        do="Stay on Spark.",
        before="ranks = GraphFrame(vertices, edges).pageRank(resetProbability=0.15, maxIter=10)",
        symbols=("GraphFrame.*",),
    ),
    Rule(
        code="SR922",
        name="spark-connect",
        matches="`SparkSession.builder.remote(...)` and Databricks Connect.",
        why="The driver is a thin client: RDDs, `_jvm` and accumulators do not exist there.",
        do="Nothing stands in the way of a split; the Spark part runs as before.",
        before='spark = SparkSession.builder.remote("sc://cluster:15002").getOrCreate()',
        reported=False,
    ),
    Rule(
        code="SR923",
        name="catalogue-call",
        matches="`spark.catalog...`.",
        why="It changes or reads the state of the metastore or of the session, which Ray does not have.",
        do="It stays in the Spark part.",
        before='spark.catalog.refreshTable("sales.orders")',
        symbols=("Catalog.*",),
    ),
    Rule(
        code="SR924",
        name="delta-live-tables",
        matches=("`import dlt`: tables declared by decorated functions, read with `dlt.read` and `dlt.read_stream`."),
        why=(
            "The platform calls the functions, in an order of its own, and keeps their tables. The file does not "
            "run by itself."
        ),
        do=(
            "Keep it on Spark. Python-heavy work that belongs behind one of the tables goes into a job that reads "
            "the table."
        ),
        before="""\
@dlt.table
def clean():
    return dlt.read("raw").where("name IS NOT NULL")""",
        symbols=("dlt.*",),
    ),
    Rule(
        code="SR925",
        name="idle-keep-comment",
        matches="A `# migrate: keep` comment that keeps nothing: a code that does not exist, or that nothing here has.",
        why="The code it was written for has changed or the code is misspelt: what it was to silence is said, or gone.",
        do="Correct the code, or take it out of the comment.",
        before="total = rows.reduce(add)  # migrate: keep SR4242",
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR926",
        name="feature-store",
        matches="Databricks' feature store: `fs.read_table`, `create_training_set(...).load_df()`, `fs.write_table`.",
        why="A table of the catalogue with its lineage; the client needs the workspace, and a Spark session in it.",
        do="Read and write the tables in the Spark part. Training takes what `load_df` gives as a Parquet hand-off.",
        before='features = FeatureStoreClient().read_table("ml.customers")',
        symbols=("FeatureStore.*", "TrainingSet.*"),
    ),
)
