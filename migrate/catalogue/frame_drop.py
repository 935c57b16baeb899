"""``DataFrame.drop``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate.projections import listed, literal_texts, mapped, name_list


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
        names = literal_texts(listed(call), "dropping columns")
        return mapped(f"without(batch, {name_list(names)})", {"without"})
