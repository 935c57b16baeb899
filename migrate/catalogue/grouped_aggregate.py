"""``GroupedData.agg`` of pandas UDFs."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried
from migrate.translate.columns import quoted
from migrate.translate.frames import ARROW
from migrate.translate.groups import keys_of, map_groups


class GroupedAggregate(Mapping):
    """
    ## Matches
    ``df.groupBy(keys).agg(function("v"), ...)`` where each function is a pandas UDF that makes one value of a group.

    ## Semantics
    The function is called once a group, with its columns as Series: NULL is NaN, as on Spark; NULL is a key.

    ## Not covered
    Built-in aggregates, over windows too; ``agg`` of a dict.
    """

    code = "SR505"
    symbols = ("GroupedData.agg",)
    kind = Kind.AGGREGATE
    cost = Cost.NATIVE
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
        Case("a built-in aggregate", 'out = df.groupBy("k").agg(F.max("id"))', None),
    )

    def emit(self, call: Call) -> Emission:
        keys = keys_of(call)
        nodes = [call.argument("", position) for position in range(len(call.stage.args))]
        columns = [call.aggregate(node) for node in nodes if node is not None]
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
