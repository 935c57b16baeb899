"""The rules of functions over RDDs."""

from __future__ import annotations

from migrate.findings import Severity
from migrate.ir import HeavyKind
from migrate.rules.model import Rule

RULES = (
    Rule(
        code="SR421",
        name="rdd-map",
        matches=(
            "`rdd.map(f)`, `flatMap`, `mapValues`, `keyBy`, and a Glue `Map`: a Python function for every element."
        ),
        why=(
            "Every element is pickled between the JVM and Python. After `df.rdd` each row becomes a `Row` object "
            "as well."
        ),
        do=("`ds.map` or `ds.flat_map` with rows as dicts, or `map_batches` where the function can work on arrays."),
        before="thumbs = images.rdd.map(lambda row: (row.name, thumbnail(row.content)))",
        after="""\
def make_thumb(row: dict) -> dict:
    return {"name": row["name"], "thumb": thumbnail(row["content"])}


thumbs = images.map(make_thumb)""",
        differences=(
            'Rows are dicts on Ray: `row.name` becomes `row["name"]`, a bare value gets a column name.',
            "Tuples come back as lists, which cannot be dict keys. Columns of mixed types are refused or pickled.",
        ),
        symbols=(
            "RDD.map",
            "DStream.map",
            "RDD.flatMap",
            "RDD.mapValues",
            "RDD.flatMapValues",
            "RDD.keyBy",
            "DataFrame.map",
            "DataFrame.flatMap",
            "DynamicFrame.map",
            "Map.apply",
        ),
        heavy=(HeavyKind.RDD_MAP,),
    ),
    Rule(
        code="SR422",
        name="rdd-filter",
        matches="`rdd.filter(f)` and a Glue `Filter`.",
        why=("A Python call for every element to decide whether it stays; a relational filter would run in the JVM."),
        do=(
            "Where the predicate is a comparison of columns, use `df.filter` and stay native. Otherwise `ds.filter(f)`."
        ),
        before="valid = rdd.filter(lambda row: row.size > 0 and is_image(row.content))",
        after='valid = ds.filter(lambda row: row["size"] > 0 and is_image(row["content"]))',
        differences=(
            (
                "Ray's filter with a function loses the schema when no row is left, and a later join against the "
                "empty side raises."
            ),
        ),
        symbols=("RDD.filter", "DStream.filter", "DynamicFrame.filter", "Filter.apply"),
        heavy=(HeavyKind.RDD_FILTER,),
    ),
    Rule(
        code="SR423",
        name="rdd-map-partitions",
        matches="`rdd.mapPartitions(f)`, `mapPartitionsWithIndex(f)`, `sc.runJob`.",
        why=(
            "The idiom for set-up that is done once a partition: a connection, a model, a buffer. The function "
            "sees an iterator of all rows of its partition."
        ),
        do=(
            "A class for `map_batches`: the set-up in its constructor, the loop in `__call__`. Where the function "
            "needs whole partitions, `batch_size=None` gives it one block."
        ),
        before="""\
def embed(rows):
    model = load_model()
    for row in rows:
        yield row.id, model(row.text)


rdd.mapPartitions(embed)""",
        after="""\
class Embed:
    def __init__(self) -> None:
        self.model = load_model()

    def __call__(self, table: pa.Table) -> pa.Table:
        vectors = [self.model(text) for text in table["text"].to_pylist()]
        return pa.table({"id": table["id"], "vector": vectors})


ds.map_batches(Embed, batch_format="pyarrow", concurrency=4)""",
        differences=(
            (
                "Spark calls the function for empty partitions too, Ray does not call it for empty blocks: side "
                "effects for them are lost."
            ),
            (
                "There is no partition index on Ray. The upper bits of `monotonically_increasing_id()` give one "
                "for blocks that have rows."
            ),
            "A running state across a partition ends at the end of a batch.",
        ),
        symbols=(
            "RDD.mapPartitions",
            "RDD.mapPartitionsWithIndex",
            "RDD.mapPartitionsWithSplit",
            "DStream.mapPartitions",
            "SparkContext.runJob",
        ),
        heavy=(HeavyKind.RDD_MAP_PARTITIONS,),
    ),
    Rule(
        code="SR424",
        name="rdd-reduce",
        matches="`rdd.reduce(f)`, `fold`, `treeReduce` and the by-key forms that share their mechanism.",
        why="The function runs in Python for every element, and the last step on the driver.",
        do=(
            "A built-in aggregate where there is one (`ds.sum`, `ds.max`). Otherwise reduce within each block and "
            "then over the few results."
        ),
        before="total = rdd.map(lambda row: row.amount).reduce(lambda a, b: a + b)",
        after='total = ds.sum("amount")',
        differences=(
            "The order of floating-point sums differs: compare with a tolerance.",
            (
                "`fold` applies its zero value once a partition and once more: a zero that is not neutral gives a "
                "result that depends on the partitions."
            ),
        ),
        symbols=("RDD.reduce", "RDD.fold", "RDD.treeReduce"),
        heavy=(HeavyKind.RDD_REDUCE,),
    ),
    Rule(
        code="SR425",
        name="rdd-reduce-by-key",
        matches="`rdd.reduceByKey(f)`, `foldByKey`.",
        why=(
            "A shuffle of pickled pairs, combined in Python on both sides of it. A sum, count or maximum would be "
            "a native aggregate."
        ),
        do=(
            "With such a function, use `groupBy().agg()` and stay native, or Ray's aggregates. Otherwise "
            "`groupby(key).map_groups` with `functools.reduce`."
        ),
        before="counts = words.map(lambda w: (w, 1)).reduceByKey(add)",
        after='counts = words.groupby("word").count()',
        differences=(
            (
                "Any hashable key works on Spark, with 1, 1.0 and True as one key. Ray's keys need one sortable "
                "type: tuples and mixed types raise, and None in a text column comes out as NaN from a numpy "
                "batch."
            ),
        ),
        symbols=("RDD.reduceByKey", "RDD.foldByKey", "RDD.reduceByKeyLocally", "DStream.reduceByKey"),
        heavy=(HeavyKind.RDD_REDUCE,),
    ),
    Rule(
        code="SR426",
        name="rdd-aggregate-by-key",
        matches="`aggregateByKey`, `combineByKey`, `aggregate`, `treeAggregate`.",
        why="Custom accumulators in Python: means, sketches, top-k lists, gradients.",
        do="A Ray `AggregateFn`, or `map_groups` where one group fits in memory.",
        before="means = pairs.combineByKey(lambda v: (v, 1), lambda a, v: (a[0] + v, a[1] + 1), merge)",
        after='means = pairs.groupby("key").mean("value")',
        differences=(
            (
                "The zero value is applied once a partition: with 10 over two partitions a sum is 20 too large. "
                "Only a neutral zero can be carried."
            ),
            "A `treeAggregate` in a loop over gradients is a training loop: see SR7.",
        ),
        symbols=(
            "RDD.aggregateByKey",
            "RDD.combineByKey",
            "RDD.aggregate",
            "RDD.treeAggregate",
            "DStream.combineByKey",
        ),
        heavy=(HeavyKind.RDD_REDUCE,),
    ),
    Rule(
        code="SR427",
        name="rdd-group-by",
        matches="`rdd.groupBy(f)`: a Python function computes the key of every element.",
        why="The key is computed in Python and all values of a key are held as Python objects.",
        do="Compute the key as a column, then `groupby(key).map_groups(...)`.",
        before="by_day = events.groupBy(lambda e: e.at.date())",
        after='by_day = ds.map(with_day).groupby("day").map_groups(summarise, batch_format="pyarrow")',
        symbols=("RDD.groupBy",),
        heavy=(HeavyKind.RDD_GROUP_BY,),
    ),
    Rule(
        code="SR428",
        name="rdd-group-by-key",
        matches="`groupByKey`, `cogroup`, `groupWith`.",
        why="All values of a key travel and are held at once; a combining form moves far less data.",
        do="`groupby(key).map_groups(...)`; for `cogroup` see SR406.",
        before="sessions = clicks.groupByKey().mapValues(list)",
        after='sessions = clicks.groupby("user").map_groups(session, batch_format="pyarrow")',
        symbols=("RDD.groupByKey", "RDD.groupWith", "RDD.cogroup", "DStream.groupByKey"),
    ),
    Rule(
        code="SR429",
        name="rdd-foreach",
        matches="`foreach(f)`, `foreachPartition(f)`: Python on the workers for its side effects.",
        why="Writes to a database or a service. A task that is retried does it again.",
        do=(
            "`ds.map_batches(send, concurrency=n)` followed by an action that consumes it. Make the effect "
            "repeatable: an upsert by key."
        ),
        before="df.foreachPartition(send_to_search)",
        after='ds.map_batches(SendToSearch, batch_format="pyarrow", concurrency=4).count()',
        differences=(
            (
                "Retries differ: Spark tries a task 4 times by default, Ray retries failed workers but not "
                "exceptions of your function."
            ),
        ),
        symbols=(
            "RDD.foreach",
            "RDD.foreachPartition",
            "DataFrame.foreach",
            "DataFrame.foreachPartition",
            "DataStreamWriter.foreach",
        ),
        heavy=(HeavyKind.RDD_FOREACH,),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR430",
        name="rdd-sort",
        matches="`sortBy(f)`, `sortByKey()`.",
        why="Keys are computed and compared in Python, and the data is sampled first to find the ranges.",
        do="Compute the key as a column, then `ds.sort(key)`.",
        before="top = counts.sortBy(lambda pair: -pair[1]).take(10)",
        after='top = counts.sort("count()", descending=True).take(10)',
        differences=("Both sorts are stable within ties. A None key raises on Spark; on Ray it goes last.",),
        symbols=("RDD.sortBy", "RDD.sortByKey"),
    ),
    Rule(
        code="SR431",
        name="rdd-zip",
        matches="`zip`, `zipWithIndex`, `zipWithUniqueId`.",
        why="They rely on the order of rows, which Spark keeps through narrow operations.",
        do=(
            "Number the rows at the source, or join by a key of the data. `ds.zip` pairs rows by their place and "
            "needs `preserve_order`; Ray 2.60 announces its removal in 2.64."
        ),
        before="numbered = rdd.zipWithIndex()",
        after="""\
ray.data.DataContext.get_current().execution_options.preserve_order = True
numbered = ds.zip(ray.data.range(ds.count()))""",
        differences=(
            "Without `preserve_order` Ray's blocks come back permuted now and then: 1 in 4 runs paired the wrong rows.",
            "`zipWithUniqueId` has no counterpart.",
        ),
        symbols=("RDD.zip", "RDD.zipWithIndex", "RDD.zipWithUniqueId"),
        severity=Severity.WARNING,
    ),
)
