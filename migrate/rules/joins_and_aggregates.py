"""The rules of joins and aggregates."""

from __future__ import annotations

from migrate.findings import Severity
from migrate.rules.model import Rule

RULES = (
    Rule(
        code="SR501",
        name="join",
        matches="`df.join(other, columns, how)` on equal keys.",
        why=(
            "Joins of tables are what Spark's optimiser is for. In front of a Python part they stay on Spark, and "
            "their result crosses once."
        ),
        do=(
            "Keep it in the Spark part. Behind a Python part `join` is written into the emitted file: a right side of "
            "up to 10 MiB goes whole to each block of the left one, else rows travel to the task that has their key."
        ),
        before='photos.join(labels, "name", "left")',
        after='join(photos, labels, ["name"], "left")',
        differences=(
            "A text key joined to an integer key is cast by Spark (`'02'` matches 2) and raises on Ray.",
            "A column that both sides have is kept twice by Spark; the emitted code raises.",
        ),
        symbols=("DataFrame.join", "DynamicFrame.join", "Join.apply"),
    ),
    Rule(
        code="SR502",
        name="join-on-expression",
        matches="`df.join(other, a.k == b.k)` and conditions that are not plain equality.",
        why=(
            "With an equality Spark keeps both key columns. With an inequality or a range there is no join on Ray "
            "at all."
        ),
        do=(
            "For an equality name the keys, and copy the right one under another name when it is read later. A "
            "range join stays on Spark."
        ),
        before="left.join(right, (left.at >= right.start) & (left.at < right.end))",
        differences=("In a full outer join Ray merges the key columns into one.",),
        symbols=("DataFrame.lateralJoin",),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR503",
        name="cross-join",
        matches="`crossJoin`, or a join without a condition.",
        why="Every pair of rows: the result's size is the product.",
        do="Stay on Spark; or give the small side to a batch function (SR434).",
        before="df.crossJoin(parameters)",
        differences=("Ray has no cross join.",),
        symbols=("DataFrame.crossJoin",),
    ),
    Rule(
        code="SR504",
        name="semi-or-anti-join",
        matches='`join(..., "left_semi")` and `"left_anti"`: rows that have, or lack, a partner.',
        why="Incremental jobs find their new rows by an anti join; a wrong one reprocesses or loses data.",
        do="Keep it on Spark. On Ray make sure that neither side was emptied by a Python filter.",
        before='new = today.join(done, "name", "left_anti")',
        differences=(
            (
                "On Ray, a side from which a filter with a function removed every row has lost its schema: the "
                "join raises or loses rows, depending on the data."
            ),
            "NULL keys match nothing on both: a `left_anti` keeps them.",
        ),
        severity=Severity.WARNING,
        reported=False,
    ),
    Rule(
        code="SR505",
        name="group-and-aggregate",
        matches="`df.groupBy(keys).agg(...)` and `df.agg(...)`.",
        why=(
            "Native on Spark, with partial aggregation before the shuffle. It stays there when it feeds the "
            "Python part."
        ),
        do=(
            "`ds.groupby(keys).aggregate(Sum(...), Mean(...), ...)` when it follows the Python part; the "
            "functions differ one by one (SR506 to SR513)."
        ),
        before='df.groupBy("city").agg(F.sum("amount").alias("total"))',
        after='ds.groupby("city").aggregate(Sum("amount", alias_name="total"))',
        differences=(
            "Keys 0.0 and -0.0 are one group on Spark and two on Ray. NULL is a group on both.",
            "Names of results: `avg(x)` and `count(1)` on Spark, `mean(x)` and `count()` on Ray. Name them yourself.",
        ),
        symbols=("GroupedData.agg", "DataFrame.agg", "GroupedData.mean"),
    ),
    Rule(
        code="SR506",
        name="count",
        matches='`F.count(column)`, `F.count("*")`, `GroupedData.count()`.',
        why="The default differs for NULL, and nothing warns of it.",
        do=(
            "`Count()` for all rows, `Count(column, ignore_nulls=True)` for a column, `CountDistinct(column)` as it is."
        ),
        before='df.groupBy("city").agg(F.count("name"))',
        after='ds.groupby("city").aggregate(Count("name", ignore_nulls=True))',
        differences=(
            (
                "Ray's `Count(column)` counts NULLs unless told not to, against all its other aggregates. NaN "
                "counts on both."
            ),
        ),
        symbols=("GroupedData.count", "pyspark.sql.functions.count", "pyspark.sql.functions.countDistinct"),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR507",
        name="min-and-max",
        matches="`F.min`, `F.max` and their grouped forms.",
        why="A single NaN decides: it is the largest value on Spark.",
        do="Where NaN may occur compute with numpy in `map_groups`; otherwise `Min` and `Max` agree.",
        before='df.groupBy("k").agg(F.max("score"))',
        after='ds.groupby("k").aggregate(Max("score"))',
        differences=("The maximum of a column with NaN is NaN on Spark; Ray ignores NaN.",),
        symbols=("GroupedData.min", "GroupedData.max", "pyspark.sql.functions.min", "pyspark.sql.functions.max"),
    ),
    Rule(
        code="SR508",
        name="sum-and-average",
        matches="`F.sum`, `F.avg` and their grouped forms.",
        why="Overflow, NaN and the order of floating-point sums are where a comparison fails first.",
        do="`Sum` and `Mean`; a tolerance for floating-point columns in the comparison.",
        before='df.groupBy("k").agg(F.sum("x"), F.avg("x"))',
        after='ds.groupby("k").aggregate(Sum("x"), Mean("x"))',
        differences=(
            (
                "With a NaN in the group Spark gives NaN and Ray gives None. NULLs are skipped by both; an empty "
                "group is NULL on both."
            ),
            (
                "A sum of 64-bit integers wraps on both, and raises in Spark 4 with ANSI on. The average of "
                "decimals has another scale."
            ),
        ),
        symbols=("GroupedData.sum", "GroupedData.avg", "pyspark.sql.functions.sum", "pyspark.sql.functions.avg"),
    ),
    Rule(
        code="SR509",
        name="standard-deviation",
        matches="`F.stddev`, `F.variance` and their population forms.",
        why="The divisor is n - 1 or n, and libraries disagree on the default.",
        do="`Std(column, ddof=1)` for `stddev` and `stddev_samp`, `ddof=0` for `stddev_pop`.",
        before='df.agg(F.stddev("x"))',
        after='ds.aggregate(Std("x", ddof=1))',
        differences=("A single row gives NULL on Spark and NaN on Ray.",),
        symbols=("pyspark.sql.functions.stddev", "pyspark.sql.functions.variance"),
        reported=False,
    ),
    Rule(
        code="SR510",
        name="collect-list",
        matches="`F.collect_list`, `F.collect_set`.",
        why=("The order of the list is that in which rows arrive after a shuffle: not defined on either engine."),
        do=("`map_groups` with the NULLs dropped. Sort the list on both sides when it is compared or fed to a model."),
        before='df.groupBy("user").agg(F.collect_list("item").alias("items"))',
        after="""\
def items(group: pa.Table) -> pa.Table:
    return pa.table({"user": group["user"].slice(0, 1), "items": [group["item"].drop_null().to_pylist()]})


ds.groupby("user").map_groups(items, batch_format="pyarrow")""",
        differences=("Spark skips NULL and gives an empty list where all are NULL; Ray's `AsList` keeps NULLs.",),
        symbols=("pyspark.sql.functions.collect_list", "pyspark.sql.functions.collect_set"),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR511",
        name="first-and-last",
        matches="`F.first`, `F.last` without an order.",
        why="The value depends on which row arrives first.",
        do=(
            "Give it an order: `max_by(value, time)`, or a window with a total order. Then it can be moved and "
            "compared."
        ),
        before='df.groupBy("user").agg(F.last("city"))',
        symbols=("pyspark.sql.functions.first", "pyspark.sql.functions.last"),
        severity=Severity.WARNING,
        reported=False,
    ),
)
