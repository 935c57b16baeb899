"""The rules of percentiles, pivots and windows."""

from __future__ import annotations

from migrate.findings import Severity
from migrate.rules.model import Rule

RULES = (
    Rule(
        code="SR512",
        name="exact-percentile",
        matches="`F.percentile`, `F.median`: with linear interpolation.",
        why="All values of a group have to meet.",
        do="`Quantile(column, q)` agrees where there is no NaN.",
        before='df.groupBy("k").agg(F.median("x"))',
        after='ds.groupby("k").aggregate(Quantile("x", q=0.5))',
        differences=("NaN is the largest value on Spark.",),
        symbols=("pyspark.sql.functions.percentile", "pyspark.sql.functions.median"),
        reported=False,
    ),
    Rule(
        code="SR513",
        name="approximate-aggregate",
        matches="`percentile_approx`, `approx_count_distinct`.",
        why="Sketches: their answer depends on how the data is spread, so two right engines differ.",
        do="Ask for the exact form on both sides, or compare within the stated error.",
        before='df.groupBy("k").agg(F.percentile_approx("x", 0.5))',
        differences=(
            (
                "`percentile_approx` returns a value of the data, not an interpolated one. Its rank was exact for "
                "a few thousand rows and off by up to 10 of 100,000. Ray has no `approx_count_distinct` of the "
                "same error."
            ),
        ),
        symbols=(
            "pyspark.sql.functions.percentile_approx",
            "pyspark.sql.functions.approx_count_distinct",
            "RDD.countApproxDistinct",
        ),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR514",
        name="pivot",
        matches="`groupBy(...).pivot(column).agg(...)`.",
        why="The columns of the result come from the data, so nothing after it can be checked before it runs.",
        do="Keep it on Spark, and list the values in the call: it also saves a pass over the data.",
        before='df.groupBy("store").pivot("quarter", ["q1", "q2", "q3", "q4"]).sum("amount")',
        differences=(
            (
                "Ray has no pivot. A NULL value becomes a column called `null`; a missing combination is NULL, "
                "even for a count."
            ),
        ),
        symbols=("GroupedData.pivot",),
        reported=False,
    ),
    Rule(
        code="SR515",
        name="rollup-and-cube",
        matches="`rollup`, `cube`, `groupingSets`.",
        why="Subtotals for several levels in one pass; Ray groups by one set of columns at a time.",
        do="Keep it on Spark. Elsewhere it is a union of several groupings.",
        before='df.rollup("country", "city").sum("amount")',
        differences=("A subtotal row and a group with a NULL key look the same unless `grouping_id()` is kept.",),
        symbols=("DataFrame.rollup", "DataFrame.cube", "DataFrame.groupingSets"),
        reported=False,
    ),
    Rule(
        code="SR516",
        name="ranking-window",
        matches="`row_number`, `rank`, `dense_rank` over a window.",
        why="The usual way to keep the newest row of a key. With ties in the order, `row_number` picks any.",
        do=("Keep it on Spark. In a moved part: `groupby(key).map_groups` with a sort inside, and a total order."),
        before="""\
w = Window.partitionBy("user").orderBy(F.desc("at"))
df.withColumn("n", F.row_number().over(w)).filter("n = 1")""",
        differences=(
            "NULLs sort first in an ascending window on Spark. A whole partition has to fit in one task on Ray.",
        ),
        symbols=(
            "pyspark.sql.functions.row_number",
            "pyspark.sql.functions.rank",
            "pyspark.sql.functions.dense_rank",
            "pyspark.sql.functions.ntile",
        ),
        reported=False,
    ),
    Rule(
        code="SR517",
        name="lag-and-lead",
        matches="`lag`, `lead` over a window.",
        why="Time-series features: each row looks at its neighbours.",
        do=(
            "`groupby(key).map_groups` with a sort by time and a shifted column; agreed with Spark including the "
            "default value."
        ),
        before='df.withColumn("before", F.lag("price", 1).over(Window.partitionBy("id").orderBy("at")))',
        after="""\
def with_before(group: pa.Table) -> pa.Table:
    group = group.sort_by("at")
    price = group["price"].combine_chunks()
    before = pa.concat_arrays([pa.nulls(1, price.type), price.slice(0, len(price) - 1)])
    return group.append_column("before", before)


ds.groupby("id").map_groups(with_before, batch_format="pyarrow")""",
        symbols=("pyspark.sql.functions.lag", "pyspark.sql.functions.lead"),
        reported=False,
    ),
    Rule(
        code="SR518",
        name="window-frame",
        matches="Sums, averages and firsts over a window with an order.",
        why=(
            "Without an explicit frame it runs from the start of the partition to the current row *and its ties*, "
            "which surprises."
        ),
        do=("Write the frame out: `rowsBetween(Window.unboundedPreceding, 0)`. Then a group function can do the same."),
        before='df.withColumn("running", F.sum("x").over(Window.partitionBy("k").orderBy("at")))',
        differences=(
            (
                "The default is a range frame: rows with an equal order value share one running sum, and `last` "
                "is the last of the ties."
            ),
        ),
        severity=Severity.WARNING,
        reported=False,
    ),
    Rule(
        code="SR519",
        name="correlation-and-moments",
        matches="`corr`, `cov`, `skewness`, `kurtosis`.",
        why="Population moments on Spark; other libraries correct for the sample.",
        do="numpy over the column, or sums of powers per block. The population formulas agreed to 4e-15.",
        before='df.corr("x", "y")',
        differences=("A constant column gives NULL on Spark and NaN in numpy.",),
        symbols=(
            "DataFrame.corr",
            "DataFrame.cov",
            "DataFrameStatFunctions.corr",
            "DataFrameStatFunctions.cov",
            "pyspark.sql.functions.corr",
            "pyspark.sql.functions.skewness",
            "pyspark.sql.functions.kurtosis",
        ),
    ),
)
