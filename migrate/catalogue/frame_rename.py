"""``DataFrame.withColumnRenamed``."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried
from migrate.translate.columns import quoted


class FrameRename(Mapping):
    """
    ## Matches
    ``df.withColumnRenamed("old", "new")`` with literal names.

    ## Semantics
    Renaming a column that is not there does nothing, as Spark does it.

    ## Not covered
    ``withColumnsRenamed``, and names that are computed.
    """

    code = "SR305"
    symbols = ("DataFrame.withColumnRenamed",)
    kind = Kind.PROJECT
    cost = Cost.NATIVE
    cases = (
        Case(
            "a column",
            'out = df.withColumnRenamed("s", "text")',
            'out = df.map_batches(lambda batch: renamed(batch, "s", "text"), batch_format="pyarrow")',
        ),
        Case(
            "a column that is not there",
            'out = df.withColumnRenamed("nothing", "text")',
            'out = df.map_batches(lambda batch: renamed(batch, "nothing", "text"), batch_format="pyarrow")',
        ),
        Case("a computed name", 'name = "s" * 1\nout = df.withColumnRenamed(name, "text")', None),
    )

    def emit(self, call: Call) -> Emission:
        names = [call.argument("existing", 0), call.argument("new", 1)]
        literal = [n.value for n in names if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        if len(literal) < 2:
            raise NotCarried("the names of the renamed column are not literal")
        old, new = map(quoted, literal)
        return Emission(
            f'.map_batches(lambda batch: renamed(batch, {old}, {new}), batch_format="pyarrow")', helpers=("renamed",)
        )
