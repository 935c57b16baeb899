"""``DataFrame.withColumn`` and ``withColumns``."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried
from migrate.translate.projections import exploded, explosion, literal_texts, with_columns


class FrameWithColumn(Mapping):
    """
    ## Matches
    ``df.withColumn("name", expression)`` and ``df.withColumns({"name": expression, ...})`` with literal names.

    ## Semantics
    The column is added at the end, or replaced where it stands. A UDF is called once a row with Python values, None for
    NULL, and what it returns is taken as its declared type says: Spark converts nothing, another type is NULL. None of
    the columns of ``withColumns`` sees the new values of another. Functions and casts are those of ``select``.

    ## Not covered
    Window functions, and the functions of columns that have no mapping yet. Arithmetic on decimals raises on Ray.
    """

    code = "SR302"
    symbols = ("DataFrame.withColumn", "DataFrame.withColumns")
    kind = Kind.PROJECT
    cost = Cost.NATIVE
    cases = (
        Case(
            "UDF of a column",
            'f = F.udf(shout, "string")\nout = df.withColumn("loud", f("s"))',
            "f = RowUdf(shout, pa.string())\n"
            'out = df.map_batches(lambda batch: set_column(batch, "loud", f(batch["s"])), batch_format="pyarrow")',
        ),
        Case(
            "a constant",
            'out = df.withColumn("one", F.lit(1))',
            'out = df.map_batches(lambda batch: set_column(batch, "one", pa.repeat(pa.scalar(1, pa.int32()), '
            'len(batch))), batch_format="pyarrow")',
        ),
        Case(
            "integers wrap",
            'out = df.withColumn("i", F.col("i") * 2 + 1)',
            'out = df.map_batches(lambda batch: set_column(batch, "i", calculated(calculated(batch["i"], "*", '
            'pa.scalar(2, pa.int32())), "+", pa.scalar(1, pa.int32()))), batch_format="pyarrow")',
        ),
        Case(
            "division by zero",
            'out = df.withColumn("ratio", df.big / df.i)',
            'out = df.map_batches(lambda batch: set_column(batch, "ratio", calculated(batch["big"], "/", '
            'batch["i"])), batch_format="pyarrow")',
        ),
        Case(
            "what is left of a division",
            'out = df.withColumn("odd", F.col("i") % 2).withColumn("rest", F.col("x") % 0.4)',
            'out = df.map_batches(lambda batch: set_column(batch, "odd", calculated(batch["i"], "%", '
            'pa.scalar(2, pa.int32()))), batch_format="pyarrow").map_batches(lambda batch: set_column(batch, "rest", '
            'calculated(batch["x"], "%", pa.scalar(0.4, pa.float64()))), batch_format="pyarrow")',
        ),
        Case(
            "the first condition that is true",
            'out = df.withColumn("size", F.when(df.x > 1, "large").when(df.x < 0, df.s).otherwise("small"))',
            'out = df.map_batches(lambda batch: set_column(batch, "size", case_when([compared(batch["x"], ">", 1), '
            'compared(batch["x"], "<", 0)], [pa.scalar("large", pa.string()), batch["s"], '
            'pa.scalar("small", pa.string())])), batch_format="pyarrow")',
        ),
        Case(
            "no condition is true",
            'out = df.withColumn("size", F.when(F.col("i").isNotNull(), F.col("i")))',
            'out = df.map_batches(lambda batch: set_column(batch, "size", case_when([pc.is_valid(batch["i"])], '
            '[batch["i"]])), batch_format="pyarrow")',
        ),
        Case(
            "text",
            'out = df.withColumn("n", F.length(F.trim("s"))).withColumn("back", F.reverse("s"))',
            'out = df.map_batches(lambda batch: set_column(batch, "n", pc.utf8_length(pc.utf8_trim(batch["s"], " "))), '
            'batch_format="pyarrow").map_batches(lambda batch: set_column(batch, "back", pc.utf8_reverse(batch["s"])), '
            'batch_format="pyarrow")',
        ),
        Case(
            "the first that is not NULL",
            'out = df.withColumn("i", F.coalesce("i", F.lit(0))).withColumn("a", F.abs("x"))',
            'out = df.map_batches(lambda batch: set_column(batch, "i", pc.coalesce(batch["i"], '
            'pa.scalar(0, pa.int32()))), batch_format="pyarrow").map_batches(lambda batch: '
            'set_column(batch, "a", pc.abs(batch["x"])), batch_format="pyarrow")',
        ),
        Case(
            "several columns",
            'out = df.withColumns({"i": F.col("i") + 1, "j": F.col("i") - 1})',
            'out = df.map_batches(lambda batch: set_column(set_column(batch, "i", calculated(batch["i"], "+", '
            'pa.scalar(1, pa.int32()))), "j", calculated(batch["i"], "-", pa.scalar(1, pa.int32()))), '
            'batch_format="pyarrow")',
        ),
        Case(
            "a row for each element",
            'out = df.withColumn("tags", F.explode("tags"))',
            'out = df.map_batches(lambda batch: exploded(set_column(batch, "tags", batch["tags"]), "tags"), '
            'batch_format="pyarrow")',
        ),
        Case(
            "a UDF of a UDF of a struct",
            '@F.udf(returnType="string")\n'
            "def line(place):\n"
            "    return place and f\"{place.city} {place['zip']} {place[0]}\"\n"
            'out = df.withColumn("n", F.udf(lambda text: text and len(text), "int")(line("place")))',
            "@partial(RowUdf, dtype=pa.string())\n"
            "def line(place):\n"
            "    return place and f\"{place.city} {place['zip']} {place[0]}\"\n"
            'out = df.map_batches(lambda batch: set_column(batch, "n", RowUdf(lambda text: text and len(text), '
            'pa.int32())(line(batch["place"]))), batch_format="pyarrow")',
        ),
        Case(
            "a pandas UDF over iterators",
            "import pandas as pd\n"
            "from typing import Iterator, Tuple\n"
            '@F.pandas_udf("double")\n'
            "def times(batches: Iterator[Tuple[pd.Series, pd.Series]]) -> Iterator[pd.Series]:\n"
            "    for one, other in batches:\n"
            "        yield one * other\n"
            'out = df.withColumn("x", times("x", "id"))',
            'out = df.map_batches(lambda batch: set_column(batch, "x", times(batch["x"], batch["id"])), '
            'batch_format="pyarrow")',
        ),
        Case(
            "a UDF that reads a broadcast variable",
            'names = spark.sparkContext.broadcast({"a": "Alpha"})\n'
            "full = F.udf(lambda k: names.value.get(k))\n"
            'out = df.withColumn("name", full("k"))',
            'names = Broadcast({"a": "Alpha"})\n'
            "full = RowUdf(lambda k: names.value.get(k), pa.string())\n"
            'out = df.map_batches(lambda batch: set_column(batch, "name", full(batch["k"])), batch_format="pyarrow")',
        ),
        Case(
            "a pandas UDF that makes one value",
            "import pandas as pd\n"
            '@F.pandas_udf("double")\n'
            "def mean(values: pd.Series) -> float:\n"
            "    return values.mean()\n"
            'out = df.withColumn("m", mean("x").over(w))',
            None,
        ),
        Case("window function", 'out = df.withColumn("n", F.row_number().over(w))', None),
    )

    def emit(self, call: Call) -> Emission:
        if call.stage.symbol.endswith("withColumns"):
            given = call.argument("colsMap", 0)
            if not isinstance(given, ast.Dict) or None in given.keys:
                raise NotCarried("the columns of withColumns are not a dict that can be read")
            names = literal_texts([key for key in given.keys if key is not None], "columns")
            return with_columns({name: call.column(node) for name, node in zip(names, given.values, strict=True)})
        name, expression = call.argument("colName", 0), call.argument("col", 1)
        if not (isinstance(name, ast.Constant) and isinstance(name.value, str)) or expression is None:
            raise NotCarried("the name of the new column is not a literal")
        (node,), explodes, outer = exploded(call, [expression])
        made = with_columns({name.value: call.column(node)})
        return made if explodes is None else explosion(made, name.value, outer)
