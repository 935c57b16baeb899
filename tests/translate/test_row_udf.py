"""What a row UDF's result becomes under each declared type is what Spark 3.5 made of it, cell by cell."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from migrate.translate.helpers import helper_source
from migrate.translate.spark_types import from_ddl

DAY, TIME = dt.date(2020, 1, 2), dt.datetime(2020, 1, 2, 3, 4, 5, 6)
RETURNED: list[Any] = [
    *(3, 3.7, "5", True, 2**40, 2**31, 300, 2**70, Decimal("1.5"), Decimal("2.345"), Decimal("-2.345"), DAY, TIME),
    *(b"ab", [1, 2], [1.5, None], ["a", None], (1, "x"), [[1], [2, 3]]),
    *({"a": 1}, {"a": None, "b": 2.5}, {"a": 1, "b": "x"}),
]
NULLS = [None, None]
# What Spark made of a value, by the declared type; of every other value it made NULL.
ON_SPARK: dict[str, list[tuple[Any, Any]]] = {
    "double": [(3.7, 3.7)],
    "float": [(3.7, 3.700000047683716)],
    "int": [(3, 3), (2**40, 0), (2**31, -(2**31)), (300, 300)],
    "bigint": [(3, 3), (2**40, 2**40), (2**31, 2**31), (300, 300)],
    "tinyint": [(3, 3), (2**40, 0), (2**31, 0), (300, 44)],
    "boolean": [(True, True)],
    "decimal(10,2)": [
        (Decimal("1.5"), Decimal("1.50")),
        (Decimal("2.345"), Decimal("2.35")),
        (Decimal("-2.345"), Decimal("-2.35")),
    ],
    "binary": [("5", b"5"), (b"ab", b"ab")],
    "array<int>": [
        *(([1, 2], [1, 2]), ([1.5, None], NULLS), (["a", None], NULLS), (b"ab", [97, 98])),
        *(([[1], [2, 3]], NULLS), ((1, "x"), [1, None])),
    ],
    "array<double>": [
        *(([1, 2], NULLS), ([1.5, None], [1.5, None]), (["a", None], NULLS), (b"ab", NULLS)),
        *(([[1], [2, 3]], NULLS), ((1, "x"), NULLS)),
    ],
    "map<string,double>": [
        ({"a": 1}, {"a": None}),
        ({"a": None, "b": 2.5}, {"a": None, "b": 2.5}),
        ({"a": 1, "b": "x"}, {"a": None, "b": None}),
    ],
}
# Where another value is no NULL but fails: on Spark too, but for what a string makes of it, which Java writes its way.
STRICT: dict[str, list[tuple[Any, Any]]] = {
    "string": [
        *((3, "3"), ("5", "5"), (True, "true"), (2**40, str(2**40)), (2**31, str(2**31)), (300, "300")),
        (2**70, str(2**70)),
    ],
    "date": [(DAY, DAY), (TIME, DAY)],
    "timestamp_ntz": [(TIME, TIME)],
    "struct<a:int,b:string>": [
        *(([1, 2], {"a": 1, "b": "2"}), ({"a": 1}, {"a": 1, "b": None}), ({"a": 1, "b": "x"}, {"a": 1, "b": "x"})),
        ((1, "x"), {"a": 1, "b": "x"}),
    ],
}


def made(declared: str, value: object) -> object:
    """The cell that the emitted RowUdf of that type makes of a returned value."""
    kind = from_ddl(declared)
    source, imports = helper_source({"row_udf"}, kind.sorts)
    emitted: dict[str, Any] = {"pa": pa}
    exec("\n".join([*sorted(imports), source]), emitted)
    udf = emitted["RowUdf"](lambda _: value, eval(kind.text, {"pa": pa}))
    return udf(pa.array([0])).to_pylist(maps_as_pydicts="strict")[0]


def _given(value: object, cells: list[tuple[Any, Any]]) -> list[Any]:
    return [result for returned, result in cells if type(returned) is type(value) and returned == value]


@pytest.mark.parametrize("declared", ON_SPARK)
def test_what_does_not_fit_is_null(declared: str) -> None:
    for value in RETURNED:
        assert [made(declared, value)] == (_given(value, ON_SPARK[declared]) or [None]), (declared, value)


@pytest.mark.parametrize("declared", STRICT)
def test_what_does_not_fit_fails(declared: str) -> None:
    for value in RETURNED:
        wanted = _given(value, STRICT[declared])
        if wanted:
            assert [made(declared, value)] == wanted
        elif not (declared.startswith("struct") and isinstance(value, list)):
            with pytest.raises((AttributeError, TypeError, ValueError)):
                made(declared, value)


def test_a_numpy_value_fails() -> None:
    import numpy as np

    with pytest.raises(TypeError, match="must return Python values"):
        made("double", np.float64(1.5))
