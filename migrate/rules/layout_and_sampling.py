"""The rules of layout, sampling, SQL text and summaries."""

from __future__ import annotations

from migrate.findings import Severity
from migrate.rules.model import Rule

RULES = (
    Rule(
        code="SR317",
        name="broadcast-hint",
        matches="`broadcast(df)`, `df.hint(...)`.",
        why=(
            "It tells Spark to send the small side to every worker. On Ray a small table is better passed to the "
            "function that looks things up in it."
        ),
        do=(
            "Load the small side once (`ray.put`, or an actor's constructor) and look up in the batch function, "
            "where it replaces a join in front of Python work."
        ),
        before='photos.join(F.broadcast(labels), "name")',
        after='labels = ray.put(pq.read_table("labels"))',
        symbols=("DataFrame.hint", "pyspark.sql.functions.broadcast"),
    ),
    Rule(
        code="SR318",
        name="sample",
        matches="`df.sample(fraction, seed)`.",
        why=(
            "Which rows are drawn depends on Spark's generator and on the partitions. The same seed cannot give "
            "the same rows on another engine, nor on Spark after a repartition."
        ),
        do=("Accept another draw of the same size, or draw once and keep the drawn keys; for splits see SR319."),
        before="tenth = df.sample(0.1, seed=7)",
        after="tenth = ds.random_sample(0.1, seed=7)",
        differences=(
            (
                "Other rows; the count is close to the fraction, not equal to Spark's. `random_sample` with a "
                "seed repeats itself on the same blocks only."
            ),
        ),
        symbols=("DataFrame.sample", "RDD.sample", "RDD.takeSample"),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR319",
        name="random-split",
        matches="`df.randomSplit([0.8, 0.2], seed)`.",
        why="A training and test set that differs between the engines makes their metrics incomparable.",
        do=(
            "Freeze the split: write the ids from Spark, or decide by a hash of the key on both sides "
            "(`pmod(hash(id), 10) < 8`), which gave identical rows."
        ),
        before="train, test = df.randomSplit([0.8, 0.2], seed=42)",
        after="train, test = ds.train_test_split(0.2, shuffle=True, seed=42)",
        differences=(
            (
                "Spark's split is by chance per row (81 and 19 of 100 in one run), Ray's `train_test_split` is "
                "exact, and without `shuffle=True` it cuts off the end."
            ),
            "Spark's own split changes when the partitions change.",
        ),
        symbols=("DataFrame.randomSplit", "RDD.randomSplit"),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR320",
        name="repartition",
        matches="`df.repartition(n)` and `df.repartition(n, columns)`.",
        why="Often there only to give Python workers even shares, which Ray does by itself.",
        do=(
            "Drop it in front of Python work. Keep `ds.repartition(n)` where the number of output files or of "
            "training shards depends on it."
        ),
        before="df.repartition(200).rdd.map(score)",
        after='ds.map_batches(score_batch, batch_format="pyarrow")',
        differences=(
            'Rows of one key share a partition after `repartition("key")`; Ray gives no such promise, group instead.',
        ),
        symbols=("DataFrame.repartition", "RDD.repartition", "DynamicFrame.repartition", "RDD.getNumPartitions"),
    ),
    Rule(
        code="SR321",
        name="coalesce-partitions",
        matches="`df.coalesce(n)`: fewer partitions without a shuffle.",
        why=("It lowers the parallelism of everything before it in the same stage too, which is often not meant."),
        do="Drop it, or use `ds.repartition(n)` where the number of files counts.",
        before="df.coalesce(4)",
        after="ds.repartition(4)",
        symbols=("DataFrame.coalesce", "RDD.coalesce", "DynamicFrame.coalesce"),
    ),
    Rule(
        code="SR322",
        name="sort-within-partitions",
        matches="`sortWithinPartitions`, `repartitionByRange`.",
        why=(
            "The function after it relies on rows of a partition coming in order: a hidden contract that a type "
            "cannot show."
        ),
        do="Make the unit explicit: `groupby(key).map_groups(...)` and sort inside the group.",
        before='df.repartition("user").sortWithinPartitions("at").rdd.mapPartitions(sessions)',
        after='ds.groupby("user").map_groups(sessions_of_user, batch_format="pyarrow")',
        symbols=(
            "DataFrame.sortWithinPartitions",
            "DataFrame.repartitionByRange",
            "RDD.repartitionAndSortWithinPartitions",
        ),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR323",
        name="cache",
        matches="`cache()`, `persist(level)` and `unpersist()`.",
        why="A dataset that is used twice is computed twice without it, on both engines.",
        do=(
            "`ds.materialize()` where the dataset is really used more than once; nothing where it is not. Ray "
            "keeps it in its object store and spills to disk by itself."
        ),
        before="features = features.persist()",
        after="features = features.materialize()",
        differences=(
            (
                "Storage levels have no counterpart. A function with random or time-dependent results is frozen "
                "by `materialize`, and by Spark's cache only while no partition is lost."
            ),
        ),
        symbols=(
            "DataFrame.cache",
            "DataFrame.persist",
            "DataFrame.unpersist",
            "RDD.cache",
            "RDD.persist",
            "RDD.unpersist",
            "DStream.cache",
            "DStream.persist",
            "RDD.setName",
        ),
    ),
    Rule(
        code="SR324",
        name="checkpoint",
        matches="`checkpoint()` and `localCheckpoint()`.",
        why="They cut a lineage that grew too long, mostly in loops.",
        do=(
            "`materialize()` in the moved part. A loop that needs this is often a training loop better written as one."
        ),
        before="ranks = ranks.checkpoint()",
        after="ranks = ranks.materialize()",
        symbols=("DataFrame.checkpoint", "DataFrame.localCheckpoint", "RDD.checkpoint", "RDD.localCheckpoint"),
    ),
    Rule(
        code="SR325",
        name="sql-text",
        matches='`spark.sql("...")`.',
        why=(
            "SQL is what Spark is best at: it stays there. A Python function registered for SQL makes the query "
            "Python-heavy all the same."
        ),
        do=(
            "Keep the query in the Spark part and hand its result over. A query that is built from pieces at run "
            "time cannot be followed: it is counted as unresolved."
        ),
        before='top = spark.sql("SELECT city, tidy(name) AS name FROM people")',
        differences=("Ray Data has no SQL.",),
        symbols=("SparkSession.sql", "SQLContext.sql"),
    ),
    Rule(
        code="SR326",
        name="temporary-view",
        matches="`createOrReplaceTempView(name)`.",
        why="The dataset gets a name that any SQL text may use: a link between stages that is only a string.",
        do=(
            "Nothing to do on Spark. A view over moved data is read back from the hand-off in `<stem>_spark_after.py`."
        ),
        before='features.createOrReplaceTempView("features")',
        symbols=(
            "DataFrame.createOrReplaceTempView",
            "DataFrame.createTempView",
            "DataFrame.registerTempTable",
            "DataFrame.createGlobalTempView",
            "DataFrame.createOrReplaceGlobalTempView",
        ),
    ),
    Rule(
        code="SR327",
        name="describe",
        matches="`describe()`, `summary()` and `observe(...)`.",
        why="It returns its figures as strings, in Spark's own layout.",
        do="Keep it on Spark, or compute the figures that are used with `ds.aggregate(...)`.",
        before='df.describe("price").show()',
        differences=(
            (
                "`ds.summary()` has another layout, counts NULLs, and its standard deviation divides by n; "
                "Spark's divides by n - 1."
            ),
        ),
        symbols=("DataFrame.describe", "DataFrame.summary", "DataFrame.observe"),
    ),
    Rule(
        code="SR328",
        name="approximate-quantile",
        matches="`df.approxQuantile(column, probabilities, relativeError)`.",
        why=(
            "With an error above 0 the answer depends on the partitions: there is no single right value to "
            "compare with."
        ),
        do="Use `relativeError=0` on Spark; then `sorted(x)[ceil(q * n) - 1]` is the same value on Ray.",
        before='low, high = df.approxQuantile("price", [0.01, 0.99], 0.0)',
        after="""\
ordered = np.sort(values)
low, high = (ordered[max(math.ceil(q * len(ordered)), 1) - 1] for q in (0.01, 0.99))""",
        differences=(
            (
                "With an error of 0.01 the rank was off by up to 883 of 100,000 in one run. Ray's `Quantile` "
                "interpolates and agrees with neither."
            ),
        ),
        symbols=("DataFrame.approxQuantile", "DataFrameStatFunctions.approxQuantile"),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR329",
        name="stratified-sample",
        matches="`sampleBy(column, fractions, seed)`.",
        why="As with SR318 the draw cannot be repeated elsewhere.",
        do="Decide by a hash of the key within each stratum on both engines.",
        before='df.stat.sampleBy("label", {0: 0.1, 1: 1.0}, seed=3)',
        symbols=("DataFrame.sampleBy", "DataFrameStatFunctions.sampleBy", "RDD.sampleByKey"),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR330",
        name="frame-transform",
        matches="`df.transform(function)`: a function from DataFrame to DataFrame, called on the driver.",
        why=(
            "It runs no Python on the workers; the stages inside the function are what counts, and they are read there."
        ),
        do="Nothing: the function is followed like any other.",
        before="df.transform(add_features).transform(drop_outliers)",
        symbols=("DataFrame.transform",),
    ),
    Rule(
        code="SR331",
        name="cross-tabulation",
        matches="`crosstab` and `freqItems`.",
        why="Both bring their whole result to one place; `freqItems` is approximate.",
        do="Keep on Spark.",
        before='df.stat.crosstab("age_band", "label")',
        symbols=(
            "DataFrame.crosstab",
            "DataFrame.freqItems",
            "DataFrameStatFunctions.crosstab",
            "DataFrameStatFunctions.freqItems",
        ),
    ),
)
