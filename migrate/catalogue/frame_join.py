"""``DataFrame.join``."""

from __future__ import annotations

from dataclasses import replace

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Edit, Emission, Mapping, NotCarried
from migrate.translate.frames import opened
from migrate.translate.joins import keys_of_join, kind_of, names_all, partner_of, settles


class FrameJoin(Mapping):
    """
    ## Matches
    ``df.join(other, on, how)`` on names or on equalities (``==``, ``eqNullSafe``, joined by ``&`` or in a list), of
    every kind but cross joins, with or without ``F.broadcast``.

    ## Semantics
    NULL equals nothing but with ``eqNullSafe``, NaN equals NaN, -0.0 is 0.0, and an int equals a bigint or a double. On
    names, keys stand in front and once: those of the left side, in a right join of the right one, in a full join
    whichever there is. In a condition both stay; where they share a name, one has to be dropped right behind the join,
    or a ``select`` has to name the frame that it means.

    A right side of up to 10 MiB, or with the hint of any size, goes whole to each block of the left one, whose order
    stays. Else rows of both sides travel to the task that has their key.

    ## Not covered
    Cross joins and conditions that are no equality of two columns, for which Ray has no join. Keys of text beside
    numbers, lists or structs, and any other column that both sides have, over which the emitted code raises unless a
    ``select`` right behind the join names other columns; so it does where Ray no longer knows the columns of a side
    without rows.
    """

    code = "SR501"
    symbols = ("DataFrame.join", "DataFrame.crossJoin")
    kind = Kind.JOIN
    cost = Cost.NATIVE
    cases = (
        Case(
            "on a name",
            'few = df.filter("id > 3").select("k", F.col("big").alias("n"))\n'
            'df.select("id", "k").join(few, "k").orderBy("id", "n").show()',
            "few = df.map_batches(lambda batch: batch.filter(compared(batch['id'], '>', 3)), batch_format='pyarrow')"
            ".map_batches(lambda batch: pa.table({'k': batch['k'], 'n': batch['big']}), batch_format='pyarrow')",
        ),
        Case(
            "doubles and whole numbers",
            'few = df.select("i", "day")\nout = df.select("x", "id").join(few, df.x == few.i, "left")',
            "few = df.select_columns(['i', 'day'])\n"
            "out = join(df.select_columns(['x', 'id']), few, [('x', 'i')], 'left')",
        ),
        Case(
            "all rows of both sides, NaN and zeros among the keys",
            'few = df.filter("id > 4").select("x", F.col("i").alias("j"), F.col("flag").alias("g"))\n'
            'out = df.select("id", "x", "tags", "flag").join(few, ["x"], how="full_outer")',
            "few = df.map_batches(lambda batch: batch.filter(compared(batch['id'], '>', 4)), batch_format='pyarrow')"
            ".map_batches(lambda batch: pa.table({'x': batch['x'], 'j': batch['i'], 'g': batch['flag']}), "
            "batch_format='pyarrow')\n"
            "out = join(df.select_columns(['id', 'x', 'tags', 'flag']), few, ['x'], 'full')",
        ),
        Case(
            "all rows of the right side",
            'few = df.select("id", "place").union(df.select("big", "place"))\n'
            'out = df.select("i", "s").join(few, F.col("i") == F.col("id"), "rightouter")',
            "out = join(df.select_columns(['i', 's']), few, [('i', 'id')], 'right')",
        ),
        Case(
            "NULL equals NULL",
            'few = df.select(F.col("day").alias("d"), F.col("flag").alias("f"), "id")\n'
            'out = df.drop("id").join(F.broadcast(few), df.day.eqNullSafe(few.d) & (df.flag == few.f), "left")',
            "out = join(df.map_batches(lambda batch: without(batch, ['id']), batch_format='pyarrow'), few, "
            "[('day', 'd'), ('flag', 'f')], 'left', null_safe=[0], broadcast=True)",
        ),
        Case(
            "rows with a partner",
            'few = df.filter("id < 4").select("k", "price")\n'
            'out = df.join(few, ["k", "price"], "left_semi").select("id", "k", "price")',
            "out = join(df, few, ['k', 'price'], 'semi').select_columns(['id', 'k', 'price'])",
        ),
        Case(
            "rows without one, of which there is none",
            'none = df.filter("id > 100")\nout = df.join(none, df["id"] == none["id"], "anti")',
            "out = join(df, none, [('id', 'id')], 'anti')",
        ),
        Case(
            "no rows on the right side",
            'none = df.select("raw", F.col("x").alias("z")).filter("z > 1 AND z < 1")\n'
            'out = df.select("id", "raw").join(none, "raw", "outer")',
            "out = join(df.select_columns(['id', 'raw']), none, ['raw'], 'full')",
        ),
        Case(
            "one of two keys of a name dropped",
            'few = df.filter("id > 1").select("k", "id")\n'
            'out = df.select("k", "at").join(few, df.k == few.k).drop(few.k)',
            "out = join(df.select_columns(['k', 'at']), few, [('k', 'k')])",
        ),
        Case(
            "columns by their frame",
            'few = spark.read.parquet(table).select("k", F.col("id").alias("n"), "flag")\n'
            'out = df.join(few, (df["k"] == few["k"]) & (few["n"] == df["id"]), "left").select(df.k, df["id"], few.n)',
            "out = join(df, few, [('k', 'k'), ('id', 'n')], 'left', drop_shared=True).select_columns(['k', 'id', 'n'])",
        ),
        Case("every pair", 'out = df.crossJoin(df.select("k"))', None),
        Case("an inequality", 'few = df.select("i")\nout = df.join(few, df.id > few.i)', None),
        Case("two columns of one name", 'few = df.select("k")\nout = df.join(few, df.k == few.k)', None),
    )

    def emit(self, call: Call) -> Emission:
        if call.stage.symbol.endswith("crossJoin"):
            raise NotCarried("a cross join makes every pair of rows, which Ray has no join for")
        partner, kind = partner_of(call), kind_of(call)
        keys = keys_of_join(call, partner.node)
        dropped = settles(call, keys, kind, partner.node)
        chain, given = call.stage.chain, call.span(partner.node)
        end = dropped[-1].chain if dropped else chain
        options = [keys.source]
        if kind != "inner":
            options.append(f'"{kind}"')
        if keys.null_safe:
            options.append(f"null_safe={list(keys.null_safe)}")
        if partner.broadcast:
            options.append("broadcast=True")
        if kind not in ("semi", "anti") and names_all(call):
            options.append("drop_shared=True")
        front = Edit(replace(chain, end_line=given.line, end_column=given.column), ", ")
        behind = replace(given, line=given.end_line, column=given.end_column)
        behind = replace(behind, end_line=end.end_line, end_column=end.end_column)
        return Emission(
            helpers=("join",),
            edits=(opened(call, "join"), front, Edit(behind, f", {', '.join(options)})")),
            claims=tuple(stage.id for stage in dropped),
        )
