"""``DataFrameReader.parquet``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Difference, Emission, Mapping, NotCarried


class ReadParquet(Mapping):
    """
    ## Matches
    ``spark.read.parquet(path, ...)`` and ``spark.read.format("parquet").load(path)``.

    ## Semantics
    Timestamps that Spark wrote as INT96 are instants, also outside of 1677 to 2262, where Arrow's default wraps.
    Partition columns have the first of int, bigint, double, date and string that all their values have.

    ## Not covered
    Options, a schema, patterns in the path, and partition columns that hold timestamps.
    """

    code = "SR201"
    symbols = ("DataFrameReader.parquet",)
    kind = Kind.READ
    cost = Cost.NATIVE
    differences = (
        Difference("order", "rows come in the order in which files are read, which Spark does not fix either"),
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
        Case("a schema", 'out = spark.read.schema("id long").parquet(table)', None),
        Case("an option", 'out = spark.read.option("mergeSchema", True).parquet(table)', None),
    )

    def emit(self, call: Call) -> Emission:
        unknown = [link.symbol for link in call.stage.links if link.symbol != "SparkSession.read"]
        if unknown:
            raise NotCarried(f"{unknown[0]} of a read is not mapped yet")
        if not call.stage.args or any(argument.name is not None for argument in call.stage.args):
            raise NotCarried("the paths of the read are not plain arguments")
        paths = ", ".join(argument.source for argument in call.stage.args)
        return Emission(f"read_parquet({paths})", helpers=("read_parquet",))
