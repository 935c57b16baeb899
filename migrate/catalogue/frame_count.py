"""``DataFrame.count`` and ``isEmpty``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping


class FrameCount(Mapping):
    """
    ## Matches
    ``df.count()`` and ``df.isEmpty()``.

    ## Semantics
    Both engines count without handing rows to the driver; Ray reads the counts of Parquet files from their footers.

    ## Not covered
    Nothing that is known.
    """

    code = "SR904"
    symbols = ("DataFrame.count", "DataFrame.isEmpty")
    kind = Kind.ACTION
    cost = Cost.DRIVER
    cases = (
        Case(
            "rows", 'print(df.count(), df.select("id").count())', 'print(df.count(), df.select_columns(["id"]).count())'
        ),
        Case("none", "print(df.isEmpty())", "print((df.limit(1).count() == 0))"),
        Case("in a lambda", "size = lambda: df.count()\nprint(size())", None),
    )

    def emit(self, call: Call) -> Emission:
        return Emission() if call.stage.symbol.endswith("count") else Emission(".limit(1).count() == 0")
