"""``DataFrame.withColumn``."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried
from migrate.translate.columns import quoted


class FrameWithColumn(Mapping):
    """
    ## Matches
    ``df.withColumn("name", expression)`` with a literal name.

    ## Semantics
    The column is added at the end, or replaced where it stands. A UDF is called once a row with Python values, None for
    NULL, and what it returns is taken as its declared type says: Spark converts nothing, another type is NULL.

    ## Not covered
    Expressions other than columns, struct fields, casts to an integer type and calls of row UDFs.
    """

    code = "SR302"
    symbols = ("DataFrame.withColumn",)
    kind = Kind.PROJECT
    cost = Cost.NATIVE
    cases = (
        Case(
            "UDF of a column",
            'f = F.udf(shout, "string")\nout = df.withColumn("loud", f("s"))',
            "f = RowUdf(shout, pa.string())\n"
            'out = df.map_batches(lambda batch: set_column(batch, "loud", f(batch["s"])), batch_format="pyarrow")',
        ),
        Case("window function", 'out = df.withColumn("n", F.row_number().over(w))', None),
    )

    def emit(self, call: Call) -> Emission:
        name, expression = call.argument("colName", 0), call.argument("col", 1)
        if not (isinstance(name, ast.Constant) and isinstance(name.value, str)) or expression is None:
            raise NotCarried("the name of the new column is not a literal")
        column = call.column(expression)
        values = f"set_column(batch, {quoted(name.value)}, {column.text})"
        return Emission(
            f'.map_batches(lambda batch: {values}, batch_format="pyarrow")',
            helpers=("set_column", *sorted(column.helpers)),
            imports=tuple(sorted(column.imports)),
        )
