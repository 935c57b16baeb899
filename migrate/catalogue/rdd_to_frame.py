"""``RDD.toDF``."""

from __future__ import annotations

import ast
from dataclasses import replace

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Edit, Emission, Mapping
from migrate.translate.rdds import rdd_step
from migrate.translate.spark_types import arrow_type


class RddToFrame(Mapping):
    """
    ## Matches
    ``rdd.toDF()`` of an RDD of tuples, lists, dicts, Rows or objects, with names, a DDL string, a ``StructType`` or
    nothing as its schema.

    ## Semantics
    Without types they are those that Spark infers from the first row, and from the first hundred where that holds
    NULLs. Partitions become rows in their order when the dataset is read.

    ## Not covered
    ``sampleRatio``. A later value of another type than that of the first row, which Spark makes NULL or a
    text, ends the emitted job with a sentence.
    """

    code = "SR439"
    symbols = ("RDD.toDF",)
    kind = Kind.PROJECT
    cost = Cost.PYTHON
    cases = (
        Case(
            "names",
            "rdd = spark.sparkContext.parallelize(range(7), 3).filter(lambda n: n != 3)\n"
            "out = rdd.map(lambda n: (n, n / 2, None if n < 2 else 'é' * n, [n, None])).toDF(['id', 'x', 's'])",
            "out = rdd.map(lambda n: (n, n / 2, None if n < 2 else 'é' * n, [n, None])).toDF(['id', 'x', 's'])",
        ),
        Case(
            "rows of a frame, and types",
            "from pyspark.sql import Row\n"
            "rows = df.rdd.map(lambda row: Row(id=row.id, x=row.x)).filter(lambda row: row.id > 1)\n"
            "out = rows.toDF('id bigint, x double')",
            "out = rows.toDF(pa.schema([('id', pa.int64()), ('x', pa.float64())]))",
        ),
        Case(
            "dicts in order",
            "rdd = spark.sparkContext.parallelize([{'b': 1, 'a': 'x'}, {'a': None, 'b': 2}, {'b': 3}], 2)\n"
            "rdd.toDF().show()",
            "show(rdd.toDF())",
        ),
        Case(
            "vectors",
            "from pyspark.ml.linalg import Vectors\n"
            "rdd = spark.sparkContext.parallelize([2, 0, 1], 2)\n"
            "points = rdd.map(lambda n: (Vectors.dense(1.0, n) if n else None, n)).toDF(['features', 'n'])\n"
            "points.show(truncate=False)",
            "points = rdd.map(lambda n: (Vectors.dense(1.0, n) if n else None, n)).toDF(['features', 'n'])",
        ),
        Case("a sample", "out = df.rdd.toDF(sampleRatio=0.5)", None),
    )

    def emit(self, call: Call) -> Emission:
        emission = rdd_step(call)
        schema = call.argument("schema", 0)
        bound = call.bound(schema.id) if isinstance(schema, ast.Name) else schema
        if schema is None or isinstance(bound, ast.List | ast.Tuple | ast.ListComp):
            return emission
        edit = Edit(call.span(schema), arrow_type(schema, call.resolve, call.bound).schema)
        return replace(emission, edits=(*emission.edits, edit), imports=(*emission.imports, "import pyarrow as pa"))
