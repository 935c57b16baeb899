"""``DataFrameWriter.parquet``."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Difference, Emission, Mapping, NotCarried

_MODES = {"overwrite": "OVERWRITE", "append": "APPEND", "error": "ERROR", "errorifexists": "ERROR", "ignore": "IGNORE"}


class WriteParquet(Mapping):
    """
    ## Matches
    ``df.write.mode("...").parquet(path)``, also with ``mode=`` as an argument.

    ## Semantics
    Spark refuses to write where something is already; Ray Data would add to it, so the mode is always written out.

    ## Not covered
    ``partitionBy``, ``bucketBy``, options, and a mode that is not a literal.
    """

    code = "SR221"
    symbols = ("DataFrameWriter.parquet",)
    kind = Kind.WRITE
    cost = Cost.NATIVE
    differences = (Difference("files", "one file a block instead of one a partition, and no _SUCCESS marker"),)
    cases = (
        Case(
            "overwrite",
            'df.write.mode("overwrite").parquet(path)',
            "df.write_parquet(path, mode=SaveMode.OVERWRITE)",
        ),
        Case("default", "df.write.parquet(path)", "df.write_parquet(path, mode=SaveMode.ERROR)"),
        Case("partitions as an argument", 'df.write.parquet(path, partitionBy="s")', None),
        Case("buckets", 'df.write.bucketBy(8, "id").parquet(path)', None),
    )

    def emit(self, call: Call) -> Emission:
        positional = [argument for argument in call.stage.args if argument.name is None]
        named = {argument.name for argument in call.stage.args} - {None, "path", "mode"}
        if len(positional) > 2 or named:
            raise NotCarried(f"{', '.join(sorted(map(str, named))) or 'partitionBy'} of the write is not mapped yet")
        path, mode = call.argument("path", 0), call.argument("mode", 1)
        if path is None:
            raise NotCarried("the path of the write is not an argument")
        for link in call.stage.links:
            if link.symbol not in {"DataFrame.write", "DataFrameWriter.mode"}:
                raise NotCarried(f"{link.symbol} is not mapped yet")
        chosen = call.link("DataFrameWriter.mode")
        if chosen:
            mode = chosen[0]
        name = "error" if mode is None else mode.value if isinstance(mode, ast.Constant) else None
        if not isinstance(name, str) or name.lower() not in _MODES:
            raise NotCarried("the write mode is not one of the literals that Spark knows")
        return Emission(
            f".write_parquet({call.text(path)}, mode=SaveMode.{_MODES[name.lower()]})",
            imports=("from ray.data import SaveMode",),
        )
