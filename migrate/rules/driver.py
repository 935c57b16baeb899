"""The rules of the driver and the JVM."""

from __future__ import annotations

from migrate.findings import Severity
from migrate.rules.model import Rule

RULES = (
    Rule(
        code="SR900",
        name="stays-on-spark",
        matches=(
            "A stage that no mapping carries to Ray, with Python-heavy work before or after it that it holds back."
        ),
        why=(
            "A dataset is on one engine or the other. What needs such a stage's result, or feeds it, stays with "
            "it or has to cross by Parquet."
        ),
        do=(
            "The report names the stage, its line and what it holds back. Replace it by something that is "
            "carried, or move it to the edge of the job, where a hand-off is cheap."
        ),
        before='totals = features.groupBy("label").pivot("split").count()',
    ),
    Rule(
        code="SR901",
        name="collect",
        matches="`collect()` and `toLocalIterator()`.",
        why="All rows come to the driver as Python objects. What is done with them there uses one core.",
        do=(
            "`take_all()` for small results. A loop over the rows that computes is Python work in disguise: make "
            "it a `map`."
        ),
        before="""\
for row in df.collect():
    send(row)""",
        after="""\
for row in ds.iter_rows():
    send(row)""",
        differences=("Rows are dicts, in no promised order.",),
        symbols=("DataFrame.collect", "RDD.collect", "DataFrame.toLocalIterator", "RDD.toLocalIterator"),
    ),
    Rule(
        code="SR902",
        name="to-pandas",
        matches="`df.toPandas()`.",
        why=(
            "The data leaves the cluster. When a model is fitted on it, the job's real work runs on one machine "
            "(SR716)."
        ),
        do="`ds.to_pandas()` for small results; keep larger ones distributed.",
        before="pdf = df.toPandas()",
        after="pdf = ds.to_pandas()",
        differences=("Dtypes differ: Spark gives numpy dtypes with NaN for NULL, Ray's frame comes from Arrow.",),
        symbols=("DataFrame.toPandas", "DataFrame.toArrow", "PandasFrame.to_pandas", "PandasFrame.toPandas"),
    ),
    Rule(
        code="SR903",
        name="show-and-take",
        matches="`show()`, `take(n)`, `head()`, `first()`, `display(df)`.",
        why=("Each of them runs the plan up to there again unless it is cached. Often left over from writing the job."),
        do="Drop what only prints. `ds.take(n)`, `ds.show()` otherwise.",
        before="df.show()",
        after="ds.show()",
        differences=("Which rows come first differs without a sort. Ray's `show` prints dicts, not a table.",),
        symbols=(
            "DataFrame.show",
            "DataFrame.take",
            "DataFrame.head",
            "DataFrame.first",
            "DataFrame.tail",
            "RDD.take",
            "RDD.first",
            "DataFrame.printSchema",
            "DataFrame.explain",
            "DataFrame.display",
        ),
    ),
    Rule(
        code="SR904",
        name="count-action",
        matches="`df.count()` as an action.",
        why="It runs the whole plan to get one number; in loops and logs it doubles the job's work.",
        do="`ds.count()`, on a materialised dataset where it is used again.",
        before="print(df.count())",
        after="print(ds.count())",
        symbols=(
            "DataFrame.count",
            "RDD.count",
            "RDD.isEmpty",
            "DataFrame.isEmpty",
            "RDD.countApprox",
            "DStream.count",
        ),
    ),
    Rule(
        code="SR905",
        name="driver-loop-over-actions",
        matches="A loop on the driver that starts Spark actions, one after the other.",
        why=("The cluster works on one small piece at a time. Per-customer and per-day models are often written so."),
        do="Group by the loop's key: `groupby(key).map_groups(fit)` runs all of them at once.",
        before="""\
for store in stores:
    fit(df.filter(F.col("store") == store).toPandas())""",
        after='ds.groupby("store").map_groups(fit_store, batch_format="pyarrow")',
        severity=Severity.WARNING,
        reported=False,
    ),
    Rule(
        code="SR906",
        name="jvm-access",
        matches="`sc._jvm`, `df._jdf`, `spark._jsparkSession`, `py4j`.",
        why="The job calls Java directly, beneath the public API. Spark Connect does not have it either.",
        do=(
            "That part stays on Spark. Hadoop file-system calls have Python counterparts in `fsspec` and `pyarrow.fs`."
        ),
        before="fs = sc._jvm.org.apache.hadoop.fs.FileSystem.get(sc._jsc.hadoopConfiguration())",
        after="fs, path = pyarrow.fs.FileSystem.from_uri(uri)",
        severity=Severity.WARNING,
        reported=False,
    ),
    Rule(
        code="SR907",
        name="java-function",
        matches="`spark.udf.registerJavaFunction(...)`.",
        why="A UDF in Java or Scala runs in the JVM: fast on Spark, unknown to Ray.",
        do="Stages that use it stay on Spark.",
        before='spark.udf.registerJavaFunction("clean", "com.example.Clean", StringType())',
        symbols=(
            "UDFRegistration.registerJavaFunction",
            "UDFRegistration.registerJavaUDAF",
            "SQLContext.registerJavaFunction",
        ),
        severity=Severity.WARNING,
        reported=False,
    ),
    Rule(
        code="SR908",
        name="jvm-source",
        matches="Scala or Java sources (`.scala`, `.java`) in the analysed folder.",
        why="Spark jobs may live there. They are listed so that nothing is overlooked, and not analysed.",
        do="Count them in the inventory. Only their Parquet outputs matter to a split.",
        before="# jobs/Sessions.scala",
        reported=False,
    ),
    Rule(
        code="SR909",
        name="sql-source",
        matches="`.sql` files in the analysed folder.",
        why="SQL runs well where it is. It may call registered Python functions.",
        do="Nothing; look for `CREATE FUNCTION` and for names registered with `spark.udf.register` (SR411).",
        before="# reports/daily.sql",
        reported=False,
    ),
    Rule(
        code="SR910",
        name="dynamic-code",
        matches="`exec`, `eval`, `getattr(df, name)(...)`, `globals()[name]` around Spark objects.",
        why="What is called is only known when it runs: the analyzer does not guess.",
        do=("Write the call out where the choice is small, or look at the job by hand. It is counted as unresolved."),
        before='getattr(df, method)("id")',
        severity=Severity.WARNING,
        reported=False,
    ),
    Rule(
        code="SR911",
        name="unresolved-use",
        matches=(
            "A dataset that is passed to a function which cannot be read, put into a container, or returned to an "
            "unknown caller."
        ),
        why="From there on the job's graph is not known. Stages that depend on it are not moved.",
        do=(
            "Analyse the repository's root so that sibling modules are found. The use stays on Spark, visible in "
            "the report."
        ),
        before="toolkit.enrich(df)",
    ),
    Rule(
        code="SR912",
        name="opaque-stage",
        matches="A stage that the graph knows to exist and not what it does.",
        why="It binds placement: what comes after it cannot be cut off from Spark.",
        do="Look at the line; often a helper of another package hides a plain select or write.",
        before='frames["daily"] = build(df)',
        reported=False,
    ),
)
