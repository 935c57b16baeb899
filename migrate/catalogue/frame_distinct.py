"""``DataFrame.distinct`` and ``dropDuplicates``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Difference, Emission, Mapping
from migrate.translate.groups import key_list, shuffled
from migrate.translate.projections import listed, literal_texts


class FrameDistinct(Mapping):
    """
    ## Matches
    ``df.distinct()``, ``df.dropDuplicates()`` and ``df.dropDuplicates(["k"])`` with literal names.

    ## Semantics
    NULL equals NULL, NaN equals NaN, and -0.0 is 0.0. With names, rows travel to the task that has their key. Without,
    each block keeps one of its equal rows and these meet in one task: what is distinct has to fit into its memory.

    ## Not covered
    Columns of lists, maps and structs, over which the emitted code raises.
    """

    code = "SR306"
    symbols = ("DataFrame.distinct", "DataFrame.dropDuplicates", "DataFrame.drop_duplicates")
    kind = Kind.FILTER
    cost = Cost.NATIVE
    differences = (
        Difference("which row stays", "of several rows with one key another may stay, which Spark leaves open too"),
    )
    cases = (
        Case(
            "rows",
            'out = df.select("k", "flag").distinct()',
            'out = df.select_columns(["k", "flag"]).map_batches(once, batch_format="pyarrow", batch_size=None)'
            '.repartition(1).map_batches(once, batch_format="pyarrow", batch_size=None)',
        ),
        Case(
            "numbers",
            'out = df.union(df).select("x", "y", "i").distinct()',
            'out = union_all(df, df).select_columns(["x", "y", "i"])'
            '.map_batches(once, batch_format="pyarrow", batch_size=None)'
            '.repartition(1).map_batches(once, batch_format="pyarrow", batch_size=None)',
        ),
        Case(
            "by names",
            'out = df.select("k", "flag").dropDuplicates(["k", "flag"])',
            'out = df.select_columns(["k", "flag"])'
            '.map_batches(plain_zeros, fn_kwargs={"keys": ["k", "flag"]}, batch_format="pyarrow")'
            '.repartition(shuffle_partitions(), keys=["k", "flag"])'
            '.map_batches(lambda batch: once(batch, ["k", "flag"]), batch_format="pyarrow", batch_size=None)',
        ),
        Case("computed names", "out = df.dropDuplicates(df.columns[:1])", None),
    )

    def emit(self, call: Call) -> Emission:
        nodes = listed(call)
        if not call.stage.args:
            step = '.map_batches(once, batch_format="pyarrow", batch_size=None)'
            return Emission(f"{step}.repartition(1){step}", helpers=("once",))
        keys = literal_texts(nodes, "dropping duplicates")
        return shuffled(call, keys, f"lambda batch: once(batch, {key_list(keys)})", {"once"}, frozenset())
