"""The rules of verdicts on whole jobs."""

from __future__ import annotations

from migrate.rules.model import Rule

RULES = (
    Rule(
        code="SR930",
        name="native-job",
        matches="A job whose stages are all native Spark: reads, built-ins, joins, aggregates, writes.",
        why="It runs in the JVM from end to end. On Ray it would be slower and would have to be rewritten.",
        do=(
            "Leave it alone. As it uses no Python on the workers, an accelerated engine that speaks Spark's API "
            "may run it unchanged."
        ),
        before='spark.table("sales").groupBy("city").sum("amount").write.saveAsTable("by_city")',
    ),
    Rule(
        code="SR931",
        name="incidental-python",
        matches=(
            "A job of relational work with a small Python function at its side: a cleaned string, a lambda over a "
            "few rows."
        ),
        why="The cost of the Python part does not carry the job, and a split would add a hand-off.",
        do="Leave the job on Spark, and replace the function by a built-in one where there is one (SR418).",
        before="""\
clean = udf(lambda s: s.strip(), "string")
orders.withColumn("city", clean("city")).join(cities, "city").groupBy("city").count()""",
    ),
    Rule(
        code="SR932",
        name="python-carries-the-job",
        matches="A job in which reading, projecting and filtering only serve Python functions.",
        why="The engine's part is small: what Spark adds is the crossing between JVM and Python.",
        do="Move it to Ray: read, map, write.",
        before="spark.read.parquet(source).rdd.map(simulate).toDF(schema).write.parquet(out)",
        after="ray.data.read_parquet(source).map(simulate).write_parquet(out)",
    ),
    Rule(
        code="SR933",
        name="split-job",
        matches="A job with native work worth keeping that feeds Python or training work worth moving.",
        why="Each engine then does what it is good at; the price is one Parquet hand-off at a named place.",
        do="Run the parts in the order that `report.json` gives.",
        before="""\
features = orders.join(users, "user").groupBy("user").agg(F.sum("amount"))
features.rdd.barrier().mapPartitions(train).collect()""",
    ),
    Rule(
        code="SR934",
        name="streaming-job",
        matches="A job with a streaming source or sink.",
        why="See SR801: it does not end.",
        do="Leave it on Spark.",
        before='spark.readStream.table("events").writeStream.toTable("copy")',
    ),
    Rule(
        code="SR935",
        name="mllib-only-job",
        matches="A job whose only training is MLlib's.",
        why="The training runs in the JVM; its framework downstream is Spark.",
        do="Leave it on Spark.",
        before='Pipeline(stages=[assembler, LogisticRegression()]).fit(df).write().save("model")',
    ),
    Rule(
        code="SR936",
        name="portable-job",
        matches=(
            "A job that stays on Spark and uses nothing but sessions, DataFrames, built-in functions and SQL: no RDD, "
            "no Python function, no stream, no JVM object, no call that could not be followed."
        ),
        why=(
            "This interface is what accelerated engines implement: Photon, Gluten, Comet and RAPIDS run its plans, "
            "engines behind Spark Connect its protocol. The speed-up needs no change of code."
        ),
        do="Leave the code alone. Try an accelerated engine where the job is dear, and compare with `migrate compare`.",
        before='spark.table("sales").groupBy("city").agg(F.sum("amount")).write.saveAsTable("by_city")',
    ),
    Rule(
        code="SR937",
        name="leave-alone",
        matches=(
            "A job that stays on Spark and is bound to it: a stream, an RDD, MLlib, a Python function at its side, a "
            "platform's own objects, or a call that could not be followed."
        ),
        why="It works where it is, nothing is gained on Ray, and another engine may not have what it is bound to.",
        do="Do not touch it in this migration.",
        before='spark.readStream.table("events").writeStream.toTable("copy")',
    ),
)
