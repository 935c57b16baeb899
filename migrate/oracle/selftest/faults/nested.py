"""Faults inside lists, structs and maps."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pyarrow as pa

from migrate.oracle.selftest.faults.fault import Change, Fault, Test, cast, every, filled, null_to, one

_INTEGER: Test = pa.types.is_integer
_FLOAT: Test = pa.types.is_floating
_TEXT: Test = pa.types.is_string
_LIST: Test = pa.types.is_list
_STRUCT: Test = pa.types.is_struct
_MAP: Test = pa.types.is_map


def _first(change: Change) -> Change:
    return lambda value: [change(value[0]), *value[1:]]


def _long(value: Any) -> bool:
    return value is not None and len(value) > 1


def _list_of(*tests: Test) -> Test:
    return lambda kind: _LIST(kind) and any(test(kind.value_type) for test in tests)


FAULTS = (
    Fault("one element", _list_of(_INTEGER, _FLOAT), one(_first(lambda value: value + 1), filled)),
    Fault("one element", _list_of(_TEXT), one(_first(lambda value: value + "x"), filled)),
    Fault("one element", _list_of(_LIST), one(_first(lambda value: [value[0] + 1, *value[1:]]), filled)),
    Fault("one element", _list_of(_STRUCT), one(_first(lambda value: {**value, "score": value["score"] + 1}), filled)),
    Fault("elements in reverse", _LIST, one(lambda value: value[::-1], _long)),
    Fault("the last element is lost", _LIST, one(lambda value: value[:-1], filled)),
    Fault("an element twice", _LIST, one(lambda value: [*value, value[-1]], filled)),
    Fault("an element becomes NULL", _LIST, one(_first(lambda value: None), filled)),
    Fault(
        "NULL elements are dropped",
        _list_of(_INTEGER),
        every(lambda v: [e for e in v if e is not None], lambda v: v and None in v),
    ),
    Fault("empty becomes NULL", _LIST, every(lambda _: None, lambda value: value == [])),
    Fault("NULL becomes empty", _LIST, null_to([])),
    Fault("the last bit of an element", _list_of(_FLOAT), one(_first(lambda v: v * (1 + 2e-7)), filled)),
    Fault("elements of another type", _list_of(_INTEGER), cast(pa.list_(pa.int32()))),
    Fault("elements of another type", _list_of(_FLOAT), lambda a: a.cast(pa.list_(pa.float64()))),
    Fault(
        "a list less deep",
        _list_of(_LIST),
        lambda a: pa.array([v and list(chain.from_iterable(v)) for v in a.to_pylist()], pa.list_(pa.float64())),
    ),
    Fault("one field", _STRUCT, one(lambda value: {**value, "x": value["x"] + 1})),
    Fault("one field becomes NULL", _STRUCT, one(lambda value: {**value, "s": None})),
    Fault(
        "a NULL field becomes 0", _STRUCT, every(lambda v: {**v, "n": 0}, lambda v: v is not None and v["n"] is None)
    ),
    Fault("NULL becomes a struct of NULLs", _STRUCT, null_to({})),
    Fault(
        "a field of another type",
        _STRUCT,
        lambda a: a.cast(pa.struct([("x", pa.float32()), ("n", pa.int32()), ("s", pa.string())])),
    ),
    Fault(
        "a field of another name",
        _STRUCT,
        lambda a: pa.StructArray.from_arrays(a.flatten(), names=["x", "m", "s"], mask=a.is_null()),
    ),
    Fault("one value", _MAP, one(lambda value: [(value[0][0], value[0][1] + 1), *value[1:]], filled)),
    Fault("one key", _MAP, one(lambda value: [(value[0][0] + "x", value[0][1]), *value[1:]], filled)),
    Fault("an entry is lost", _MAP, one(lambda value: value[1:], filled)),
    Fault("values change keys", _MAP, one(lambda v: [(v[0][0], v[1][1]), (v[1][0], v[0][1]), *v[2:]], _long)),
    Fault("empty becomes NULL", _MAP, every(lambda _: None, lambda value: value == [])),
    Fault(
        "a map becomes a list of structs",
        _MAP,
        lambda a: pa.array(
            [v and [{"key": key, "value": value} for key, value in v] for v in a.to_pylist()],
            pa.list_(pa.struct([("key", pa.string()), ("value", pa.int64())])),
        ),
    ),
)
