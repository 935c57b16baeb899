"""``DataFrame.select`` and ``selectExpr``."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Column, Emission, Mapping
from migrate.translate.aggregates import aggregates_of, grouped
from migrate.translate.built import named
from migrate.translate.projections import brought_together, exploded, explosion, listed, literal_texts, selected


class FrameSelect(Mapping):
    """
    ## Matches
    ``df.select(...)`` of columns, ``*``, struct fields, casts, built-in functions, UDFs and one ``explode``, of nothing
    but aggregates, and ``df.selectExpr(...)`` of such expressions in SQL.

    ## Semantics
    Columns come out in the order in which they are named, under the name that Spark makes up where the job gives none
    (``(age + 1)``). ``"photo.pixels"`` is the field ``pixels`` of the struct column ``photo``, NULL where the struct
    is NULL. Casts are those without ANSI mode: of a double the fraction is cut off, NaN becomes 0, what is out of range
    the nearest limit; a text that is no number becomes NULL. Where a job turns ``spark.sql.ansi.enabled`` on, what has
    no answer ends it on Ray too, also in rows and columns that Spark would not have looked at. What Ray cannot repeat
    raises when the job runs: how Java writes a double as text, the precision of decimal arithmetic, strings where a
    number is expected. ``explode`` drops the rows whose list is empty or NULL.

    ## Not covered
    Two columns of one name, aggregates inside of expressions, and functions that have no mapping yet. In ANSI mode
    sums, functions of dates, what may fail behind a condition, and values of several types in one column.
    """

    code = "SR301"
    symbols = ("DataFrame.select", "DataFrame.selectExpr")
    kind = Kind.PROJECT
    cost = Cost.NATIVE
    cases = (
        Case("columns by name", 'out = df.select("id", "s")', 'out = df.select_columns(["id", "s"])'),
        Case(
            "again in another order, after the first selection has run",
            'parts = path + "_ordered"\n'
            'df.select("id", "s", "flag").coalesce(1).write.parquet(parts)\n'
            'few = spark.read.parquet(parts).select("flag", "id", "s")\n'
            "print(len(few.collect()))\n"
            'few.select("s", "flag").show()',
            'parts = path + "_ordered"\n'
            "few = read_parquet(parts).select_columns(['flag', 'id', 's'])\n"
            "print(len(collect(few)))\n"
            "show(few.map_batches(lambda batch: batch.select(['s', 'flag']), batch_format='pyarrow'))",
        ),
        Case(
            "a struct field",
            'out = df.select("id", "place.zip")',
            "out = df.map_batches(lambda batch: pa.table("
            '{"id": batch["id"], "zip": pc.struct_field(batch["place"], "zip")}), batch_format="pyarrow")',
        ),
        Case(
            "UDFs of declared types",
            'values = [3, 2.5, "5", True, 2**40, None, b"raw", [1, 2.5, None], (1.5, 2), {"a": 1}]\n'
            "def pick(number):\n"
            "    return values[number - 1]\n"
            'numbers = F.udf(pick, "array<double>")\n'
            'counts = F.udf(pick, "map<string,int>")\n'
            'out = df.select("id", numbers("id"), counts("id").alias("counts"))',
            "numbers = RowUdf(pick, pa.list_(pa.float64()))\n"
            "counts = RowUdf(pick, pa.map_(pa.string(), pa.int32()))\n"
            'out = df.map_batches(lambda batch: pa.table({"id": batch["id"], "pick(id)": numbers(batch["id"]), '
            '"counts": counts(batch["id"])}), batch_format="pyarrow")',
        ),
        Case(
            "UDFs of dates, times and decimals",
            'year = F.udf(lambda day: day and day.replace(year=2000), "date")\n'
            'hour = F.udf(lambda at: at and at.replace(minute=0), "timestamp")\n'
            'third = F.udf(lambda price: price and price / 3, "decimal(12,3)")\n'
            'out = df.select("id", year("day").alias("y"), hour("at").alias("h"), third("price").alias("p"))',
            "year = RowUdf(lambda day: day and day.replace(year=2000), pa.date32())\n"
            'hour = RowUdf(lambda at: at and at.replace(minute=0), pa.timestamp("us", tz="UTC"))\n'
            "third = RowUdf(lambda price: price and price / 3, pa.decimal128(12, 3))\n"
            'out = df.map_batches(lambda batch: pa.table({"id": batch["id"], "y": year(batch["day"]), '
            '"h": hour(batch["at"]), "p": third(batch["price"])}), batch_format="pyarrow")',
        ),
        Case(
            "pandas UDFs with structs",
            "import pandas as pd\n"
            '@F.pandas_udf("double")\n'
            "def half(values: pd.Series) -> pd.Series:\n"
            "    return values / 2\n"
            '@F.pandas_udf("int")\n'
            "def digits(place: pd.DataFrame) -> pd.Series:\n"
            '    return place["zip"] % 10\n'
            '@F.pandas_udf("size double, i int")\n'
            "def both(x: pd.Series, i: pd.Series) -> pd.DataFrame:\n"
            '    return pd.DataFrame({"i": i, "size": x.abs()})\n'
            'out = df.select("id", half("x"), digits("place").alias("z"), both("x", "i").alias("both"))',
            'out = df.map_batches(lambda batch: pa.table({"id": batch["id"], "half(x)": half(batch["x"]), '
            '"z": digits(batch["place"]), "both": both(batch["x"], batch["i"])}), batch_format="pyarrow")',
        ),
        Case(
            "the batches that a model sees",
            "import numpy as np\n"
            "from pyspark.ml.functions import predict_batch_udf\n"
            "from pyspark.sql.types import IntegerType\n"
            "def count():\n"
            "    return lambda ids: np.full(len(ids), len(ids))\n"
            "sizes = predict_batch_udf(count, return_type=IntegerType(), batch_size=4)\n"
            'out = df.repartition(1).select(sizes("id"))',
            "sizes = PredictBatchUdf(count, pa.int32(), batch_size=4)\n"
            "out = df.repartition(1).map_batches(ActorStep, fn_constructor_args=[lambda batch: pa.table("
            '{"predict(id)": sizes(batch["id"])})], batch_format="pyarrow", compute=actor_pool(), num_cpus=0)',
        ),
        Case(
            "models of arrays, and with several answers",
            "import numpy as np\n"
            "from pyspark.ml.functions import predict_batch_udf\n"
            "from pyspark.sql.types import ArrayType, DoubleType, StructField, StructType\n"
            "def scale():\n"
            "    weights = np.array([[0.5, -1.0]])\n"
            "    return lambda grids: (grids @ weights.T).reshape(len(grids), -1)\n"
            "def both():\n"
            '    return lambda x, ids: {"far": x * 1.5, "near": np.stack([ids, ids], axis=1)}\n'
            "scaled = predict_batch_udf(\n"
            "    scale, return_type=ArrayType(DoubleType()), batch_size=4, input_tensor_shapes=[[2, 2]])\n"
            'fields = StructType([StructField("near", ArrayType(DoubleType())), StructField("far", DoubleType())])\n'
            "split = predict_batch_udf(make_predict_fn=both, batch_size=100, return_type=fields)\n"
            'out = df.select("id", scaled(F.array("id", F.lit(1), "id", "id")), split("x", "id").alias("both"))',
            "scaled = PredictBatchUdf(scale, pa.list_(pa.float64()), batch_size=4, input_tensor_shapes=[[2, 2]])\n"
            'fields = pa.struct([("near", pa.list_(pa.float64())), ("far", pa.float64())])\n'
            "split = PredictBatchUdf(both, fields, batch_size=100)",
        ),
        Case("all columns", 'out = df.select("*")', "out = df"),
        Case(
            "all columns and more",
            'out = df.select("*", (F.col("i") + 1).alias("more"))',
            'out = df.map_batches(lambda batch: pa.table({**star(batch, ["more"]), "more": calculated(batch["i"], "+", '
            'pa.scalar(1, pa.int32()))}), batch_format="pyarrow")',
        ),
        Case(
            "names that Spark makes up",
            'out = df.select(df["id"] + 1, F.upper("k"), F.lit(1.5), F.when(df.i > 1, "a").otherwise("b"), ~df.flag)',
            'out = df.map_batches(lambda batch: pa.table({"(id + 1)": calculated(batch["id"], "+", '
            'pa.scalar(1, pa.int32())), "upper(k)": each(str.upper, pa.string(), batch["k"]), '
            '"1.5": pa.repeat(pa.scalar(1.5, pa.float64()), len(batch)), '
            '"CASE WHEN (i > 1) THEN a ELSE b END": case_when([compared(batch["i"], ">", 1)], '
            '[pa.scalar("a", pa.string()), pa.scalar("b", pa.string())]), "(NOT flag)": pc.invert(batch["flag"])}), '
            'batch_format="pyarrow")',
        ),
        Case(
            "expressions in SQL",
            "out = df.selectExpr('*', 'i * 2 AS twice', \"cast(s AS int) AS n\", 'trim(k)')",
            "out = df.map_batches(lambda batch: pa.table({**star(batch, ['twice', 'n', 'trim(k)']), "
            "'twice': calculated(batch['i'], '*', pa.scalar(2, pa.int32())), 'n': cast_to_int(batch['s'], pa.int32()), "
            "'trim(k)': pc.utf8_trim(batch['k'], ' ')}), batch_format='pyarrow')",
        ),
        Case(
            "a row for each element",
            'out = df.select("id", F.explode("tags").alias("tag"))',
            'out = df.map_batches(lambda batch: exploded(pa.table({"id": batch["id"], "tag": batch["tags"]}), "tag"), '
            'batch_format="pyarrow")',
        ),
        Case(
            "a row for each element, and for no element",
            'out = df.select("id", F.explode_outer("weights"))',
            'out = df.map_batches(lambda batch: exploded(pa.table({"id": batch["id"], "col": batch["weights"]}), '
            '"col", outer=True), batch_format="pyarrow")',
        ),
        Case(
            "aggregates of all rows",
            'df.select(F.max("id"), F.min("x").alias("least"), F.count("*")).show()',
            "show(aggregated_whole(df, lambda batch: {'max(id)': ('max', batch['id']), 'least': ('min', batch['x']), "
            "'count(1)': ('count', pa.repeat(pa.scalar(1, pa.int32()), len(batch)))}))",
        ),
        Case(
            "in ANSI mode",
            'spark.conf.set("spark.sql.ansi.enabled", "true")\n'
            'out = df.select("id", (F.col("i") / 7).alias("week"), F.col("price").cast("int"), F.size("tags"))',
            "out = df.map_batches(lambda batch: pa.table({'id': batch['id'], "
            "'week': strict_arithmetic(batch['i'], '/', pa.scalar(7, pa.int32())), "
            "'price': strict_int(batch['price'], pa.int32()), "
            "'size(tags)': pc.list_value_length(batch['tags'])}), batch_format='pyarrow')",
        ),
        Case(
            "what may fail in ANSI mode, behind a condition",
            'spark = SparkSession.builder.config("spark.sql.ansi.enabled", True).getOrCreate()\n'
            'out = df.select(F.when(F.col("i") > 0, 1 / F.col("i")))',
            None,
        ),
        Case("an aggregate beside a column", 'out = df.select(F.max("id"), F.lit(1))', None),
        Case("a name that is not known", "out = df.selectExpr('nvl(i, 0)')", None),
    )

    def emit(self, call: Call) -> Emission:
        nodes = listed(call)
        if call.stage.symbol.endswith("selectExpr"):
            return selected([call.sql(text) for text in literal_texts(nodes, "expressions in SQL")])
        aggregates = aggregates_of(call, nodes)
        if aggregates is not None:
            return grouped(call, [], aggregates)
        nodes, name, outer = exploded(call, nodes)
        columns: list[Column | None] = []
        for node, before in zip(nodes, listed(call), strict=True):
            star = isinstance(node, ast.Constant) and node.value == "*"
            column = None if star else call.windowed(node)
            if column is not None and node is not before:
                column = named(column, name or "col")
            columns.append(column)
        made = brought_together(call, selected(columns), columns)
        return made if name is None else explosion(made, name or "col", outer)
