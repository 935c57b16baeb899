"""``DataFrame.withColumnRenamed``, ``withColumnsRenamed`` and ``toDF``."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried
from migrate.translate.built import quoted
from migrate.translate.projections import listed, literal_texts, mapped, name_list


class FrameRename(Mapping):
    """
    ## Matches
    ``df.withColumnRenamed("old", "new")``, ``df.withColumnsRenamed({"old": "new"})`` and ``df.toDF("a", "b")`` with
    literal names.

    ## Semantics
    Renaming a column that is not there does nothing, as Spark does it. ``toDF`` names all columns, and fails where
    there are more or fewer.

    ## Not covered
    Names that are computed.
    """

    code = "SR305"
    symbols = ("DataFrame.withColumnRenamed", "DataFrame.withColumnsRenamed", "DataFrame.toDF")
    kind = Kind.PROJECT
    cost = Cost.NATIVE
    cases = (
        Case(
            "a column",
            'out = df.withColumnRenamed("s", "text")',
            'out = df.map_batches(lambda batch: renamed(batch, {"s": "text"}), batch_format="pyarrow")',
        ),
        Case(
            "a column that is not there",
            'out = df.withColumnRenamed("nothing", "text")',
            'out = df.map_batches(lambda batch: renamed(batch, {"nothing": "text"}), batch_format="pyarrow")',
        ),
        Case(
            "two columns",
            'out = df.withColumnsRenamed({"s": "text", "K": "key"})',
            'out = df.map_batches(lambda batch: renamed(batch, {"s": "text", "K": "key"}), batch_format="pyarrow")',
        ),
        Case(
            "all columns",
            'out = df.select("id", "s").toDF("number", "text")',
            'out = df.select_columns(["id", "s"])'
            '.map_batches(lambda batch: batch.rename_columns(["number", "text"]), batch_format="pyarrow")',
        ),
        Case("a computed name", 'name = "s" * 1\nout = df.withColumnRenamed(name, "text")', None),
    )

    def emit(self, call: Call) -> Emission:
        if call.stage.symbol.endswith("toDF"):
            return mapped(f"batch.rename_columns({name_list(literal_texts(listed(call), 'naming columns'))})", ())
        names = self._names(call)
        texts = literal_texts(names, "renaming columns")
        pairs = ", ".join(f"{quoted(old)}: {quoted(new)}" for old, new in zip(texts[::2], texts[1::2], strict=True))
        return mapped(f"renamed(batch, {{{pairs}}})", {"renamed"})

    def _names(self, call: Call) -> list[ast.expr]:
        """Old and new names by turns."""
        given = call.argument("colsMap", 0) if call.stage.symbol.endswith("sRenamed") else None
        if isinstance(given, ast.Dict) and None not in given.keys:
            return [node for pair in zip(given.keys, given.values, strict=True) for node in pair if node is not None]
        found = [call.argument("existing", 0), call.argument("new", 1)]
        known = [node for node in found if node is not None]
        if given is not None or len(known) < 2:
            raise NotCarried("the names of the renamed columns cannot be read")
        return known
