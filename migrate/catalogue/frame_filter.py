"""``DataFrame.filter`` and its other name, ``where``."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried
from migrate.translate.projections import brought_together, mapped


class FrameFilter(Mapping):
    """
    ## Matches
    ``df.filter(condition)`` and ``df.where(condition)`` with a Column or a condition in SQL.

    ## Semantics
    A row stays where the condition is true; where it is NULL the row goes. NaN equals itself and is larger than any
    other number, so that ``x > 1`` keeps it. What a model says of a row can decide, on actors as for ``withColumn``.

    ## Not covered
    Functions that have no mapping yet, and subqueries.
    """

    code = "SR303"
    symbols = ("DataFrame.filter", "DataFrame.where")
    kind = Kind.FILTER
    cost = Cost.NATIVE
    cases = (
        Case(
            "larger than a number",
            'out = df.filter(F.col("x") > 1)',
            'out = df.map_batches(lambda batch: batch.filter(compared(batch["x"], ">", 1)), batch_format="pyarrow")',
        ),
        Case(
            "two conditions",
            'out = df.where((df.i <= 3) & ~df["flag"])',
            'out = df.map_batches(lambda batch: batch.filter(pc.and_kleene(compared(batch["i"], "<=", 3), '
            'pc.invert(batch["flag"]))), batch_format="pyarrow")',
        ),
        Case(
            "NULL or one of these",
            'out = df.where(F.col("k").isNull() | F.col("k").isin("a", "é"))',
            'out = df.map_batches(lambda batch: batch.filter(pc.or_kleene(pc.is_null(batch["k"]), '
            'is_in(batch["k"], ["a", "é"]))), batch_format="pyarrow")',
        ),
        Case(
            "none of these",
            'out = df.where(~F.col("i").isin([7, 0]))',
            'out = df.map_batches(lambda batch: batch.filter(pc.invert(is_in(batch["i"], [7, 0]))), '
            'batch_format="pyarrow")',
        ),
        Case(
            "between",
            'out = df.where(F.col("y").between(-1, 1.5))',
            'out = df.map_batches(lambda batch: batch.filter(pc.and_kleene(compared(batch["y"], ">=", -1), '
            'compared(batch["y"], "<=", 1.5))), batch_format="pyarrow")',
        ),
        Case(
            "columns with each other",
            'out = df.where(F.col("x") == F.col("y"))',
            'out = df.map_batches(lambda batch: batch.filter(compared(batch["x"], "==", batch["y"])), '
            'batch_format="pyarrow")',
        ),
        Case(
            "not equal",
            "least = 1.5\nout = df.where(df.x != least)",
            "least = 1.5\n"
            'out = df.map_batches(lambda batch: batch.filter(compared(batch["x"], "!=", least)), '
            'batch_format="pyarrow")',
        ),
        Case(
            "text",
            'out = df.where(F.col("s").startswith("0") | F.col("s").contains("東") | (F.length("s") == 1))',
            "out = df.map_batches(lambda batch: batch.filter(pc.or_kleene(pc.or_kleene("
            'pc.starts_with(batch["s"], "0"), pc.match_substring(batch["s"], "東")), '
            'compared(pc.utf8_length(batch["s"]), "==", 1))), batch_format="pyarrow")',
        ),
        Case(
            "a condition in SQL",
            "out = df.where(\"x >= 1.5 AND (k IS NOT NULL OR i IN (7, -1)) AND NOT s = 'plain'\")",
            "out = df.map_batches(lambda batch: batch.filter(pc.and_kleene(pc.and_kleene("
            'compared(batch["x"], ">=", 1.5), pc.or_kleene(pc.is_valid(batch["k"]), '
            'is_in(batch["i"], [7, -1]))), pc.invert(compared(batch["s"], "==", "plain")))), batch_format="pyarrow")',
        ),
        Case(
            "between in SQL",
            'out = df.where("i between -1 and 7 and flag")',
            "out = df.map_batches(lambda batch: batch.filter(pc.and_kleene(pc.and_kleene("
            'compared(batch["i"], ">=", -1), compared(batch["i"], "<=", 7)), batch["flag"])), batch_format="pyarrow")',
        ),
        Case(
            "a regular expression",
            'out = df.where(F.col("s").rlike("^[a-z]+$") | F.col("k").like("_"))',
            "out = df.map_batches(lambda batch: batch.filter(pc.or_kleene("
            'each(lambda text: java_pattern("^[a-z]+$").search(text) is not None, pa.bool_(), batch["s"]), '
            'each(lambda text: java_pattern(".", like=True).fullmatch(text) is not None, pa.bool_(), batch["k"]))), '
            'batch_format="pyarrow")',
        ),
        Case(
            "functions in SQL",
            "out = df.where(\"upper(k) = 'A' OR s LIKE '%a%' OR coalesce(i, 0) % 2 = 1\")",
            "out = df.map_batches(lambda batch: batch.filter(pc.or_kleene(pc.or_kleene("
            'compared(each(str.upper, pa.string(), batch["k"]), "==", "A"), '
            'each(lambda text: java_pattern(".*a.*", like=True).fullmatch(text) is not None, pa.bool_(), batch["s"])), '
            'compared(calculated(pc.coalesce(batch["i"], pa.scalar(0, pa.int32())), "%", pa.scalar(2, pa.int32())), '
            '"==", 1))), batch_format="pyarrow")',
        ),
        Case("a pattern in a column", 'out = df.where("x > 1 OR rlike(s, k)")', None),
        Case("a pattern that Java reads otherwise", 'out = df.where(F.col("s").rlike("a++"))', None),
        Case(
            "a UDF as the condition",
            'is_long = F.udf(lambda text: text and len(text) > 3, "boolean")\n'
            'size = F.udf(lambda text: text and len(text), "int")\n'
            'out = df.filter(is_long("s")).filter(size("s") < 10)',
            "is_long = RowUdf(lambda text: text and len(text) > 3, pa.bool_())\n"
            "size = RowUdf(lambda text: text and len(text), pa.int32())\n"
            'out = df.map_batches(lambda batch: batch.filter(is_long(batch["s"])), batch_format="pyarrow")'
            '.map_batches(lambda batch: batch.filter(compared(size(batch["s"]), "<", 10)), batch_format="pyarrow")',
        ),
        Case(
            "by what a model says",
            "from pyspark.ml.functions import predict_batch_udf\n"
            "from pyspark.sql.types import DoubleType\n"
            "line = predict_batch_udf(lambda: abs, return_type=DoubleType(), batch_size=3)\n"
            'out = df.filter(line("x") > 0)',
            "line = PredictBatchUdf(lambda: abs, pa.float64(), batch_size=3)\n"
            "out = df.map_batches(ActorStep, fn_constructor_args=[lambda batch: batch.filter("
            'compared(line(batch["x"]), ">", 0))], batch_format="pyarrow", compute=actor_pool(), num_cpus=0)',
        ),
        Case(
            "a window function",
            "out = df.filter(F.row_number().over(w) > 1)",
            None,
        ),
    )

    def emit(self, call: Call) -> Emission:
        node = call.argument("condition", 0)
        if node is None:
            raise NotCarried("the condition is not an argument")
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            column = call.condition(node.value)
        else:
            column = call.windowed(node)
        if column.single:
            raise NotCarried("a condition that is one for all rows is not mapped")
        if column.window is not None:
            raise NotCarried("a window function cannot be a condition")
        emission = mapped(f"batch.filter({column.text})", column.helpers, column.imports)
        return brought_together(call, emission, [column])
