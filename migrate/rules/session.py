"""The rules of the session and its configuration."""

from __future__ import annotations

from migrate.findings import Severity
from migrate.rules.model import Rule

RULES = (
    Rule(
        code="SR101",
        name="session-builder",
        matches="The session of a job: `SparkSession.builder...getOrCreate()`.",
        why=(
            "A Ray job has no session object. What the builder configured (cores, memory, packages, time zone) "
            "has to be found again somewhere else, or is lost silently."
        ),
        do=(
            "In the moved part start Ray with `ray.init()`; on a cluster that is already running it connects. A "
            "split job keeps its session in the Spark part. Check each `.config(...)` on its own: see SR103 to "
            "SR108."
        ),
        before='spark = SparkSession.builder.appName("features").getOrCreate()',
        after="""\
import ray

ray.init()""",
        differences=(
            (
                "Starting Ray takes seconds, as starting Spark does (3 to 8 s against 3.5 to 6 s on two cores): a "
                "job that runs for less time than that gains nothing."
            ),
            (
                "`getOrCreate` returns a running session with its own configuration and ignores part of yours; "
                "`ray.init` raises when it is called twice unless told `ignore_reinit_error=True`."
            ),
        ),
        symbols=(
            "SparkSession.builder.getOrCreate",
            "SparkSessionBuilder.getOrCreate",
            "SparkSession.Builder.getOrCreate",
            "SparkSessionBuilder.create",
        ),
        reported=False,
    ),
    Rule(
        code="SR102",
        name="spark-context",
        matches="A `SparkContext` made by hand, as jobs before Spark 2 do.",
        why=(
            "It marks a job of the RDD era: Python objects move row by row between the JVM and Python workers, "
            "and the schema of the data is nowhere written down."
        ),
        do=(
            "Nothing needs to replace the context itself. Look at the RDD calls that hang on it (SR421 to SR442): "
            "they decide."
        ),
        before='sc = SparkContext(conf=SparkConf().setAppName("wordcount"))',
        after="""\
import ray

ray.init()""",
        symbols=("SparkContext", "SparkContext.getOrCreate"),
        reported=False,
    ),
    Rule(
        code="SR103",
        name="executor-resources",
        matches=(
            "Executor settings: `spark.executor.cores`, `spark.executor.memory`, `spark.executor.instances`, "
            "`spark.task.cpus`, `spark.executor.resource.gpu.amount`."
        ),
        why=(
            "They say what one task of the job needs. Ray asks for the same figures per stage, not per job: a "
            "decode step may want half a core and a model a whole GPU."
        ),
        do=(
            "Give `num_cpus`, `num_gpus` and `memory` to the stage that needs them, and `concurrency` where the "
            "number of workers matters. With training in the same job leave at least one core for the reads."
        ),
        before="""\
spark = SparkSession.builder.config("spark.executor.cores", "4").config("spark.task.cpus", "2").getOrCreate()""",
        after='features = photos.map_batches(decode, batch_format="pyarrow", num_cpus=2)',
        differences=(
            (
                "Ray's `num_cpus` is book-keeping: it limits how many tasks are started, not how many cores a "
                "task uses. Spark's is the same."
            ),
            (
                "A pipeline whose actors and training workers take all logical cores makes no progress and raises "
                "no error: the reads find no slot."
            ),
        ),
        symbols=("SparkConf.set", "SparkConf.setAll"),
        reported=False,
    ),
    Rule(
        code="SR104",
        name="session-time-zone",
        matches=(
            "`spark.sql.session.timeZone`, or a job that reads, formats or truncates timestamps without setting it."
        ),
        why=(
            "Spark shows and breaks up timestamps in the session's time zone (the JVM's when unset). Ray and "
            "Arrow keep instants in UTC and know of no session."
        ),
        do=(
            "Set the zone in the Spark job first, so that both sides mean the same. In the moved part convert "
            'before every local-time function: cast to `pa.timestamp("us", zone)`.'
        ),
        before="""\
spark.conf.set("spark.sql.session.timeZone", "America/New_York")
df.select(F.hour("at"))""",
        after="""\
local = pc.cast(table["at"], pa.timestamp("us", "America/New_York"))
hours = pc.hour(local)""",
        differences=(
            (
                "A plain Python UDF sees naive datetimes in the Python worker's own time zone, a pandas UDF in "
                "the session's, Ray always in UTC."
            ),
        ),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR105",
        name="arrow-batch-size",
        matches=(
            "`spark.sql.execution.arrow.maxRecordsPerBatch` (default 10,000), which says how many rows a pandas "
            "function gets at a time."
        ),
        why=(
            "A function whose result depends on its batch (a mean over the batch, a model that normalises it) "
            "gives another answer for another batch size."
        ),
        do=("Pass `batch_size=10000`, or what the job sets, to `map_batches`. Ray's default hands over a whole block."),
        before='spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", 512)',
        after='scored = ds.map_batches(score, batch_format="pyarrow", batch_size=512)',
        differences=(
            (
                "Spark never lets a batch cross a partition (25,000 rows arrive as 10,000, 10,000 and 5,000); Ray "
                "joins blocks to fill a batch."
            ),
        ),
        reported=False,
    ),
    Rule(
        code="SR106",
        name="shuffle-partitions",
        matches=(
            "`spark.sql.shuffle.partitions` and the partition counts given to `reduceByKey`, `groupByKey`, `join`."
        ),
        why=(
            "On a small input the default of 200 is most of the run time; on a large one it decides whether a "
            "task fits in memory. It is tuned for Spark's shuffle and means nothing to Ray's."
        ),
        do=(
            "Do not carry the number over. Give `num_partitions` to a Ray `join` or `groupby` when measurements "
            "ask for it, and `override_num_blocks` to the read."
        ),
        before='spark.conf.set("spark.sql.shuffle.partitions", "64")',
        after='joined = left.join(right, "inner", num_partitions=8, on=("k",))',
        reported=False,
    ),
    Rule(
        code="SR107",
        name="ansi-mode",
        matches="`spark.sql.ansi.enabled`. It is off by default in Spark 3.5 and on in Spark 4.",
        why=(
            "With ANSI off an overflow wraps, a bad cast gives NULL and a division by zero gives NULL. With ANSI "
            "on each of them raises. The same job answers differently on the two versions, before any move to "
            "Ray."
        ),
        do=(
            "Say in the job which mode it needs: the rewriter reads it there, and nowhere else. With ANSI on, what it "
            "emits raises where Spark does, and what it cannot make raise stays on Spark. Compare a moved job against "
            "the Spark version that production runs."
        ),
        before='spark.conf.set("spark.sql.ansi.enabled", "false")',
        differences=(
            (
                "Arrow's checked kernels raise like ANSI mode; its unchecked ones wrap like the older default. A "
                "faithful move picks by the job's mode."
            ),
        ),
        severity=Severity.WARNING,
        reported=False,
    ),
    Rule(
        code="SR108",
        name="jars-and-packages",
        matches="`spark.jars`, `spark.jars.packages`, `spark.driver.extraClassPath`.",
        why="The job needs JVM code: a connector, a UDF in Scala, a file format. Ray workers have no JVM.",
        do=(
            "Find what the package is for. A JDBC driver or a Delta reader has a Python counterpart; a Scala UDF "
            "has none and its stage stays on Spark."
        ),
        before="""\
spark = SparkSession.builder.config("spark.jars.packages", "org.postgresql:postgresql:42.7.3").getOrCreate()""",
        severity=Severity.WARNING,
        reported=False,
    ),
    Rule(
        code="SR109",
        name="python-files",
        matches="`addPyFile`, `addFile`, `addArtifacts`, and `--py-files` of the launcher.",
        why=(
            "They ship the job's own modules and data to the workers. Ray needs to be told too, or the first task "
            "fails on import."
        ),
        do=(
            "List the folder in `runtime_env`. Modules that sit beside the emitted job are found and shipped "
            "without any set-up."
        ),
        before='sc.addPyFile("features.zip")',
        after='ray.init(runtime_env={"py_modules": ["features"]})',
        symbols=(
            "SparkContext.addPyFile",
            "SparkContext.addFile",
            "SparkSession.addArtifact",
            "SparkSession.addArtifacts",
        ),
        reported=False,
    ),
    Rule(
        code="SR110",
        name="session-stop",
        matches="`spark.stop()` at the end of a job.",
        why=(
            "In a split job the Spark part must end for its memory to be free when the Ray part starts on the "
            "same machines."
        ),
        do=(
            "Keep it in the Spark part. The Ray part ends with its process; call `ray.shutdown()` only when the "
            "process goes on."
        ),
        before="spark.stop()",
        after="ray.shutdown()",
        symbols=("SparkSession.stop", "SparkContext.stop"),
        reported=False,
    ),
    Rule(
        code="SR111",
        name="checkpoint-directory",
        matches="`setCheckpointDir`, the folder in which `checkpoint()` cuts a long lineage.",
        why=(
            "Iterative RDD jobs need it to survive. Ray Data has no growing lineage of that kind between "
            "materialised datasets."
        ),
        do=(
            "Drop it together with the `checkpoint()` calls (SR324) of the moved part; use `materialize()` where "
            "a dataset is used more than once."
        ),
        before='sc.setCheckpointDir("hdfs:///tmp/checkpoints")',
        symbols=("SparkContext.setCheckpointDir",),
        reported=False,
    ),
    Rule(
        code="SR112",
        name="hive-support",
        matches="`enableHiveSupport()`: the job resolves table names in a Hive metastore.",
        why=(
            "Ray does not ask a Hive metastore. Reading the table's files directly goes around its partitions, "
            "its permissions and its schema."
        ),
        do="Keep the reads and writes of tables on Spark and cross by Parquet: that is what a split does.",
        before="spark = SparkSession.builder.enableHiveSupport().getOrCreate()",
        symbols=("SparkSessionBuilder.enableHiveSupport",),
        reported=False,
    ),
    Rule(
        code="SR113",
        name="case-sensitivity",
        matches=(
            "Columns that are named in another case than the schema has them, which Spark accepts "
            "(`spark.sql.caseSensitive` is off)."
        ),
        why=(
            'Ray and Arrow match names exactly. `df.drop("Nope")` and a rename of a missing column do nothing '
            "on Spark and raise on Ray."
        ),
        do="Write the names as the schema has them. A rewrite resolves them where the schema is known.",
        before='df.select("ID").drop("not_there")',
        after='ds.select_columns(["id"])',
        severity=Severity.WARNING,
        reported=False,
    ),
)
