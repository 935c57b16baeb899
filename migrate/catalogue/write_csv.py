"""``DataFrameWriter.csv``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate.writers import DIFFERENCES, DIGITS, PRINT_FILES, write


class WriteCsv(Mapping):
    """
    ## Matches
    ``df.write.csv(path)`` with a mode, ``header``, ``sep``, ``quote``, ``escape``, ``nullValue``, ``compression`` and
    ``partitionBy``, wherever they are given.

    ## Semantics
    NULL is empty and empty text is ``""``; blanks around a value are left out; quotes get a backslash. Doubles are
    written as Java writes them (``1.0E7``), timestamps to the millisecond with the offset of the session's zone. The
    rest is as with Parquet: modes, ``_SUCCESS``, folders.

    ## Not covered
    Other options, among them formats of dates, ``quoteAll`` and other encodings.
    """

    code = "SR222"
    symbols = ("DataFrameWriter.csv",)
    kind = Kind.WRITE
    cost = Cost.NATIVE
    differences = (*DIFFERENCES, DIGITS)
    cases = (
        Case(
            "all types",
            'df.select("id", "s", "x", "flag", "price", "day", "at", "k").write.csv("there")' + PRINT_FILES,
            "df.select_columns(['id', 's', 'x', 'flag', 'price', 'day', 'at', 'k']).write_datasink(csv_files('there'))",
        ),
        Case(
            "other characters, into folders",
            'frame = df.select("id", "s", "k")\n'
            'frame.write.options(sep=";", escape=\'"\', header="true").partitionBy("k").mode("append").csv("there")\n'
            'out = spark.read.csv("there", sep=";", escape=\'"\', header=True)',
            "frame.write_datasink(csv_files("
            "'there', mode=\"append\", partition_by=['k'], sep=';', escape='\"', header=True))",
        ),
        Case("quotes around all", 'df.select("s").write.csv(path, quoteAll=True)', None),
    )

    def emit(self, call: Call) -> Emission:
        return write(call)
