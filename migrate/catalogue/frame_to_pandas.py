"""``DataFrame.toPandas``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried
from migrate.translate.frames import wrapped
from migrate.translate.settings import ARROW, setting


class FrameToPandas(Mapping):
    """
    ## Matches
    ``df.toPandas()`` without Arrow, as Spark has it where nothing else is set.

    ## Semantics
    The dtypes that Spark gives: integers as they are, as float64 where one is NULL; texts, dates, decimals and nested
    values as objects; times without zone in nanoseconds, in the zone of the machine.

    ## Not covered
    ``spark.sql.execution.arrow.pyspark.enabled``, with which nested values become NumPy arrays.
    """

    code = "SR902"
    symbols = ("DataFrame.toPandas",)
    kind = Kind.ACTION
    cost = Cost.DRIVER
    cases = (
        Case(
            "dtypes",
            'pdf = df.select("id", "k", "i", "x", "y", "flag", "day", "price", "tags").toPandas()\n'
            "print(pdf.dtypes.to_dict())\n"
            "print(pdf.to_dict())",
            'pdf = to_pandas(df.select_columns(["id", "k", "i", "x", "y", "flag", "day", "price", "tags"]))',
        ),
        Case(
            "with Arrow",
            'spark.conf.set("spark.sql.execution.arrow.pyspark.enabled", "true")\nprint(df.toPandas())',
            None,
        ),
    )

    def emit(self, call: Call) -> Emission:
        if setting(call.module, ARROW) not in {None, "false", "False"}:
            raise NotCarried(f"{ARROW} is set, which gives other dtypes")
        return wrapped(call, "to_pandas")
