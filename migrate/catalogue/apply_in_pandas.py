"""``GroupedData.applyInPandas``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate.frames import function_text, rows_of
from migrate.translate.groups import ZEROS, key_list, keys_of, map_groups
from migrate.translate.settings import ZONE, pandas_options


class ApplyInPandas(Mapping):
    """
    ## Matches
    ``df.groupBy(keys).applyInPandas(function, schema)`` with keys that are columns and a schema that is written in the
    job, or that of the dataset itself.

    ## Semantics
    The function stays as it is and sees each group as a frame with the types that Spark gives it, key columns included,
    and the key in front where it takes two arguments. NULL is a group of its own and NaN another; 0.0 and -0.0 are one.
    What it returns is matched by name and converted to the declared types. The order of rows within a group is
    undefined on both.

    ## Not covered
    Keys that are expressions, and ``groupBy()`` without a key.
    """

    code = "SR405"
    symbols = ("GroupedData.applyInPandas",)
    kind = Kind.MAP_GROUPS
    cost = Cost.ARROW
    differences = (ZEROS,)
    cases = (
        Case(
            "a text key with NULL",
            "import pandas as pd\n"
            "def summary(group):\n"
            '    return pd.DataFrame({"n": [len(group)], "top": [group["id"].max()], "x": group["x"].max()})\n'
            'out = df.groupBy("k").applyInPandas(summary, "top long, x double, n int")',
            "out = df.map_batches(plain_zeros, fn_kwargs={'keys': ['k']}, batch_format='pyarrow')"
            ".groupby(['k'], num_partitions=shuffle_partitions())"
            '.map_groups(apply_in_pandas(summary, ["k"], pa.schema([("top", pa.int64()), ("x", pa.float64()), '
            '("n", pa.int32())])), batch_format="pyarrow")',
        ),
        Case(
            "the key in front, zeros and NaN",
            "import pandas as pd\n"
            "def count(key, group):\n"
            '    return pd.DataFrame({"key": [f"{abs(key[0])} {key[1]}"], "n": [len(group)]})\n'
            'out = df.groupBy("x", F.col("flag")).applyInPandas(count, schema="key string, n long")',
            "out = df.map_batches(plain_zeros, fn_kwargs={'keys': ['x', 'flag']}, batch_format='pyarrow')"
            '.groupby(["x", "flag"], num_partitions=shuffle_partitions()).map_groups(apply_in_pandas(count, '
            '["x", "flag"], pa.schema([("key", pa.string()), ("n", pa.int64())])), batch_format="pyarrow")',
        ),
        Case(
            "a key of -0.0",
            'out = df.groupBy("x").applyInPandas(lambda group: group[["x"]], "x double")',
            "out = df.map_batches(plain_zeros, fn_kwargs={'keys': ['x']}, batch_format='pyarrow')"
            ".groupby(['x'], num_partitions=shuffle_partitions()).map_groups(apply_in_pandas("
            "lambda group: group[['x']], ['x'], pa.schema([('x', pa.float64())])), batch_format='pyarrow')",
            differs=ZEROS.name,
        ),
        Case("one group of all rows", "out = df.groupBy().applyInPandas(lambda group: group, df.schema)", None),
    )

    def emit(self, call: Call) -> Emission:
        keys = keys_of(call)
        rows = rows_of(call)
        given = [function_text(call, ("func", "schema")), key_list(keys), *([rows.schema] if rows.schema else [])]
        function = f"apply_in_pandas({', '.join(given)}{pandas_options(call.module, ZONE)})"
        return map_groups(call, keys, function, {"apply_in_pandas"}, rows.imports, rows.sorts)
