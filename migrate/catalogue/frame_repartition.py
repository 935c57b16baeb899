"""``DataFrame.repartition`` and ``coalesce``."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried
from migrate.translate.frames import opened
from migrate.translate.groups import columns_named, key_list

_ORDERED = {Kind.SORT, Kind.AGGREGATE}
_SHOWS_ORDER = {"collect", "first", "head", "limit", "show", "take", "toLocalIterator", "toPandas"}


class FrameRepartition(Mapping):
    """
    ## Matches
    ``df.repartition(n)``, ``df.repartition(n, "k")``, ``df.repartition("k")`` and ``df.coalesce(n)``, with numbers that
    are written down and columns.

    ## Semantics
    Blocks take the place of partitions: ``n`` of them, or with columns as many as any shuffle makes, where the rows of
    one key share a block. ``coalesce`` and ``repartition(1)`` keep the order of rows; another ``repartition`` deals
    them out in another order than Spark, and stays on Spark where a later line shows it.

    ## Not covered
    Numbers that are computed, keys that are expressions, and ``repartitionByRange``.
    """

    code = "SR320"
    symbols = ("DataFrame.repartition", "DataFrame.coalesce")
    kind = Kind.SHUFFLE
    cost = Cost.NATIVE
    cases = (
        Case("a number", 'out = df.select("id").repartition(3)', 'out = df.select_columns(["id"]).repartition(3)'),
        Case("fewer", "print(df.coalesce(1).first().id)", "print(first(df.repartition(1)).id)"),
        Case(
            "columns",
            'out = df.repartition(4, "x", "k").filter("id > 2")',
            "out = windowed(df, ['x', 'k'], lambda batch: batch).map_batches(lambda batch: "
            "batch.filter(compared(batch['id'], '>', 2)), batch_format='pyarrow')",
        ),
        Case("all in one", 'df.select("id").repartition(1).show()', "show(df.select_columns(['id']).repartition(1))"),
        Case("an order that is shown", "df.repartition(3).show()", None),
    )

    def emit(self, call: Call) -> Emission:
        nodes = [node for n in range(len(call.stage.args)) if (node := call.argument("", n)) is not None]
        if not nodes or len(nodes) < len(call.stage.args):
            raise NotCarried("the number of partitions is not an argument that can be read")
        count = nodes[0].value if isinstance(nodes[0], ast.Constant) and type(nodes[0].value) is int else None
        if call.stage.symbol.endswith("repartition") and (len(nodes), count) != (1, 1):
            _refuse_shown(call)
        if len(nodes) == 1 and count is not None:
            return Emission(f".repartition({count})")
        keys = columns_named(call, tuple(nodes[count is not None :]))
        text = f", {key_list(keys)}, lambda batch: batch)"
        return Emission(text, helpers=("windowed",), edits=(opened(call, "windowed"),))


def _refuse_shown(call: Call) -> None:
    """NotCarried where the order of rows can be seen behind the call."""
    waiting, seen = [call], set()
    while waiting:
        for stage in waiting.pop().consumers():
            if stage.symbol.rpartition(".")[2] in _SHOWS_ORDER:
                raise NotCarried(f"line {stage.span.line} shows the order in which Spark deals rows out")
            if stage.id not in seen and stage.kind not in _ORDERED:
                seen.add(stage.id)
                waiting.append(call.neighbour(stage.id))
