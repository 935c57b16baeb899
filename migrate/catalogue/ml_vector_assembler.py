"""``VectorAssembler``."""

from __future__ import annotations

from migrate.mapping import Case
from migrate.translate.ml_stages import MlStage


class VectorAssembler(MlStage):
    """
    ## Matches
    ``VectorAssembler(inputCols=[...], outputCol=..., handleInvalid=...).transform(df)``.

    ## Semantics
    Numbers, booleans and vectors side by side. The vector is sparse where Spark's is: where 1.5 times its entries that
    are not 0, and one more, are fewer than its size. NULL or NaN is an error, drops the row (``skip``) or is NaN
    (``keep``); a NaN inside a vector is no concern of it.

    ## Not covered
    NULL vectors under ``keep`` raise.
    """

    code = "SR603"
    symbols = ("VectorAssembler.transform",)
    origin = "pyspark.ml.feature.VectorAssembler"
    cases = (
        Case(
            "rows with NULL left out",
            'assembler = VectorAssembler(inputCols=["i", "big", "x", "flag"], outputCol="all", handleInvalid="skip")\n'
            'out = assembler.transform(df).select("id", "all")',
            'out = assembler.transform(df).select_columns(["id", "all"])',
        ),
        Case(
            "NULL kept as NaN",
            'assembler = VectorAssembler(inputCols=["id", "y", "price"], outputCol="vector", handleInvalid="keep")\n'
            'out = assembler.transform(df).select("id", "vector")',
            'out = assembler.transform(df).select_columns(["id", "vector"])',
        ),
        Case(
            "vectors of vectors, sparse where short",
            "from pyspark.ml.functions import vector_to_array\n"
            'inner = VectorAssembler(inputCols=["flag", "x", "i"], outputCol="inner", handleInvalid="skip")\n'
            'outer = VectorAssembler().setInputCols(["inner", "inner", "flag"]).setOutputCol("outer")\n'
            'outer.setHandleInvalid("skip")\n'
            'out = outer.transform(inner.transform(df)).select("id", "inner", "outer", '
            'vector_to_array("outer").alias("plain"))',
            "out = outer.transform(inner.transform(df)).map_batches(\n"
            '    lambda batch: pa.table({"id": batch["id"], "inner": batch["inner"], "outer": batch["outer"], '
            '"plain": vector_to_array(batch["outer"])}), batch_format="pyarrow")',
        ),
        Case(
            "a setter that is not known",
            'assembler = VectorAssembler(inputCols=["id"], outputCol="vector")\n'
            "copied = assembler.copy()\n"
            "out = copied.transform(df)",
            None,
        ),
    )
