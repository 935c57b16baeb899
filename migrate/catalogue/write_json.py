"""``DataFrameWriter.json``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate.writers import DIFFERENCES, DIGITS, PRINT_FILES, write


class WriteJson(Mapping):
    """
    ## Matches
    ``df.write.json(path)`` with a mode, ``ignoreNullFields``, ``compression`` and ``partitionBy``.

    ## Semantics
    An object a line; fields that are NULL are left out. Doubles are written as Java writes them, NaN and infinity in
    quotes, timestamps to the millisecond with the offset of the session's zone, bytes in base 64. The rest is as with
    Parquet: modes, ``_SUCCESS``, folders.

    ## Not covered
    Other options.
    """

    code = "SR223"
    symbols = ("DataFrameWriter.json",)
    kind = Kind.WRITE
    cost = Cost.NATIVE
    differences = (*DIFFERENCES, DIGITS)
    cases = (
        Case(
            "all types",
            'df.write.json("there")' + PRINT_FILES,
            'df.write_datasink(json_files("there"))',
        ),
        Case(
            "with the fields that are NULL",
            'df.select("id", "i").write.mode("overwrite").option("ignoreNullFields", False).json("there")'
            + PRINT_FILES,
            "df.select_columns(['id', 'i']).write_datasink(json_files('there', mode=\"overwrite\", ignore_null=False))",
        ),
        Case("a format of dates", 'df.write.json(path, dateFormat="dd.MM.yyyy")', None),
    )

    def emit(self, call: Call) -> Emission:
        return write(call)
