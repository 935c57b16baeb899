"""``DataFrame.select``."""

from __future__ import annotations

import ast

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Column, Emission, Mapping, NotCarried
from migrate.translate.columns import quoted


class FrameSelect(Mapping):
    """
    ## Matches
    ``df.select(...)`` of columns, struct fields, casts to an integer type and row UDFs, each with a name of its own.

    ## Semantics
    Columns come out in the order in which they are named. ``"photo.pixels"`` is the field ``pixels`` of the struct
    column ``photo``, NULL where the struct is NULL. A cast of a double cuts the fraction off, NaN becomes 0, a value
    out of range the nearest limit, as Spark without ANSI mode does it.

    ## Not covered
    ``*``, expressions for which Spark would make up a name, and functions that have no mapping yet.
    """

    code = "SR301"
    symbols = ("DataFrame.select",)
    kind = Kind.PROJECT
    cost = Cost.NATIVE
    cases = (
        Case("columns by name", 'out = df.select("id", "s")', 'out = df.select_columns(["id", "s"])'),
        Case(
            "a struct field",
            'out = df.select("id", "place.zip")',
            "out = df.map_batches(lambda batch: pa.table("
            '{"id": batch["id"], "zip": pc.struct_field(batch["place"], "zip")}), batch_format="pyarrow")',
        ),
        Case(
            "UDFs of declared types",
            'values = [3, 2.5, "5", True, 2**40, None, b"raw", [1, 2.5, None], (1.5, 2), {"a": 1}]\n'
            "def pick(number):\n"
            "    return values[number - 1]\n"
            'numbers = F.udf(pick, "array<double>")\n'
            'counts = F.udf(pick, "map<string,int>")\n'
            'out = df.select("id", numbers("id"), counts("id").alias("counts"))',
            "numbers = RowUdf(pick, pa.list_(pa.float64()))\n"
            "counts = RowUdf(pick, pa.map_(pa.string(), pa.int32()))\n"
            'out = df.map_batches(lambda batch: pa.table({"id": batch["id"], "pick(id)": numbers(batch["id"]), '
            '"counts": counts(batch["id"])}), batch_format="pyarrow")',
        ),
        Case(
            "UDFs of dates, times and decimals",
            'year = F.udf(lambda day: day and day.replace(year=2000), "date")\n'
            'hour = F.udf(lambda at: at and at.replace(minute=0), "timestamp")\n'
            'third = F.udf(lambda price: price and price / 3, "decimal(12,3)")\n'
            'out = df.select("id", year("day").alias("y"), hour("at").alias("h"), third("price").alias("p"))',
            "year = RowUdf(lambda day: day and day.replace(year=2000), pa.date32())\n"
            'hour = RowUdf(lambda at: at and at.replace(minute=0), pa.timestamp("us", tz="UTC"))\n'
            "third = RowUdf(lambda price: price and price / 3, pa.decimal128(12, 3))\n"
            'out = df.map_batches(lambda batch: pa.table({"id": batch["id"], "y": year(batch["day"]), '
            '"h": hour(batch["at"]), "p": third(batch["price"])}), batch_format="pyarrow")',
        ),
        Case(
            "pandas UDFs with structs",
            "import pandas as pd\n"
            '@F.pandas_udf("double")\n'
            "def half(values: pd.Series) -> pd.Series:\n"
            "    return values / 2\n"
            '@F.pandas_udf("int")\n'
            "def digits(place: pd.DataFrame) -> pd.Series:\n"
            '    return place["zip"] % 10\n'
            '@F.pandas_udf("size double, i int")\n'
            "def both(x: pd.Series, i: pd.Series) -> pd.DataFrame:\n"
            '    return pd.DataFrame({"i": i, "size": x.abs()})\n'
            'out = df.select("id", half("x"), digits("place").alias("z"), both("x", "i").alias("both"))',
            'out = df.map_batches(lambda batch: pa.table({"id": batch["id"], "half(x)": half(batch["x"]), '
            '"z": digits(batch["place"]), "both": both(batch["x"], batch["i"])}), batch_format="pyarrow")',
        ),
        Case("an aggregate", 'out = df.select(F.max("id"))', None),
    )

    def emit(self, call: Call) -> Emission:
        nodes = [call.argument("", position) for position in range(len(call.stage.args))]
        if len(nodes) == 1 and isinstance(nodes[0], ast.List):
            nodes = list(nodes[0].elts)
        columns = [self._named(call.column(node)) for node in nodes if node is not None]
        if not columns or len(columns) != len(nodes):
            raise NotCarried("unpacked arguments of select are not mapped yet")
        if len({column.name for column in columns}) < len(columns):
            raise NotCarried("two columns of one name")
        if all(column.plain == column.name for column in columns):
            names = ", ".join(quoted(column.name) for column in columns)
            return Emission(f".select_columns([{names}])")
        body = ", ".join(f"{quoted(column.name)}: {column.text}" for column in columns)
        return Emission(
            f'.map_batches(lambda batch: pa.table({{{body}}}), batch_format="pyarrow")',
            helpers=tuple(sorted({helper for column in columns for helper in column.helpers})),
            imports=tuple(sorted({"import pyarrow as pa"}.union(*(column.imports for column in columns)))),
        )

    def _named(self, column: Column) -> Column:
        if not column.name:
            raise NotCarried(f"the column {column.text} has no name of its own; give it an alias")
        return column
