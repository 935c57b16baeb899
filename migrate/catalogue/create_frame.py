"""DataFrames made of local rows."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Edit, Emission, Mapping, NotCarried
from migrate.translate.locate import root_name
from migrate.translate.spark_types import arrow_type

_MAKERS = {"list", "zip", "sorted", "range"}


class CreateFrame(Mapping):
    """
    ## Matches
    ``spark.createDataFrame(rows)`` of a list of tuples, lists, dicts, Rows or objects, with names, a DDL string, a
    ``StructType`` or nothing as its schema.

    ## Semantics
    Without types they are those that Spark infers from all rows: an int is a bigint, a tuple in a row a struct, a
    vector a vector; an int beside a float, or a column of NULLs alone, is an error. The fields of dicts are in
    alphabetical order.

    ## Not covered
    RDDs, pandas DataFrames and NumPy arrays, ``samplingRatio``, ``verifySchema``.
    """

    code = "SR212"
    symbols = ("SparkSession.createDataFrame",)
    kind = Kind.READ
    cost = Cost.NATIVE
    cases = (
        Case(
            "names",
            'out = spark.createDataFrame([(1, 0.5, "a", [1, None]), (2, None, "é", [])], ["id", "x", "s", "l"])',
            'out = create_frame([(1, 0.5, "a", [1, None]), (2, None, "é", [])], ["id", "x", "s", "l"])',
        ),
        Case(
            "values of every kind",
            "from datetime import date, datetime\n"
            "from decimal import Decimal\n"
            "rows = [\n"
            '    (True, date(1960, 2, 29), datetime(2020, 1, 1, 12), Decimal("1.50"), b"raw", {"a": 1}, (1, "x")),\n'
            "    (None, None, None, None, None, None, None),\n"
            "]\n"
            "out = spark.createDataFrame(rows)",
            "out = create_frame(rows)",
        ),
        Case(
            "types",
            "out = spark.createDataFrame([(1, 2.5, None), (2, None, 'x')], 'id int, x float, s string')",
            "out = create_frame([(1, 2.5, None), (2, None, 'x')], "
            'pa.schema([("id", pa.int32()), ("x", pa.float32()), ("s", pa.string())]))',
        ),
        Case(
            "dicts and rows",
            "from pyspark.sql import Row\n"
            'one = spark.createDataFrame([{"b": 1, "a": "x"}, {"b": 2, "a": None}])\n'
            "one.show()\n"
            'two = spark.createDataFrame([Row(b=1, a="x"), Row(b=2, a=None)])\n'
            "two.show()",
            'two = create_frame([Row(b=1, a="x"), Row(b=2, a=None)])',
        ),
        Case("pandas", "import pandas as pd\nout = spark.createDataFrame(pd.DataFrame({'a': [1]}))", None),
    )

    def emit(self, call: Call) -> Emission:
        rows, schema = call.argument("data", 0) or call.argument("data"), call.argument("schema", 1)
        if rows is None or len(call.stage.args) != 1 + (schema is not None):
            raise NotCarried("samplingRatio and verifySchema are not mapped yet")
        if call.stage.inputs or not self._is_local(call, rows):
            raise NotCarried("that the rows are a list cannot be read: an RDD or a pandas DataFrame goes another way")
        node = call.node()
        edits = [Edit(call.span(node.func), "create_frame")]
        imports: tuple[str, ...] = ()
        if schema is not None and not self._is_names(call, schema):
            edits.append(Edit(call.span(schema), arrow_type(schema, call.resolve, call.bound).schema))
            imports = ("import pyarrow as pa",)
        session = root_name(node.func)
        forgets = (session,) if session is not None else ()
        return Emission(helpers=("create_frame",), edits=tuple(edits), imports=imports, forgets=forgets)

    def _is_local(self, call: Call, node: ast.expr) -> bool:
        if isinstance(node, ast.Name):
            bound = call.bound(node.id)
            return bound is not None and not isinstance(bound, ast.Name) and self._is_local(call, bound)
        if isinstance(node, ast.BinOp):
            return self._is_local(call, node.left) or self._is_local(call, node.right)
        if isinstance(node, ast.Call):
            return isinstance(node.func, ast.Name) and node.func.id in _MAKERS
        return isinstance(node, ast.List | ast.Tuple | ast.ListComp)

    def _is_names(self, call: Call, node: ast.expr) -> bool:
        bound = call.bound(node.id) if isinstance(node, ast.Name) else node
        return isinstance(bound, ast.List | ast.Tuple | ast.ListComp)
