"""``DataFrame.printSchema``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Difference, Emission, Mapping
from migrate.translate.frames import wrapped


class FramePrintSchema(Mapping):
    """
    ## Matches
    ``df.printSchema()``.

    ## Semantics
    The same tree of names and types.

    ## Not covered
    ``level``.
    """

    code = "SR903"
    symbols = ("DataFrame.printSchema",)
    kind = Kind.ACTION
    cost = Cost.DRIVER
    differences = (Difference("nullable", "Ray's columns may all hold NULL, where Spark knows of some that do not"),)
    cases = (
        Case("every type", "df.printSchema()", "print_schema(df)"),
        Case("one level", "df.printSchema(1)", None),
    )

    def emit(self, call: Call) -> Emission:
        return wrapped(call, "print_schema")
