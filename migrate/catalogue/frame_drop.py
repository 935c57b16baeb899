"""``DataFrame.drop``."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried
from migrate.translate.columns import quoted


class FrameDrop(Mapping):
    """
    ## Matches
    ``df.drop("a", "b")`` with literal names.

    ## Semantics
    A name that is not there is ignored, as Spark does it.

    ## Not covered
    Columns as objects (``df.drop(df.a)``) and names that are computed.
    """

    code = "SR304"
    symbols = ("DataFrame.drop",)
    kind = Kind.PROJECT
    cost = Cost.NATIVE
    cases = (
        Case(
            "names, one of them unknown",
            'out = df.drop("s", "nothing")',
            'out = df.map_batches(lambda batch: without(batch, ["s", "nothing"]), batch_format="pyarrow")',
        ),
        Case("a column", 'out = df.drop(F.col("s"))', None),
    )

    def emit(self, call: Call) -> Emission:
        nodes = [call.argument("", position) for position in range(len(call.stage.args))]
        names = [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        if not names or len(names) < len(nodes):
            raise NotCarried("what is dropped is not given by literal names")
        listed = ", ".join(map(quoted, names))
        return Emission(
            f'.map_batches(lambda batch: without(batch, [{listed}]), batch_format="pyarrow")', helpers=("without",)
        )
