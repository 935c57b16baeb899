"""Logical types: what a column means, with everything that is only storage taken out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


class Kind(Enum):
    """The families of values that the oracle can compare."""

    ABSENT = "absent"
    NULL = "null"
    BOOL = "bool"
    INT = "int"
    FLOAT = "float"
    DECIMAL = "decimal"
    STRING = "string"
    BINARY = "binary"
    DATE = "date"
    TIME = "time"
    TIMESTAMP = "timestamp"
    DURATION = "duration"
    LIST = "list"
    STRUCT = "struct"
    MAP = "map"
    JSON = "json"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Logical:
    """A logical type; two are the same when their names are.

    ``name`` is what people are shown. ``fields`` are a struct's fields by name, a list's ``item``, a map's ``key`` and
    ``value``. ``units`` and ``zone`` are storage: the units of time in which values are kept, the name of the zone in
    which they are shown.
    """

    name: str
    kind: Kind = field(compare=False)
    fields: tuple[tuple[str, Logical], ...] = field(default=(), compare=False)
    units: frozenset[str] = field(default=frozenset(), compare=False)
    zone: str | None = field(default=None, compare=False)

    def child(self, name: str) -> Logical | None:
        return dict(self.fields).get(name)

    @property
    def comparable(self) -> bool:
        """Whether the oracle knows what equality means for these values, inside nested ones too."""
        return self.kind is not Kind.UNKNOWN and all(child.comparable for _, child in self.fields)

    @property
    def has_floats(self) -> bool:
        """Whether a tolerance could reach anything in here."""
        return self.kind in (Kind.FLOAT, Kind.JSON) or any(child.has_floats for _, child in self.fields)


ABSENT = Logical("absent", Kind.ABSENT)
TEXT = Logical("text", Kind.STRING)
JSON = Logical("json", Kind.JSON)
DOUBLE = Logical("double", Kind.FLOAT)

_FLOATS = {16: "half", 32: "float", 64: "double"}
_UTC = frozenset({"UTC", "+00:00", "-00:00", "Etc/UTC", "Z", "GMT", "Etc/GMT"})


def logical(kind: pa.DataType) -> Logical:
    """The logical type of an Arrow type; one that cannot be compared is of the kind `UNKNOWN`."""
    import pyarrow as pa

    types = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        return _extension(kind)
    if types.is_dictionary(kind) or types.is_run_end_encoded(kind):
        return logical(kind.value_type)
    if types.is_null(kind):
        return Logical("null", Kind.NULL)
    if types.is_boolean(kind):
        return Logical("bool", Kind.BOOL)
    if types.is_integer(kind):
        return Logical(str(kind), Kind.INT)
    if types.is_floating(kind):
        return Logical(_FLOATS[kind.bit_width], Kind.FLOAT)
    if types.is_decimal(kind):
        return Logical(f"decimal({kind.precision},{kind.scale})", Kind.DECIMAL)
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return Logical("string", Kind.STRING)
    if (
        types.is_binary(kind)
        or types.is_large_binary(kind)
        or types.is_fixed_size_binary(kind)
        or types.is_binary_view(kind)
    ):
        return Logical("binary", Kind.BINARY)
    if types.is_temporal(kind) and not types.is_interval(kind):
        return _temporal(kind)
    if types.is_nested(kind) and not types.is_union(kind):
        return _nested(kind)
    return Logical(str(kind), Kind.UNKNOWN)


def _temporal(kind: pa.DataType) -> Logical:
    import pyarrow as pa

    if pa.types.is_date(kind):
        return Logical("date", Kind.DATE, units=frozenset({"ms" if pa.types.is_date64(kind) else "d"}))
    units = frozenset({kind.unit})
    if pa.types.is_time(kind):
        return Logical("time", Kind.TIME, units=units)
    if pa.types.is_duration(kind):
        return Logical("duration", Kind.DURATION, units=units)
    if kind.tz is None:
        return Logical("timestamp", Kind.TIMESTAMP, units=units)
    zone = "UTC" if kind.tz in _UTC else kind.tz
    return Logical("timestamp with time zone", Kind.TIMESTAMP, units=units, zone=zone)


def _nested(kind: pa.DataType) -> Logical:
    import pyarrow as pa

    if pa.types.is_struct(kind):
        children = [kind.field(i) for i in range(kind.num_fields)]
        names = [child.name for child in children]
        if len(set(names)) < len(names):
            # By its name alone, a field would stand for both.
            return Logical(str(kind), Kind.UNKNOWN)
        fields = tuple(sorted((child.name, logical(child.type)) for child in children))
        return Logical(
            "struct<" + ", ".join(f"{name}: {child.name}" for name, child in fields) + ">", Kind.STRUCT, fields
        )
    if pa.types.is_map(kind):
        key, value = logical(kind.key_type), logical(kind.item_type)
        return Logical(f"map<{key.name}, {value.name}>", Kind.MAP, (("key", key), ("value", value)))
    item = logical(kind.value_type)
    return Logical(f"list<{item.name}>", Kind.LIST, (("item", item),))


def _extension(kind: pa.BaseExtensionType) -> Logical:
    storage = logical(kind.storage_type)
    # Only Arrow's own extensions are registered in every process; any other is known or not by what was imported.
    if not kind.extension_name.startswith("arrow."):
        return storage
    shape = getattr(kind, "shape", None)
    name = f"{kind.extension_name}{list(shape) if shape is not None else ''}<{storage.name}>"
    return Logical(name, storage.kind, storage.fields, storage.units, storage.zone)
