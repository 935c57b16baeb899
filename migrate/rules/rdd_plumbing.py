"""The rules of what surrounds the functions of an RDD job."""

from __future__ import annotations

from migrate.findings import Severity
from migrate.rules.model import Rule

RULES = (
    Rule(
        code="SR432",
        name="rdd-join",
        matches="`rdd.join(other)` and its outer forms.",
        why="Pairs are joined in Python, without an optimiser. A DataFrame join would be native.",
        do="Turn it into a DataFrame join and leave it on Spark, in front of the Python part.",
        before="joined = users.join(orders)",
        differences=("None keys match each other in an RDD join, and never in a DataFrame join or in `ds.join`.",),
        symbols=(
            "RDD.join",
            "RDD.leftOuterJoin",
            "RDD.rightOuterJoin",
            "RDD.fullOuterJoin",
            "RDD.subtractByKey",
            "DStream.join",
        ),
    ),
    Rule(
        code="SR433",
        name="rdd-set-operation",
        matches="`distinct`, `union`, `subtract`, `intersection` of RDDs.",
        why=("They compare pickled Python objects by their hash: custom classes with their own equality take part."),
        do="`union` moves as it is for rows of one schema; the others as for SR306 and SR311.",
        before="new_ids = ids.subtract(known)",
        differences=("`subtract` keeps duplicates of the left side, `intersection` removes them.",),
        symbols=("RDD.distinct", "RDD.union", "RDD.subtract", "RDD.intersection", "SparkContext.union"),
    ),
    Rule(
        code="SR434",
        name="rdd-cartesian",
        matches="`rdd.cartesian(other)`: every pair.",
        why="The size is the product of both sides. Similarity and distance jobs are written this way.",
        do=(
            "Ray has no cross join. Put the small side into the object store and let a batch function pair each "
            "batch with it."
        ),
        before="pairs = points.cartesian(centres)",
        after="""\
centres = ray.put(centre_table)
ds.map_batches(distance_to_all, fn_args=(centres,), batch_format="pyarrow")""",
        symbols=("RDD.cartesian",),
    ),
    Rule(
        code="SR435",
        name="rdd-pipe",
        matches="`rdd.pipe(command)`: elements go to a program's standard input as lines.",
        why="The program must be on every worker, and its output has no types.",
        do="A `map_batches` function that runs the program with `subprocess.run` for each batch.",
        before='rdd.pipe("./score.sh")',
        after=r"""def score(table: pa.Table) -> pa.Table:
    lines = "\n".join(table["line"].to_pylist())
    done = subprocess.run(["./score.sh"], input=lines, capture_output=True, text=True, check=True)
    return pa.table({"line": done.stdout.splitlines()})""",
        symbols=("RDD.pipe",),
        reported=False,
    ),
    Rule(
        code="SR436",
        name="rdd-glom",
        matches="`glom()`, `keys()`, `values()`, `lookup(key)`.",
        why="Small steps around the functions that matter; `glom` makes a list of each partition.",
        do="`map_batches(batch_size=None)` sees one block as a whole; keys and values are columns.",
        before="partition_max = rdd.glom().map(max)",
        after='partition_max = ds.map_batches(block_max, batch_size=None, batch_format="pyarrow")',
        symbols=("RDD.glom", "RDD.keys", "RDD.values", "RDD.lookup"),
    ),
    Rule(
        code="SR437",
        name="broadcast-variable",
        matches="`sc.broadcast(value)`, most often a model or a lookup table.",
        why="It is copied to each worker once and used by functions through `.value`.",
        do=(
            "The emitted `Broadcast` puts the value into the object store once, each worker fetches it when it first "
            "reads it, and functions go on with `.value`."
        ),
        before="""\
names = sc.broadcast(load_names())
full = udf(lambda code: names.value.get(code))""",
        after="""\
class Broadcast:
    def __init__(self, value):
        self.reference = ray.put(value)

    @property
    def value(self):
        if not hasattr(self, "fetched"):
            self.fetched = ray.get(self.reference)
        return self.fetched


names = Broadcast(load_names())""",
        symbols=("SparkContext.broadcast", "Broadcast.value", "Broadcast.unpersist"),
        reported=False,
    ),
    Rule(
        code="SR438",
        name="accumulator",
        matches="`sc.accumulator(0)`, added to inside functions.",
        why=(
            "Spark adds what a task counted when the task ends: once in an action, again with each evaluation of a "
            "transformation, and again where a shuffle's task is repeated."
        ),
        do=(
            "The emitted `Accumulator` gets what a task added together with the task's result, so a repeated task "
            "counts once. The job's own text stays."
        ),
        before="""\
bad = sc.accumulator(0)
rdd.foreach(lambda row: bad.add(1) if row.size == 0 else None)
print(bad.value)""",
        after="""\
class Accumulator:
    def __init__(self, value):
        self.total, self.shares = value, []  # a share for each task: what it has added

    @property
    def value(self):
        while self.shares:
            self.total += ray.get(self.shares.pop())
        return self.total


bad = Accumulator(0)
rdd.foreach(lambda row: bad.add(1) if row.size == 0 else None)
print(bad.value)""",
        differences=(
            (
                "Where functions are called as often as the engine pleases (UDFs of a DataFrame, `cartesian`, `take` "
                "behind a `union`), the job stays on Spark."
            ),
        ),
        symbols=("SparkContext.accumulator",),
        reported=False,
    ),
    Rule(
        code="SR439",
        name="frame-to-rdd-and-back",
        matches="`df.rdd` and `rdd.toDF(...)`.",
        why=(
            "Each way turns every row into Python objects and back, and `toDF` without a schema reads rows to "
            "guess one."
        ),
        do=(
            "In the moved part there is no such border. Where only relational work surrounds it, write the step "
            "with DataFrame functions and stay native."
        ),
        before='df = df.rdd.map(parse).toDF(["id", "value"])',
        after="ds = ds.map(parse_row)",
        differences=(
            (
                "Types are guessed: Python's int becomes 64 bits wide, and a column that holds only None in the "
                "rows looked at fails."
            ),
        ),
        symbols=("DataFrame.rdd", "RDD.toDF", "DataFrame.toJSON", "DynamicFrame.toDF"),
    ),
    Rule(
        code="SR440",
        name="rdd-partition-by",
        matches="`partitionBy(n, function)` of a pair RDD.",
        why=("A custom partitioner sends keys to chosen partitions, for locality that the code after it counts on."),
        do="`groupby(key)` where rows of a key have to meet; otherwise drop it.",
        before="pairs.partitionBy(16, lambda key: hash(key) % 16)",
        differences=("Python's `hash` of text changes with PYTHONHASHSEED, on Spark's workers too unless it is set.",),
        symbols=("RDD.partitionBy", "DStream.repartition", "DStream.partitionBy"),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR441",
        name="rdd-statistics",
        matches="`mean`, `stdev`, `stats`, `histogram` of an RDD of numbers.",
        why="Computed in Python, one element at a time, where a column of a DataFrame would be aggregated in the JVM.",
        do="Ray's aggregates over a column; `numpy` per block for a histogram.",
        before="rdd.map(lambda row: row.price).stats()",
        after='ds.aggregate(Mean("price"), Std("price", ddof=0), Min("price"), Max("price"))',
        differences=(
            (
                "`RDD.stdev` and `stats` divide by n, the DataFrame function `stddev` by n - 1, Ray's `Std` by n "
                "- 1 unless told."
            ),
        ),
        symbols=(
            "RDD.mean",
            "RDD.stdev",
            "RDD.variance",
            "RDD.stats",
            "RDD.histogram",
            "RDD.sum",
            "RDD.max",
            "RDD.min",
            "RDD.sampleStdev",
            "RDD.sampleVariance",
        ),
    ),
    Rule(
        code="SR442",
        name="rdd-count-by-key",
        matches=(
            "`countByKey`, `countByValue`, `collectAsMap`, `top`, `takeOrdered`: results as Python objects on the "
            "driver."
        ),
        why="All distinct keys have to fit in the driver.",
        do="`groupby(key).count().take_all()`; `sort` and `take` for the ordered ones.",
        before="words.countByValue()",
        after='{row["word"]: row["count()"] for row in ds.groupby("word").count().take_all()}',
        symbols=("RDD.countByKey", "RDD.countByValue", "RDD.collectAsMap", "RDD.takeOrdered", "RDD.top"),
    ),
)
