"""``cogroup().applyInPandas``."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried
from migrate.translate.frames import function_text, opened, rows_of
from migrate.translate.groups import ZEROS, columns_named, key_list, keys_of, partitions
from migrate.translate.settings import ZONE, pandas_options


class CogroupApplyInPandas(Mapping):
    """
    ## Matches
    ``a.groupBy(keys).cogroup(b.groupBy(keys)).applyInPandas(function, schema)`` with keys that are columns, where ``b``
    is a variable and the schema is written in the job.

    ## Semantics
    The function stays as it is and sees, for each key of either side, the rows of both as frames with the types that
    Spark gives them, and the key in front where it takes three arguments. NULL is a key like any other and matches
    NULL; so does NaN. A side without rows is an empty frame with its columns. The order of rows within a group is
    undefined on both.

    ## Not covered
    Keys that are expressions, keys of two types, and a second side that is not a variable.
    """

    code = "SR406"
    symbols = ("CoGroupedData.applyInPandas",)
    kind = Kind.MAP_GROUPS
    cost = Cost.ARROW
    differences = (ZEROS,)
    cases = (
        Case(
            "sides that lack keys, NULL among them",
            "import pandas as pd\n"
            'few = df.filter(F.col("id") > 4).select("k", "day", "flag")\n'
            "def both(left, right):\n"
            "    frames = [frame for frame in (left, right) if len(frame)]\n"
            '    kinds = " ".join(str(frame.drop(columns="k").dtypes.tolist()) for frame in frames)\n'
            "    names = str([*left, *right])\n"
            '    return pd.DataFrame({"n": [len(left)], "m": [len(right)], "columns": [names], "of": [kinds]})\n'
            'out = df.filter("id < 8").select("id", "k", "x").groupBy("k").cogroup(few.groupby("k"))'
            '.applyInPandas(both, "n int, m int, columns string, of string")',
            "out = apply_cogrouped(df.map_batches(lambda batch: batch.filter(compared(batch['id'], '<', 8)), "
            "batch_format='pyarrow').select_columns(['id', 'k', 'x']), few, ['k'], ['k'], both, "
            "pa.schema([('n', pa.int32()), ('m', pa.int32()), ('columns', pa.string()), ('of', pa.string())]), "
            "shuffle_partitions())",
        ),
        Case(
            "two keys in front",
            "import pandas as pd\n"
            "def ends(key, left, right):\n"
            '    return pd.DataFrame({"key": [str(abs(key[0])) + str(key[1])], "most": [right["id"].max()]})\n'
            'other = df.drop("big")\n'
            'out = df.groupBy("x", "flag").cogroup(other.groupBy(["x", "flag"])).applyInPandas('
            'ends, schema="key string, most long")',
            "out = apply_cogrouped(df, other, ['x', 'flag'], ['x', 'flag'], ends, "
            "pa.schema([('key', pa.string()), ('most', pa.int64())]), shuffle_partitions())",
        ),
        Case(
            "a second side that is no variable",
            "out = df.groupBy('k').cogroup(df.select('k').groupBy('k')).applyInPandas(lambda a, b: a, 'k string')",
            None,
        ),
    )

    def emit(self, call: Call) -> Emission:
        other, keys = (call.link("GroupedData.cogroup") or (None,))[0], keys_of(call)
        if not (isinstance(other, ast.Call) and isinstance(other.func, ast.Attribute)) or other.keywords:
            raise NotCarried("the other side of the cogroup cannot be read")
        if not isinstance(other.func.value, ast.Name):
            raise NotCarried("the other side of the cogroup is no variable")
        rows = rows_of(call)
        if rows.schema is None:
            raise NotCarried("the schema is that of a dataset")
        parts, needed = partitions(call)
        passed = [
            call.text(other.func.value),
            key_list(keys),
            key_list(columns_named(call, tuple(other.args))),
            function_text(call, ("func", "schema")),
            rows.schema,
            parts,
        ]
        return Emission(
            f", {', '.join(passed)}{pandas_options(call.module, ZONE)})",
            helpers=("cogrouped", *needed),
            imports=tuple(rows.imports),
            sorts=rows.sorts,
            edits=(opened(call, "apply_cogrouped"),),
        )
