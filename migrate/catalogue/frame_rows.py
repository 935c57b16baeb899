"""What a DataFrame hands to the driver as rows."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate.frames import wrapped


class FrameRows(Mapping):
    """
    ## Matches
    ``df.collect()``, ``df.take(n)``, ``df.head()``, ``df.head(n)``, ``df.first()``, ``df.toLocalIterator()`` and
    ``df.foreach(function)``.

    ## Semantics
    Rows by name, position and attribute, with Spark's Python values, in the order of the partitions. No more than is
    asked for is computed. ``head()`` and ``first()`` of a dataset without rows are None. ``foreach`` calls its function
    on the workers, as on Spark.

    ## Not covered
    ``tail``, and ``prefetchPartitions``.
    """

    code = "SR901"
    symbols = tuple(f"DataFrame.{name}" for name in ("collect", "take", "head", "first", "toLocalIterator", "foreach"))
    kind = Kind.ACTION
    cost = Cost.DRIVER
    cases = (
        Case(
            "all",
            "for row in df.collect():\n    print(row, row.id, row['s'], row[2])",
            "for row in collect(df):\n    print(row, row.id, row['s'], row[2])",
        ),
        Case(
            "the first",
            "print(df.first().id, df.head(), df.take(2), df.head(n=1))",
            "print(first(df).id, first(df), take(df, 2), take(df, n=1))",
        ),
        Case(
            "one after the other",
            "for row in df.toLocalIterator():\n    print(row.k, row.tags)",
            "for row in to_local_iterator(df):\n    print(row.k, row.tags)",
        ),
        Case(
            "a function of each",
            'folder = os.path.abspath("made")\n'
            "os.makedirs(folder)\n"
            "def touch(row):\n"
            '    with open(os.path.join(folder, str(row["id"])), "w", encoding="utf-8"):\n'
            "        pass\n"
            'df.filter("id > 4").foreach(touch)\n'
            "print(sorted(os.listdir(folder)))",
            "foreach(df.map_batches(lambda batch: batch.filter(compared(batch['id'], '>', 4)), "
            "batch_format='pyarrow'), touch)",
        ),
        Case(
            "added up",
            "total = spark.sparkContext.accumulator(0)\n"
            'df.filter("id > 4").foreach(lambda row: total.add(row.id))\n'
            "print(total.value)",
            "total = Accumulator(0)",
        ),
        Case("in a lambda", "rows = lambda: df.collect()\nprint(rows())", None),
    )

    def emit(self, call: Call) -> Emission:
        method = call.stage.symbol.partition(".")[2]
        if method == "head":
            return wrapped(call, "take" if call.stage.args else "first", ("n",))
        if method == "toLocalIterator":
            return wrapped(call, "to_local_iterator")
        return wrapped(call, method, {"take": ("num",), "foreach": ("f",)}.get(method, ()))
