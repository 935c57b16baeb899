"""``DataFrame.createOrReplaceTempView``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried
from migrate.translate.frames import in_front
from migrate.translate.views import VIEW_MAKERS, maker_of, variable_of, view_of


class FrameView(Mapping):
    """
    ## Matches
    ``df.createOrReplaceTempView("name")``, ``createTempView`` and ``registerTempTable``, once for a name, in front of
    the queries that read it and in the same function.

    ## Semantics
    The view is a variable: ``people_view`` for the view ``people``.

    ## Not covered
    Views of all sessions, views that are made anew, and names that are computed.
    """

    code = "SR326"
    symbols = tuple(sorted(VIEW_MAKERS))
    kind = Kind.ACTION
    cost = Cost.NATIVE
    cases = (
        Case(
            "read by two queries",
            'df.filter("id > 3").createOrReplaceTempView("Late")\n'
            'spark.sql("SELECT id, k FROM late WHERE x > 0").show()\n'
            'out = spark.sql("SELECT *, id + 1 AS next FROM late")',
            "late_view = df.map_batches(lambda batch: batch.filter(compared(batch['id'], '>', 3)), "
            "batch_format='pyarrow')\n"
            "out = late_view.map_batches(lambda batch: pa.table({**star(batch, ['next']), "
            "'next': calculated(batch['id'], '+', pa.scalar(1, pa.int32()))}), batch_format='pyarrow')",
        ),
        Case("made twice", 'df.createTempView("v")\ndf.createOrReplaceTempView("v")\nout = spark.sql("TABLE v")', None),
    )

    def emit(self, call: Call) -> Emission:
        name = view_of(call.stage)
        if name is None or not name.isidentifier():
            raise NotCarried("the name of the view is not written down")
        maker_of(call, name)
        return Emission("", edits=(in_front(call, f"{variable_of(call, name)} = "),))
