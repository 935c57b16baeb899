"""``DataFrame.limit``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried


class FrameLimit(Mapping):
    """
    ## Matches
    ``df.limit(n)``.

    ## Semantics
    The first rows in the order of the frame.

    ## Not covered
    ``offset``, ``tail``.
    """

    code = "SR308"
    symbols = ("DataFrame.limit",)
    kind = Kind.FILTER
    cost = Cost.NATIVE
    cases = (
        Case("some rows", 'out = df.select("id").limit(4)', 'out = df.select_columns(["id"]).limit(4)'),
        Case("no number", "out = df.limit()", None),
    )

    def emit(self, call: Call) -> Emission:
        number = call.argument("num", 0)
        if number is None:
            raise NotCarried("how many rows are wanted is not an argument")
        return Emission(f".limit({call.text(number)})")
