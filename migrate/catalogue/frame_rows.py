"""What a DataFrame hands to the driver as rows."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate.frames import wrapped


class FrameRows(Mapping):
    """
    ## Matches
    ``df.collect()``, ``df.take(n)``, ``df.head()``, ``df.head(n)`` and ``df.first()``.

    ## Semantics
    Rows by name, position and attribute, with Spark's Python values, in the order of the partitions. No more than is
    asked for is computed. ``head()`` and ``first()`` of a dataset without rows are None.

    ## Not covered
    ``tail``, ``toLocalIterator`` and ``foreach``.
    """

    code = "SR901"
    symbols = ("DataFrame.collect", "DataFrame.take", "DataFrame.head", "DataFrame.first")
    kind = Kind.ACTION
    cost = Cost.DRIVER
    cases = (
        Case(
            "all",
            "for row in df.collect():\n    print(row, row.id, row['s'], row[2])",
            "for row in collect(df):\n    print(row, row.id, row['s'], row[2])",
        ),
        Case(
            "the first",
            "print(df.first().id, df.head(), df.take(2), df.head(n=1))",
            "print(first(df).id, first(df), take(df, 2), take(df, n=1))",
        ),
        Case("in a lambda", "rows = lambda: df.collect()\nprint(rows())", None),
    )

    def emit(self, call: Call) -> Emission:
        method = call.stage.symbol.partition(".")[2]
        if method == "head":
            return wrapped(call, "take" if call.stage.args else "first", ("n",))
        return wrapped(call, method, ("num",) if method == "take" else ())
