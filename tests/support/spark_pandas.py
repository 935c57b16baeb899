"""Asks PySpark's own conversion what a helper of the emitted code has to give: `python spark_pandas.py HELPERS TABLE`.

Needs PySpark's package and no JVM. ``HELPERS`` is the emitted helper's source with its imports, ``TABLE`` a Parquet
file. Prints a line for each column and zone on which the two differ, in what a function sees or in what it gives back.
"""

from __future__ import annotations

import datetime as dt
import sys
import warnings
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

warnings.simplefilter("ignore")
from pyspark.sql.pandas.serializers import ArrowStreamPandasUDFSerializer  # noqa: E402

ZONES = ("UTC", "America/New_York")
_STRUCT = pa.struct([("a", pa.int32()), ("b", pa.string())])
KINDS = (
    *(pa.int8(), pa.int32(), pa.int64(), pa.float32(), pa.float64(), pa.bool_(), pa.string(), pa.binary(), pa.date32()),
    *(pa.timestamp("us", tz="UTC"), pa.timestamp("us"), pa.decimal128(10, 2), pa.list_(pa.float64())),
    *(
        pa.list_(pa.list_(pa.int32())),
        pa.list_(pa.timestamp("us", tz="UTC")),
        pa.map_(pa.string(), pa.int32()),
        _STRUCT,
    ),
    *(pa.list_(_STRUCT), pa.list_(pa.map_(pa.string(), pa.int32()))),
)
RETURNED = (
    pd.Series([1, 300]),
    pd.Series([1.5, np.nan]),
    pd.Series([1e20, np.inf]),
    pd.Series([np.nan, np.nan]),
    pd.Series(["1", None]),
    pd.Series(["é", "x"], dtype="string"),
    pd.Series([True, None]),
    pd.Series([True, False]),
    pd.Series([1, None], dtype="Int64"),
    pd.Series(["a", "b"], dtype="category"),
    pd.Series([3, 4]).astype("category"),
    pd.Series([b"a", bytearray(b"b")]),
    pd.Series([dt.date(2024, 1, 2), None]),
    pd.Series([dt.datetime(2024, 11, 3, 1, 30), pd.NaT]),
    pd.Series([dt.datetime(2024, 7, 1, 1), None], dtype=object),
    pd.Series(pd.to_datetime(["2024-07-01 10:00"], utc=True)),
    pd.Series([Decimal("1.234"), None]),
    pd.Series([[1.5, 2.0], None]),
    pd.Series([np.array([1, 2]), np.array([])]),
    pd.Series([np.zeros((2, 2)), None]),
    pd.Series([[[1], None], []]),
    pd.Series([[dt.datetime(2024, 7, 1)], [None]]),
    pd.Series([{"a": 1}, {}]),
    pd.Series([{"a": 1, "b": "x"}, None]),
    pd.Series([(1, "x"), (None, None)]),
    pd.Series([[{"a": 1}], [None]]),
    pd.Series([], dtype=object),
)


def seen(value: object) -> str:
    """A value with its type, and those of what is inside it."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {seen(item)}' for name, item in value.items())}}}"
    if hasattr(value, "__iter__") and not isinstance(value, str | bytes):
        return f"{type(value).__name__}[{', '.join(map(seen, value))}]"
    return f"{type(value).__name__}={value!r}"


def described(series: pd.Series) -> str:
    return f"{series.dtype} {[seen(value) for value in series]}"


def attempt(function: Callable[..., object], *arguments: object) -> object:
    try:
        return function(*arguments)
    except Exception:  # noqa: BLE001  # that it fails is the answer
        return "fails"


def compare(
    helpers: dict[str, Callable[..., object]],
    spark: ArrowStreamPandasUDFSerializer,
    series: pd.Series,
    kind: pa.DataType,
    zone: str,
) -> None:
    theirs = attempt(spark._create_array, series, kind)
    ours = attempt(helpers["arrow_column"], series, kind, zone)
    same = theirs.equals(ours) if isinstance(theirs, pa.Array) and isinstance(ours, pa.Array) else theirs == ours
    if not same:
        print(f"{zone} {seen(series)} as {kind}: {theirs} here {ours}")


def main() -> None:
    helpers: dict[str, Callable[..., object]] = {}
    exec(Path(sys.argv[1]).read_text(encoding="utf-8"), helpers)
    table = pq.read_table(sys.argv[2])
    for zone in ZONES:
        spark = ArrowStreamPandasUDFSerializer(zone, safecheck=False, assign_cols_by_name=True)
        for part in (table, table.slice(0, 1), table.slice(1, 1), table.slice(0, 0)):
            frame = helpers["to_spark_pandas"](part, zone)
            for name in table.column_names:
                column = part[name].combine_chunks()
                shown = spark.arrow_to_pandas(pa.chunked_array([column]))
                for ours in (frame[name], helpers["pandas_series"](part[name], zone)):  # type: ignore[index]
                    if described(shown) != described(ours):
                        print(f"{zone} {name} seen: {described(shown)} here {described(ours)}")
                compare(helpers, spark, shown, column.type, zone)
        for series in RETURNED:
            for kind in KINDS:
                compare(helpers, spark, series, kind, zone)


if __name__ == "__main__":
    main()
