"""``DataFrame.persist`` and ``cache``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping, NotCarried


class FramePersist(Mapping):
    """
    ## Matches
    ``df.persist()`` and ``df.cache()``, and ``df.unpersist()``.

    ## Semantics
    Spark keeps the rows once they have been computed; Ray Data computes them at once and keeps them in the object store,
    from where they spill to disk. Either way later stages do not compute them again. The object store frees them when
    the last reference goes, so an ``unpersist`` statement falls away.

    ## Not covered
    A storage level: the object store has one.
    """

    code = "SR323"
    symbols = ("DataFrame.persist", "DataFrame.cache", "DataFrame.unpersist")
    kind = Kind.PERSIST
    cost = Cost.NATIVE
    cases = (
        Case("persist", "out = df.persist()", "out = df.materialize()"),
        Case("cache", "out = df.cache()", "out = df.materialize()"),
        Case("storage level", "out = df.persist(StorageLevel.DISK_ONLY)", None),
    )

    def emit(self, call: Call) -> Emission:
        if call.stage.symbol.endswith(".unpersist"):
            return Emission(drop=True)
        if call.stage.args:
            raise NotCarried("a storage level has no counterpart in Ray's object store")
        return Emission(".materialize()")
