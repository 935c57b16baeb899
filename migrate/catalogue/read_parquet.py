"""``DataFrameReader.parquet``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Difference, Emission, Mapping
from migrate.translate import readers
from migrate.translate.sources import read_of


class ReadParquet(Mapping):
    """
    ## Matches
    ``spark.read.parquet(path, ...)`` with ``pathGlobFilter`` and ``recursiveFileLookup``, and patterns in local paths.

    ## Semantics
    Timestamps that Spark wrote as INT96 are instants, also outside of 1677 to 2262, where Arrow's default wraps.
    Files come in Spark's order, large ones first. Partition columns are those of the folders below the path, of the
    type that all their values have. What begins with ``_`` or ``.`` is not data. A folder without data is an error.
    Where the stages behind it only take named columns, no others are read, as Spark does it too.

    ## Not covered
    Other options, a schema, patterns on other file systems, and partition columns that hold timestamps.
    """

    code = "SR201"
    symbols = ("DataFrameReader.parquet",)
    kind = Kind.READ
    cost = Cost.NATIVE
    differences = (
        Difference("order", "files that Spark would cut into several partitions are read one after the other"),
    )
    cases = (
        Case(
            "a folder",
            'out = spark.read.parquet(table).select("id", "s")',
            'out = read_parquet(table).select_columns(["id", "s"])',
        ),
        Case(
            "partition columns and INT96",
            'parts = path + "_parts"\n'
            'df.select("id", "at", F.col("i").alias("n"), F.coalesce("k", F.lit("é b")).alias("word"))'
            '.write.partitionBy("n", "word").parquet(parts)\n'
            'out = spark.read.parquet(parts).select("id", "at", "n", "word")',
            'parts = path + "_parts"\nout = read_parquet(parts).select_columns(["id", "at", "n", "word"])',
        ),
        Case(
            "no more columns than are asked of it",
            'parts = path + "_columns"\n'
            'df.select("id", "at", "s", F.col("i").alias("n"), F.lit(7).alias("day")).write.partitionBy("n", "day")'
            ".parquet(parts)\n"
            'rows = spark.read.parquet(parts).filter(F.col("n") > 0)\n'
            'out = rows.withColumn("later", F.col("at")).select("id", "later")',
            'parts = path + "_columns"\n'
            'rows = read_parquet(parts, columns=["n", "at", "id"])'
            '.map_batches(lambda batch: batch.filter(compared(batch["n"], ">", 0)), batch_format="pyarrow")\n'
            'out = rows.map_batches(lambda batch: set_column(batch, "later", batch["at"]), batch_format="pyarrow")'
            '.select_columns(["id", "later"])',
        ),
        Case(
            "columns of the folders alone",
            'parts = path + "_folders"\n'
            'df.select("id", F.col("i").alias("n")).write.partitionBy("n").parquet(parts)\n'
            'out = spark.read.parquet(parts).withColumn("twice", F.col("n")).select("twice")',
            'parts = path + "_folders"\n'
            'out = read_parquet(parts, columns=["n"])'
            '.map_batches(lambda batch: set_column(batch, "twice", batch["n"]), batch_format="pyarrow")'
            '.select_columns(["twice"])',
        ),
        Case("a schema", 'out = spark.read.schema("id long").parquet(table)', None),
        Case("an option", 'out = spark.read.option("mergeSchema", True).parquet(table)', None),
    )

    def emit(self, call: Call) -> Emission:
        return readers.read(call, read_of(call, ("paths",) * len(call.stage.args)))
