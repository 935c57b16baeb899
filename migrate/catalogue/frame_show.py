"""``DataFrame.show``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate.frames import wrapped


class FrameShow(Mapping):
    """
    ## Matches
    ``df.show()`` with a number of rows and ``truncate``.

    ## Semantics
    The same text: columns as wide as their cells, numbers as Java writes them, NULL, nested values, times in the zone
    of the machine, cells cut at 20 characters. Only as many rows as are shown are computed.

    ## Not covered
    ``vertical=True``, a session time zone other than the machine's, and the rare numbers of 16 digits for which
    Java 17 writes one digit more than are needed.
    """

    code = "SR903"
    symbols = ("DataFrame.show",)
    kind = Kind.ACTION
    cost = Cost.DRIVER
    cases = (
        Case("everything", "df.show()", "show(df)"),
        Case(
            "a few rows, whole",
            'df.select("id", "s").show(3, truncate=False)',
            'show(df.select_columns(["id", "s"]), 3, truncate=False)',
        ),
        Case(
            "behind parentheses",
            '(df.select("x")\n    .show(n=2, truncate=5))',
            'show(df.select_columns(["x"]), n=2, truncate=5)',
        ),
        Case("vertical", "df.show(vertical=True)", None),
    )

    def emit(self, call: Call) -> Emission:
        return wrapped(call, "show", ("n", "truncate"))
