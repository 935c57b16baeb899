"""``DataFrame.withColumn`` and ``withColumns``."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Column, Emission, Mapping, NotCarried
from migrate.translate.projections import brought_together, exploded, explosion, literal_texts, with_columns

_MODEL = (
    "from pyspark.ml.functions import predict_batch_udf\n"
    "from pyspark.sql.types import DoubleType\n"
    "def load():\n"
    "    slope = 0.5\n"
    "    return lambda x, i: x * slope - i\n"
    "line = predict_batch_udf(load, return_type=DoubleType(), batch_size=3)\n"
)


class FrameWithColumn(Mapping):
    """
    ## Matches
    ``df.withColumn("name", expression)`` and ``df.withColumns({"name": expression, ...})`` with literal names.

    ## Semantics
    The column is added at the end, or replaced where it stands. A UDF is called once a row with Python values, None for
    NULL, and what it returns is taken as its declared type says: Spark converts nothing, another type is NULL. None of
    the columns of ``withColumns`` sees the new values of another. Functions and casts are those of ``select``.

    What ``predict_batch_udf`` makes is called on actors, one to begin with and up to one for each CPU, with the share
    of a GPU that the job sets for a task. Each loads the model once, as Spark's Python workers do, and cuts a block
    into batches of the size that is given, as Spark cuts a partition. The actors count as no CPU, so that the tasks
    that feed them are never without one. What ``mlflow.pyfunc.spark_udf`` makes of a model is called likewise: each
    actor loads the model from its address, and it is shown what mlflow shows it. So is a pandas UDF over iterators that
    loads a model in front of its loop and does nothing else there: it becomes a class, as for ``mapInPandas``.

    ``row_number``, ``rank``, ``dense_rank``, ``lag``, ``lead``, ``first``, ``last``, ``count``, ``sum``, ``avg``,
    ``min`` and ``max`` over a window: rows travel to the task that has their partition, which has to fit into its
    memory. Without a frame that of an order ends with the rows that are equal in it, as on Spark; floating numbers are
    added up in the window's order. Over all rows, these also come out in its order.

    ## Not covered
    Models of mlflow without a ``result_type``, with ``params``, or in an environment of their own (``env_manager``).
    Models where columns look at windows, or a row is made for each element; those in keys and orders.
    Windows of two partitionings in one step, frames by values (``rangeBetween``), window functions besides those
    above, and the functions of columns that have no mapping yet. Arithmetic on decimals raises on Ray.
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
            "a model of mlflow",
            "import mlflow\n"
            'score = mlflow.pyfunc.spark_udf(spark, "models:/churn/3", result_type="double")\n'
            'out = df.withColumn("score", score("x", "id"))',
            "import mlflow\n"
            'score = ModelUdf("models:/churn/3", pa.float64())\n'
            "out = df.map_batches(ActorStep, fn_constructor_args=[lambda batch: "
            'set_column(batch, "score", score(batch["x"], batch["id"]))], '
            'batch_format="pyarrow", compute=actor_pool(), num_cpus=0)',
            elsewhere="tests/catalogue/test_model_udf.py",
        ),
        Case(
            "a model of mlflow whose answers only the model knows",
            "import mlflow\n"
            'score = mlflow.pyfunc.spark_udf(spark, "models:/churn/3")\n'
            'out = df.withColumn("score", score("x", "id"))',
            None,
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
            "a pandas UDF that loads a model in front of its loop",
            "import pickle\n"
            "import pandas as pd\n"
            "from typing import Iterator\n"
            'MODEL = os.path.abspath("model.pkl")\n'
            'with open(MODEL, "wb") as file:\n'
            '    pickle.dump({"bonus": 2.0}, file)\n'
            '@F.pandas_udf("double")\n'
            "def raised(batches: Iterator[pd.Series]) -> Iterator[pd.Series]:\n"
            '    with open(MODEL, "rb") as file:\n'
            "        model = pickle.load(file)\n"
            "    for x in batches:\n"
            '        yield x + model["bonus"]\n'
            'out = df.withColumn("y", raised("x")).filter(raised("y") > 5)',
            "class Raised:\n"
            "    def __init__(self):\n"
            '        with open(MODEL, "rb") as file:\n'
            "            self.model = pickle.load(file)\n"
            "    def __call__(self, batches: Iterator[pd.Series]) -> Iterator[pd.Series]:\n"
            "        for x in batches:\n"
            '            yield x + self.model["bonus"]\n'
            "raised = LoadingUdf(Raised, pa.float64())\n"
            'out = df.map_batches(ActorStep, fn_constructor_args=[lambda batch: set_column(batch, "y", '
            'raised(batch["x"]))], batch_format="pyarrow", compute=actor_pool(), num_cpus=0)'
            '.map_batches(ActorStep, fn_constructor_args=[lambda batch: batch.filter(compared(raised(batch["y"]), '
            '">", 5))], batch_format="pyarrow", compute=actor_pool(), num_cpus=0)',
        ),
        Case(
            "a model of two columns, with a share of a GPU",
            'spark.conf.set("spark.task.resource.gpu.amount", "0.5")\n'
            + _MODEL
            + 'out = df.withColumn("y", line("x", "i")).withColumn("twice", F.col("y") * 2)',
            'out = df.map_batches(ActorStep, fn_constructor_args=[lambda batch: set_column(batch, "y", '
            'line(batch["x"], batch["i"]))], batch_format="pyarrow", compute=actor_pool(), num_cpus=0, num_gpus=0.5)'
            '.map_batches(lambda batch: set_column(batch, "twice", calculated(batch["y"], "*", '
            'pa.scalar(2, pa.int32()))), batch_format="pyarrow")',
            elsewhere="nothing here: it needs a GPU on both engines",
        ),
        Case(
            "a model of two columns",
            _MODEL + 'out = df.withColumn("y", line("x", "i"))',
            "line = PredictBatchUdf(load, pa.float64(), batch_size=3)\n"
            'out = df.map_batches(ActorStep, fn_constructor_args=[lambda batch: set_column(batch, "y", '
            'line(batch["x"], batch["i"]))], batch_format="pyarrow", compute=actor_pool(), num_cpus=0)',
        ),
        Case(
            "a model beside a window",
            _MODEL + 'out = df.withColumn("n", F.row_number().over(w) + line("x", "i"))',
            None,
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
        Case(
            "a number for each row of all",
            'df.withColumn("n", F.row_number().over(Window.orderBy(F.desc("x"), "id"))).select("id", "x", "n").show()',
            "show(windowed(df, [], lambda batch: set_column(batch, 'n', OverWindow(batch, [], "
            "(batch['x'], True, False), (batch['id'], False, True)).row_number()), order=lambda batch: "
            "OverWindow(batch, [], (batch['x'], True, False), (batch['id'], False, True)).by)"
            ".select_columns(['id', 'x', 'n']))",
        ),
        Case(
            "ranks and neighbours",
            'by = Window.partitionBy("k").orderBy(F.col("i").desc_nulls_first(), "id")\n'
            'ties = Window.partitionBy("flag").orderBy("y")\n'
            'out = df.withColumns({"before": F.lag("price").over(by), "next": F.lead("x", 1, 0).over(by), '
            '"step": F.col("big") - F.lag("big", 2, -1).over(by)}).withColumn("rank", F.rank().over(ties))'
            '.withColumn("place", F.dense_rank().over(ties) + 1)',
            "out = windowed(windowed(windowed(df, ['k'], lambda batch: set_column(set_column(set_column(batch, "
            "'before', OverWindow(batch, ['k'], (batch['i'], True, True), (batch['id'], False, True))"
            ".lag(batch['price'])), 'next', OverWindow(batch, ['k'], (batch['i'], True, True), "
            "(batch['id'], False, True)).lead(batch['x'], 1, 0)), 'step', calculated(batch['big'], '-', "
            "OverWindow(batch, ['k'], (batch['i'], True, True), (batch['id'], False, True))"
            ".lag(batch['big'], 2, -1)))), ['flag'], lambda batch: set_column(batch, 'rank', "
            "OverWindow(batch, ['flag'], (batch['y'], False, True)).rank())), ['flag'], lambda batch: "
            "set_column(batch, 'place', calculated(OverWindow(batch, ['flag'], (batch['y'], False, True))"
            ".dense_rank(), '+', pa.scalar(1, pa.int32()))))",
        ),
        Case(
            "running aggregates, keys of -0.0 among them",
            'run = Window.partitionBy("x").orderBy("flag")\n'
            'out = df.select("id", "x", F.sum("i").over(run).alias("sum"), F.avg("big").over(run).alias("avg"), '
            'F.count("day").over(run).alias("count"), F.min("s").over(run).alias("min"), '
            'F.max("y").over(Window.partitionBy("x")).alias("max"), F.count("*").over(run).alias("n"))',
            "out = windowed(df, ['x'], lambda batch: pa.table({'id': batch['id'], 'x': batch['x'], "
            "'sum': OverWindow(batch, ['x'], (batch['flag'], False, True)).sum(batch['i']), "
            "'avg': OverWindow(batch, ['x'], (batch['flag'], False, True)).avg(batch['big']), "
            "'count': OverWindow(batch, ['x'], (batch['flag'], False, True)).count(batch['day']), "
            "'min': OverWindow(batch, ['x'], (batch['flag'], False, True)).min(batch['s']), "
            "'max': OverWindow(batch, ['x']).max(batch['y']), "
            "'n': OverWindow(batch, ['x'], (batch['flag'], False, True)).count("
            "pa.repeat(pa.scalar(1, pa.int32()), len(batch)))}))",
        ),
        Case(
            "frames of rows",
            'near = Window.orderBy("id").rowsBetween(-2, 1)\n'
            'out = df.withColumns({"sum": F.sum("x").over(near), "first": F.first("day").over(near), '
            '"max": F.max("y").over(near), "ints": F.sum("big").over(near)})',
            "out = windowed(df, [], lambda batch: set_column(set_column(set_column(set_column(batch, "
            "'sum', OverWindow(batch, [], (batch['id'], False, True), rows=(-2, 1)).sum(batch['x'])), "
            "'first', OverWindow(batch, [], (batch['id'], False, True), rows=(-2, 1)).first(batch['day'])), "
            "'max', OverWindow(batch, [], (batch['id'], False, True), rows=(-2, 1)).max(batch['y'])), "
            "'ints', OverWindow(batch, [], (batch['id'], False, True), rows=(-2, 1)).sum(batch['big'])), "
            "order=lambda batch: OverWindow(batch, [], (batch['id'], False, True)).by)",
        ),
        Case(
            "a frame by values",
            'out = df.withColumn("n", F.sum("i").over(Window.orderBy("id").rangeBetween(-2, 0)))',
            None,
        ),
    )

    def emit(self, call: Call) -> Emission:
        if call.stage.symbol.endswith("withColumns"):
            given = call.argument("colsMap", 0)
            if not isinstance(given, ast.Dict) or None in given.keys:
                raise NotCarried("the columns of withColumns are not a dict that can be read")
            names = literal_texts([key for key in given.keys if key is not None], "columns")
            return _made(call, {name: call.windowed(node) for name, node in zip(names, given.values, strict=True)})
        name, expression = call.argument("colName", 0), call.argument("col", 1)
        if not (isinstance(name, ast.Constant) and isinstance(name.value, str)) or expression is None:
            raise NotCarried("the name of the new column is not a literal")
        (node,), explodes, outer = exploded(call, [expression])
        made = _made(call, {name.value: call.windowed(node)})
        return made if explodes is None else explosion(made, name.value, outer)


def _made(call: Call, columns: dict[str, Column]) -> Emission:
    return brought_together(call, with_columns(columns), columns.values())
