"""``DataFrameWriter.parquet``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate.writers import DIFFERENCES, write


class WriteParquet(Mapping):
    """
    ## Matches
    ``df.write.parquet(path)`` with a mode, ``partitionBy`` and ``compression``, wherever they are given.

    ## Semantics
    Spark refuses to write where something is already; Ray Data would add to it. Files are written below ``_temporary``
    and moved when all are complete, with ``_SUCCESS`` last; a dataset without rows leaves a file with its columns. The
    path is made absolute on the driver, as Spark does it. Folders of partitions are named as Spark names them.

    ## Not covered
    ``bucketBy``, ``sortBy``, other options, dynamic overwrite of partitions, a mode that is not a literal, and folders
    by doubles, decimals or timestamps.
    """

    code = "SR221"
    symbols = ("DataFrameWriter.parquet",)
    kind = Kind.WRITE
    cost = Cost.NATIVE
    differences = DIFFERENCES
    cases = (
        Case(
            "overwrite",
            'df.write.mode("overwrite").parquet(path)',
            'df.write_datasink(parquet_files(path, mode="overwrite"))',
        ),
        Case("default", "df.write.parquet(path)", "df.write_datasink(parquet_files(path))"),
        Case(
            "folders",
            'df.select("id", "k", "day").write.parquet(path, partitionBy=["k", "day"], compression="gzip")',
            "df.select_columns(['id', 'k', 'day']).write_datasink("
            "parquet_files(path, partition_by=['k', 'day'], compression=\"gzip\"))",
        ),
        Case(
            "where something is, and without rows",
            'df.filter(F.col("id") < 0).write.parquet(path)\n'
            'df.write.mode("ignore").parquet(path)\n'
            "try:\n"
            '    df.write.mode("errorIfExists").parquet(path)\n'
            "except Exception:\n"
            '    print("refused")\n'
            "print(sorted(name for name in os.listdir(path) if name.startswith('_')))",
            'df.write_datasink(parquet_files(path, mode="ignore"))',
        ),
        Case("buckets", 'df.write.bucketBy(8, "id").parquet(path)', None),
        Case("an option", 'df.write.option("parquet.enable.dictionary", "false").parquet(path)', None),
    )

    def emit(self, call: Call) -> Emission:
        return write(call)
