"""``DataFrameWriter.text``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate.writers import DIFFERENCES, PRINT_FILES, write


class WriteText(Mapping):
    """
    ## Matches
    ``df.write.text(path)`` with a mode, ``compression`` and ``partitionBy``.

    ## Semantics
    The one column of text, a line each; NULL is an empty line.

    ## Not covered
    ``lineSep``.
    """

    code = "SR224"
    symbols = ("DataFrameWriter.text",)
    kind = Kind.WRITE
    cost = Cost.NATIVE
    differences = DIFFERENCES
    cases = (
        Case(
            "lines",
            'df.select("s").write.text("there")' + PRINT_FILES,
            "df.select_columns(['s']).write_datasink(plain_files('there'))",
        ),
        Case("another separator", 'df.select("s").write.text(path, lineSep=";")', None),
    )

    def emit(self, call: Call) -> Emission:
        return write(call)
