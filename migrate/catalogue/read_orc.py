"""``DataFrameReader.orc``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate import readers
from migrate.translate.sources import read_of


class ReadOrc(Mapping):
    """
    ## Matches
    ``spark.read.orc(path)`` with ``pathGlobFilter`` and ``recursiveFileLookup``.

    ## Semantics
    Types are those of the files. A timestamp raises an error: ORC stores it without a zone, and readers disagree on it.

    ## Not covered
    ``mergeSchema`` and a schema.
    """

    code = "SR205"
    symbols = ("DataFrameReader.orc",)
    kind = Kind.READ
    cost = Cost.NATIVE
    cases = (
        Case(
            "all types but timestamps",
            'df.drop("at").write.mode("overwrite").orc("in_orc")\nout = spark.read.orc("in_orc")',
            'out = read_orc("in_orc")',
        ),
        Case("merged schemas", "out = spark.read.orc(path, mergeSchema=True)", None),
    )

    def emit(self, call: Call) -> Emission:
        return readers.read(call, read_of(call))
