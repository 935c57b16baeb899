"""Frozen dataclasses as JSON and back, by their annotations."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from enum import Enum
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


def encode(value: Any) -> Any:
    """The values that `json.dumps` takes; enums are texts already, tuples become lists."""
    return asdict(value)


def decode(kind: type[T], value: Any) -> T:
    """The dataclass again. Raises ValueError, KeyError or TypeError where ``value`` is none of its kind."""
    return cast("T", _decode(kind, value))


def _decode(kind: Any, value: Any) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is Any or origin is Mapping:
        return value
    if origin in (Union, types.UnionType):
        return None if value is None else _decode(next(each for each in arguments if each is not type(None)), value)
    if origin is tuple:
        return tuple(_decode(arguments[0], each) for each in value)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return cast("Any", kind)(**{each.name: _decode(hints[each.name], value[each.name]) for each in fields(kind)})
    if issubclass(kind, Enum):
        return kind(value)
    if not isinstance(value, (kind, int) if kind is float else kind):
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value
