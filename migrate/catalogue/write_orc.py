"""``DataFrameWriter.orc``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate.writers import DIFFERENCES, write


class WriteOrc(Mapping):
    """
    ## Matches
    ``df.write.orc(path)`` with a mode, ``compression`` and ``partitionBy``.

    ## Semantics
    As with Parquet. A timestamp raises an error: ORC stores it without a zone, and readers disagree on it.

    ## Not covered
    Options of ORC.
    """

    code = "SR231"
    symbols = ("DataFrameWriter.orc",)
    kind = Kind.WRITE
    cost = Cost.NATIVE
    differences = DIFFERENCES
    cases = (
        Case(
            "all types but timestamps",
            'df.select("id", "x", "price", "tags").write.orc("there")\nout = spark.read.orc("there")',
            'df.select_columns(["id", "x", "price", "tags"]).write_datasink(orc_files("there"))',
        ),
        Case("bloom filters", 'df.write.option("orc.bloom.filter.columns", "k").orc(path)', None),
    )

    def emit(self, call: Call) -> Emission:
        return write(call)
