"""``DataFrame.agg``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried
from migrate.translate.aggregates import aggregates_of, grouped
from migrate.translate.projections import listed


class FrameAggregate(Mapping):
    """
    ## Matches
    ``df.agg(...)`` of built-in aggregates.

    ## Semantics
    One row comes out, also of no rows: a count is 0 then, a list empty, all else NULL. NULL is left out, NaN makes a
    sum NaN and is larger than any other number; the sum of integers wraps. Each block is reduced where it is, and what
    is known of the blocks is put together on the driver as soon as the line runs. Where a frame has lost all rows in
    front of its last steps, Ray no longer knows its types, and the emitted code raises.

    ## Not covered
    Aggregates of several columns and inside of expressions; ``first`` and ``last``, which depend on the order of rows;
    averages of decimals; pandas UDFs; a dict of several columns; sums in ANSI mode.
    """

    code = "SR505"
    symbols = ("DataFrame.agg",)
    kind = Kind.AGGREGATE
    cost = Cost.NATIVE
    cases = (
        Case(
            "of numbers and texts",
            'out = df.agg(F.count("*"), F.count("x"), F.sum("big"), F.sum("price"), F.max("x"), F.min("y"), '
            'F.avg("i").alias("mean"), F.stddev("i"), F.var_pop("i"), F.max("k"), F.min("day"), F.countDistinct("x"), '
            'F.sum(F.col("i") * 2), F.sum("y").alias("nan"))',
            "out = aggregated_whole(df, lambda batch: {"
            "'count(1)': ('count', pa.repeat(pa.scalar(1, pa.int32()), len(batch))), "
            "'count(x)': ('count', batch['x']), 'sum(big)': ('sum', batch['big']), "
            "'sum(price)': ('sum', batch['price']), 'max(x)': ('max', batch['x']), 'min(y)': ('min', batch['y']), "
            "'mean': ('avg', batch['i']), 'stddev(i)': ('stddev', batch['i']), 'var_pop(i)': ('var_pop', batch['i']), "
            "'max(k)': ('max', batch['k']), 'min(day)': ('min', batch['day']), "
            "'count(DISTINCT x)': ('distinct', batch['x']), "
            "'sum((i * 2))': ('sum', calculated(batch['i'], '*', pa.scalar(2, pa.int32()))), "
            "'nan': ('sum', batch['y'])})",
            tolerance=(("stddev(i)", 1e-12), ("mean", 1e-15), ("var_pop(i)", 1e-12)),
        ),
        Case(
            "of no rows",
            'out = df.filter("id > 100").agg(F.count("*"), F.count("x").alias("n"), F.sum("i"), F.sum("price"), '
            'F.max("x"), F.min("s"), F.avg("big"), F.stddev("x"), F.collect_list("k"), F.countDistinct("k"))',
            "out = aggregated_whole(df.map_batches(lambda batch: batch.filter(compared(batch['id'], '>', 100)), "
            "batch_format='pyarrow'), lambda batch: {"
            "'count(1)': ('count', pa.repeat(pa.scalar(1, pa.int32()), len(batch))), 'n': ('count', batch['x']), "
            "'sum(i)': ('sum', batch['i']), 'sum(price)': ('sum', batch['price']), 'max(x)': ('max', batch['x']), "
            "'min(s)': ('min', batch['s']), 'avg(big)': ('avg', batch['big']), 'stddev(x)': ('stddev', batch['x']), "
            "'collect_list(k)': ('list', batch['k']), 'count(DISTINCT k)': ('distinct', batch['k'])})",
        ),
        Case(
            "by a dict, shown",
            'df.agg({"id": "max"}).show()',
            "show(aggregated_whole(df, lambda batch: {'max(id)': ('max', batch['id'])}))",
        ),
        Case(
            "the values themselves",
            'out = df.agg(F.collect_set("k").alias("k"), F.collect_list("i").alias("i"))'
            '.select(F.sort_array("k").alias("k"), F.sort_array("i").alias("i"))',
            "out = aggregated_whole(df, lambda batch: {'k': ('set', batch['k']), 'i': ('list', batch['i'])})"
            ".map_batches(lambda batch: pa.table({'k': sort_array(batch['k'], True), "
            "'i': sort_array(batch['i'], True)}), batch_format='pyarrow')",
        ),
        Case("the first value", 'out = df.agg(F.first("id"))', None),
        Case(
            "a sum in ANSI mode",
            'spark.conf.set("spark.sql.ansi.enabled", "true")\nout = df.agg(F.sum("i"))',
            None,
        ),
        Case("a dict of several", 'out = df.agg({"id": "max", "i": "min"})', None),
    )

    def emit(self, call: Call) -> Emission:
        aggregates = aggregates_of(call, listed(call))
        if aggregates is None:
            raise NotCarried("not every argument is an aggregate that is mapped")
        return grouped(call, [], aggregates)
