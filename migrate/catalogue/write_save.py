"""``DataFrameWriter.save``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate.writers import DIFFERENCES, DIGITS, write


class WriteSave(Mapping):
    """
    ## Matches
    ``df.write.save(path)`` with ``format`` and options wherever they are given, for Parquet (the default), CSV, JSON,
    text and ORC.

    ## Semantics
    Those of the writer of that format.

    ## Not covered
    JDBC, Delta, Iceberg, Avro and other formats: what Spark promises of their commits is Spark's to keep.
    """

    code = "SR226"
    symbols = ("DataFrameWriter.save",)
    kind = Kind.WRITE
    cost = Cost.NATIVE
    differences = (*DIFFERENCES, DIGITS)
    cases = (
        Case(
            "Parquet by default",
            'df.write.save(path, mode="overwrite")',
            'df.write_datasink(parquet_files(path, mode="overwrite"))',
        ),
        Case(
            "a format and options",
            'df.select("id", "x").write.format("csv").option("header", "true").save("there")\n'
            'out = spark.read.csv("there", "id long, x double", header=True)',
            "df.select_columns(['id', 'x']).write_datasink(csv_files('there', header=True))",
        ),
        Case("a table format", 'df.write.format("delta").save(path)', None),
    )

    def emit(self, call: Call) -> Emission:
        return write(call)
