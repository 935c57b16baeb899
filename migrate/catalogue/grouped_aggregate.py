"""``GroupedData.agg``, ``count``, ``sum``, ``avg``, ``mean``, ``min`` and ``max``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Difference, Emission, Mapping, NotCarried
from migrate.translate.aggregates import aggregates_of, all_numbers, counted, grouped, of_names, pivoted
from migrate.translate.built import quoted
from migrate.translate.frames import ARROW
from migrate.translate.groups import grouping_of, map_groups
from migrate.translate.projections import listed


class GroupedAggregate(Mapping):
    """
    ## Matches
    ``df.groupBy(keys).agg(...)`` of built-in aggregates, or of pandas UDFs that make one value of a group, and
    ``df.groupBy(keys).count()``, ``sum("v")``, ``avg``, ``mean``, ``min`` and ``max``, with names or of all columns of
    numbers, with keys or of all rows, and behind ``pivot(column, values)``.

    ## Semantics
    NULL is a key; 0.0 and -0.0 are one, and so is NaN. Aggregates leave NULL out, NaN makes a sum NaN and is larger
    than any other number; the sum of integers wraps, the deviation of one value is NULL. A pandas UDF is called once a
    group, with its columns as Series: NULL is NaN, as on Spark.

    Rows travel to the task that has their key, all of them: a million rows take Ray longer than Spark on few cores.

    ## Not covered
    Aggregates of several columns, and inside of expressions; ``first`` and ``last``, which depend on the order of a
    shuffle; averages of decimals; ``agg`` of a dict of several columns; a ``pivot`` without a list of values or of
    counts of a column; ``rollup`` and ``cube``.
    """

    code = "SR505"
    symbols = tuple(f"GroupedData.{name}" for name in ("agg", "count", "sum", "avg", "mean", "min", "max"))
    kind = Kind.AGGREGATE
    cost = Cost.NATIVE
    differences = (
        Difference("order of values", "the lists of collect_list and collect_set are in another order, a shuffle's"),
    )
    cases = (
        Case(
            "pandas UDFs of one and two columns",
            "import pandas as pd\n"
            '@F.pandas_udf("double")\n'
            "def spread(values: pd.Series) -> float:\n"
            "    return values.max() - values.min()\n"
            '@F.pandas_udf("long")\n'
            "def both(one: pd.Series, other: pd.Series) -> int:\n"
            "    return int((one.notna() & other.notna()).sum())\n"
            'out = df.groupBy("k").agg(spread("id").alias("ids"), both(F.col("i"), F.col("x")))',
            "out = df.map_batches(plain_zeros, fn_kwargs={'keys': ['k']}, batch_format='pyarrow')"
            ".groupby(['k'], num_partitions=shuffle_partitions())"
            ".map_groups(lambda batch: pa.table({'k': batch['k'].slice(0, 1), 'ids': spread(batch['id']), "
            "'both(i, x)': both(batch['i'], batch['x'])}), batch_format='pyarrow')",
        ),
        Case(
            "counts",
            'out = df.groupBy("x").count()',
            "out = df.map_batches(plain_zeros, fn_kwargs={'keys': ['x']}, batch_format='pyarrow')"
            ".repartition(shuffle_partitions(), keys=['x'])"
            ".map_batches(lambda batch: aggregated(batch, ['x'], {'count': ('count', pa.repeat("
            "pa.scalar(1, pa.int32()), len(batch)))}), batch_format='pyarrow', batch_size=None)",
        ),
        Case(
            "built-in aggregates",
            'out = df.groupBy("k").agg(F.max("x"), F.min("y"), F.sum("big"), F.sum("price"), F.avg("i").alias("mean"), '
            'F.stddev("i"), F.count("flag"), F.countDistinct("x"), F.max("s"), F.min("day"), F.sum(F.col("i") + 1))',
            "out = df.map_batches(plain_zeros, fn_kwargs={'keys': ['k']}, batch_format='pyarrow')"
            ".repartition(shuffle_partitions(), keys=['k'])"
            ".map_batches(lambda batch: aggregated(batch, ['k'], {'max(x)': ('max', batch['x']), "
            "'min(y)': ('min', batch['y']), 'sum(big)': ('sum', batch['big']), 'sum(price)': ('sum', batch['price']), "
            "'mean': ('avg', batch['i']), 'stddev(i)': ('stddev', batch['i']), "
            "'count(flag)': ('count', batch['flag']), "
            "'count(DISTINCT x)': ('distinct', batch['x']), 'max(s)': ('max', batch['s']), "
            "'min(day)': ('min', batch['day']), "
            "'sum((i + 1))': ('sum', calculated(batch['i'], '+', pa.scalar(1, pa.int32())))}), "
            "batch_format='pyarrow', batch_size=None)",
            tolerance=(("stddev(i)", 1e-12), ("mean", 1e-15)),
        ),
        Case(
            "aggregates by name",
            'out = df.groupBy("k", "flag").sum("i", "x")',
            "out = df.map_batches(plain_zeros, fn_kwargs={'keys': ['k', 'flag']}, batch_format='pyarrow')"
            ".repartition(shuffle_partitions(), keys=['k', 'flag'])"
            ".map_batches(lambda batch: aggregated(batch, ['k', 'flag'], {'sum(i)': ('sum', batch['i']), "
            "'sum(x)': ('sum', batch['x'])}), batch_format='pyarrow', batch_size=None)",
        ),
        Case(
            "the values themselves",
            'out = df.groupBy("flag").agg(F.collect_set("k").alias("k"), F.collect_list("i").alias("i"))'
            '.select("flag", F.sort_array("k"), F.sort_array("i"))',
            "out = df.map_batches(plain_zeros, fn_kwargs={'keys': ['flag']}, batch_format='pyarrow')"
            ".repartition(shuffle_partitions(), keys=['flag'])"
            ".map_batches(lambda batch: aggregated(batch, ['flag'], {'k': ('set', batch['k']), "
            "'i': ('list', batch['i'])}), batch_format='pyarrow', batch_size=None)"
            ".map_batches(lambda batch: pa.table({'flag': batch['flag'], "
            "'sort_array(k, true)': sort_array(batch['k'], True), "
            "'sort_array(i, true)': sort_array(batch['i'], True)}), "
            "batch_format='pyarrow')",
        ),
        Case("the first value", 'out = df.groupBy("k").agg(F.first("id"))', None),
        Case(
            "all columns of numbers",
            'out = df.select("k", "i", "big", "y", "price", "s", "flag").groupBy("k").sum()',
            "out = df.select_columns(['k', 'i', 'big', 'y', 'price', 's', 'flag'])"
            ".map_batches(plain_zeros, fn_kwargs={'keys': ['k']}, batch_format='pyarrow')"
            ".repartition(shuffle_partitions(), keys=['k'])"
            ".map_batches(lambda batch: aggregated(batch, ['k'], of_all_numbers(batch, ['k'], 'sum', 'sum({})')), "
            "batch_format='pyarrow', batch_size=None)",
        ),
        Case(
            "one group of all rows",
            'out = df.groupBy().agg(F.sum("i").alias("total"), F.max("day"))',
            "out = aggregated_whole(df, lambda batch: {'total': ('sum', batch['i']), "
            "'max(day)': ('max', batch['day'])})",
        ),
        Case(
            "one group of no rows, all columns of numbers",
            'out = df.select("i", "x", "s").filter("i > i").groupBy().max()',
            "out = aggregated_whole(df.select_columns(['i', 'x', 's']).map_batches(lambda batch: "
            "batch.filter(compared(batch['i'], '>', batch['i'])), batch_format='pyarrow'), "
            "lambda batch: of_all_numbers(batch, [], 'max', 'max({})'))",
        ),
        Case(
            "a pivot",
            'out = df.groupBy("k").pivot("flag", [True, False]).agg(F.sum("i"), F.max("x").alias("most"))',
            "out = df.map_batches(plain_zeros, fn_kwargs={'keys': ['k']}, batch_format='pyarrow')"
            ".repartition(shuffle_partitions(), keys=['k'])"
            ".map_batches(lambda batch: aggregated(batch, ['k'], {"
            "'true_sum(i)': ('sum', pc.if_else(compared(batch['flag'], '==', True), batch['i'], None)), "
            "'true_most': ('max', pc.if_else(compared(batch['flag'], '==', True), batch['x'], None)), "
            "'false_sum(i)': ('sum', pc.if_else(compared(batch['flag'], '==', False), batch['i'], None)), "
            "'false_most': ('max', pc.if_else(compared(batch['flag'], '==', False), batch['x'], None))}), "
            "batch_format='pyarrow', batch_size=None)",
        ),
        Case(
            "a pivot that counts",
            'out = df.groupBy("flag").pivot("k", ["a", "é", "none"]).count()',
            "out = df.map_batches(plain_zeros, fn_kwargs={'keys': ['flag']}, batch_format='pyarrow')"
            ".repartition(shuffle_partitions(), keys=['flag'])"
            ".map_batches(lambda batch: aggregated(batch, ['flag'], {"
            "'a': ('some_rows', pc.if_else(compared(batch['k'], '==', 'a'), "
            "pa.repeat(pa.scalar(1, pa.int32()), len(batch)), None)), "
            "'é': ('some_rows', pc.if_else(compared(batch['k'], '==', 'é'), "
            "pa.repeat(pa.scalar(1, pa.int32()), len(batch)), None)), "
            "'none': ('some_rows', pc.if_else(compared(batch['k'], '==', 'none'), "
            "pa.repeat(pa.scalar(1, pa.int32()), len(batch)), None))}), "
            "batch_format='pyarrow', batch_size=None)",
        ),
        Case("a pivot without values", 'out = df.groupBy("k").pivot("flag").sum("i")', None),
    )

    def emit(self, call: Call) -> Emission:
        keys, nodes, name = grouping_of(call), listed(call), call.stage.symbol.rpartition(".")[2]
        if call.link("GroupedData.pivot") is not None:
            return _pivot(call, keys)
        if name == "count":
            return grouped(call, keys, [counted()])
        if name != "agg":
            return grouped(call, keys, of_names(call, name, nodes)) if nodes else all_numbers(call, name, keys)
        built_in = aggregates_of(call, nodes)
        if built_in is not None:
            return grouped(call, keys, built_in)
        if not keys:
            raise NotCarried("pandas UDFs over the whole frame are not mapped")
        columns = [call.aggregate(node) for node in nodes]
        if not columns or len(columns) < len(nodes):
            raise NotCarried("the aggregates are not arguments that can be read")
        if not all(column.name for column in columns):
            raise NotCarried("an aggregate has no name of its own; give it an alias")
        fields = {key: f"batch[{quoted(key)}].slice(0, 1)" for key in keys}
        fields |= {column.name: column.text for column in columns}
        if len(fields) < len(keys) + len(columns):
            raise NotCarried("two columns of one name")
        body = ", ".join(f"{quoted(name)}: {text}" for name, text in fields.items())
        helpers = {helper for column in columns for helper in column.helpers}
        imports = {ARROW}.union(*(column.imports for column in columns))
        return map_groups(call, keys, f"lambda batch: pa.table({{{body}}})", helpers, imports)


def _pivot(call: Call, keys: list[str]) -> Emission:
    name, nodes = call.stage.symbol.rpartition(".")[2], listed(call)
    if name == "count":
        aggregates = [counted()]
    else:
        found = aggregates_of(call, nodes) if name == "agg" else of_names(call, name, nodes)
        if not found or not keys:
            raise NotCarried("a pivot of anything but built-in aggregates of groups is not mapped")
        aggregates = found
    return grouped(call, keys, pivoted(call, aggregates))
