"""``DataFrame.mapInArrow``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Difference, Emission, Mapping
from migrate.translate.frames import BATCHES, map_blocks


class MapInArrow(Mapping):
    """
    ## Matches
    ``df.mapInArrow(function, schema)`` with a schema that is written in the job, or that of the dataset itself.

    ## Semantics
    The function stays as it is: called once for each block and fed record batches of at most 10,000 rows. What it
    yields is taken by position, whatever its columns are called. What loads in front of its loop becomes a class, as
    for ``mapInPandas``.

    ## Not covered
    ``barrier`` and ``profile``; a schema made at run time.
    """

    code = "SR404"
    symbols = ("DataFrame.mapInArrow",)
    kind = Kind.MAP_BATCHES
    cost = Cost.ARROW
    differences = (
        BATCHES,
        Difference("zone", "where the job does not set the session's time zone, timestamps are shown in UTC"),
    )
    cases = (
        Case(
            "a schema in text",
            "import pyarrow as pa\n"
            "def describe(batches):\n"
            "    for batch in batches:\n"
            '        zones = pa.array([str(batch.schema.field("at").type)] * batch.num_rows)\n'
            '        yield pa.RecordBatch.from_arrays([batch["id"], batch["at"], zones], names=["a", "b", "c"])\n'
            'out = df.mapInArrow(describe, "id long, at timestamp, type string")',
            "out = df.map_batches(map_in_arrow(describe, pa.schema("
            '[("id", pa.int64()), ("at", pa.timestamp("us", tz="UTC")), ("type", pa.string())])), '
            'batch_format="pyarrow", batch_size=None)',
        ),
        Case("a barrier stage", "out = df.mapInArrow(lambda batches: batches, df.schema, barrier=True)", None),
    )

    def emit(self, call: Call) -> Emission:
        return map_blocks(call, "map_in_arrow")
