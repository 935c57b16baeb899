"""``DataFrame.union``, ``unionAll`` and ``unionByName``."""

from __future__ import annotations

import ast
from dataclasses import replace

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Edit, Emission, Mapping, NotCarried


class FrameUnion(Mapping):
    """
    ## Matches
    ``df.union(other)``, ``df.unionAll(other)`` and ``df.unionByName(other, allowMissingColumns=True)``.

    ## Semantics
    Columns go by position, under the names of the first frame; by name with ``unionByName``. An int beside a bigint or
    a double is widened; other types have to be the same, or the emitted code raises.

    ## Not covered
    A frame in parentheses in front of ``.union``.
    """

    code = "SR309"
    symbols = ("DataFrame.union", "DataFrame.unionAll", "DataFrame.unionByName")
    kind = Kind.UNION
    cost = Cost.NATIVE
    cases = (
        Case(
            "by position",
            'out = df.select("id", "i").union(df.select("i", "big"))',
            'out = union_all(df.select_columns(["id", "i"]), df.select_columns(["i", "big"]))',
        ),
        Case(
            "twice",
            'out = df.select("id").union(df.select("big")).unionAll(df.select("i"))',
            'out = union_all(union_all(df.select_columns(["id"]), df.select_columns(["big"])), '
            'df.select_columns(["i"]))',
        ),
        Case(
            "by name",
            'out = df.select("id", "x").unionByName(df.select("y", "x", "id").drop("y"))',
            'out = union_by_name(df.select_columns(["id", "x"]), df.select_columns(["y", "x", "id"])'
            '.map_batches(lambda batch: without(batch, ["y"]), batch_format="pyarrow"))',
        ),
        Case(
            "by name, some missing",
            'out = df.select("id", "x").unionByName(df.select("k", "id"), allowMissingColumns=True)',
            'out = union_by_name(df.select_columns(["id", "x"]), df.select_columns(["k", "id"]), missing=True)',
        ),
        Case("in parentheses", '(a) = df.select("id")\nout = (\n    a\n).union(a)', None),
    )

    def emit(self, call: Call) -> Emission:
        other, receiver = call.argument("other", 0), call.receiver()
        if other is None or receiver is None or call.stage.args[0].name is not None:
            raise NotCarried("the frames of the union are not plain arguments")
        by_name = call.stage.symbol.endswith("ByName")
        missing = _missing(call) if by_name else False
        chain, front, given = call.stage.chain, call.span(receiver), call.span(other)
        if not call.text(call.node()).startswith(call.text(receiver)):
            raise NotCarried("a frame in parentheses in front of a union is not mapped")
        start = replace(front, end_line=front.line, end_column=front.column)
        name = "union_by_name" if by_name else "union_all"
        edits = [Edit(start, f"{name}("), Edit(replace(chain, end_line=given.line, end_column=given.column), ", ")]
        if len(call.stage.args) > 1:
            rest = replace(chain, line=given.end_line, column=given.end_column)
            edits.append(Edit(rest, ", missing=True)" if missing else ")"))
        return Emission(helpers=(name,), edits=tuple(edits))


def _missing(call: Call) -> bool:
    """Whether columns may be missing."""
    given = call.argument("allowMissingColumns", 1)
    if given is not None and not (isinstance(given, ast.Constant) and isinstance(given.value, bool)):
        raise NotCarried("allowMissingColumns is not a literal")
    return isinstance(given, ast.Constant) and given.value is True
