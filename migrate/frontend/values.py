"""What an expression of the analysed program is known to be: the values that the interpreter computes with."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from migrate.frontend.symbols import Op
from migrate.ir import HeavyKind

if TYPE_CHECKING:
    from migrate.frontend.module import Module
    from migrate.frontend.scope import Scope

Key = tuple[str, int, int, int, int]
"""A place in the source that makes a stage: path, line, column, end line, end column of its call."""
Keys = frozenset[Key]
NOTHING: Keys = frozenset()


@dataclass(frozen=True, eq=False)
class Unknown:
    """Known only by what it was made from: UDFs, datasets whose rows it holds, and the library call that gave it."""

    udfs: Keys = NOTHING
    local: Keys = NOTHING
    origin: str = ""


@dataclass(frozen=True, eq=False)
class Ref:
    """A name of a module outside the analysed files, by its dotted origin."""

    symbol: str


@dataclass(frozen=True, eq=False)
class Text:
    """A string: as much of it as is known, with ``{}`` for what is not."""

    text: str


@dataclass(frozen=True, eq=False)
class Function:
    """A function or lambda of the analysed program; ``owner`` is the object that a method is bound to."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    name: str
    owner: Value | None = None
    given: tuple[Value, ...] = ()
    named: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, eq=False)
class Class:
    """A class of the analysed program; ``base`` is what the table says of the Spark class that it extends."""

    node: ast.ClassDef
    scope: Scope
    bases: tuple[Value, ...] = ()


@dataclass(eq=False)
class Instance:
    """An object of a class of the analysed program, with the attributes that its methods set."""

    cls: Class
    attributes: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Namespace:
    """A module of the analysed files."""

    scope: Scope


@dataclass(frozen=True, eq=False)
class Items:
    """A tuple, list, set or dict: what is known of its members, by position or key; others may be there too."""

    members: tuple[Value, ...] = ()
    keys: tuple[object, ...] = ()
    exact: bool = True


@dataclass(frozen=True, eq=False)
class Udf:
    """A UDF, or with ``pending`` the decorator that will make one.

    ``key`` is the place that makes it, ``others`` are those of the branches not taken.
    """

    key: Key
    op: Op
    pending: bool = False
    declared: str | None = None
    others: Keys = NOTHING

    @property
    def keys(self) -> Keys:
        """Every place that may have made it."""
        return self.others | {self.key}


@dataclass(frozen=True, eq=False)
class Shipped:
    """A function handed to Spark: its definition, or what the call says of one that lives elsewhere."""

    name: str
    module: Module | None
    node: ast.AST | None
    declared: str | None = None


@dataclass(frozen=True, eq=False)
class LinkAt:
    """A builder call: its name, its node and where its receiver ends."""

    op: Op
    symbol: str
    module: Module
    node: ast.AST
    start: tuple[int, int]
    call: ast.Call | None


@dataclass(frozen=True, eq=False)
class Carried:
    """What a builder call said of the stage that a later call makes: its kind, the place to name, the functions."""

    heavy: HeavyKind
    name_at: tuple[int, int]
    functions: tuple[Shipped, ...]


@dataclass(frozen=True, eq=False)
class Spark:
    """A value of a Spark type.

    ``producers`` are the stages whose data it holds. ``links`` are builder calls since the dataset at ``start``
    (``None``: no dataset yet). ``source`` is the class that an estimator or a runner was made of, ``parts`` its stages.
    ``many`` is a list of such values. ``sure`` is False where the type was inferred from its use.
    """

    type: str
    producers: Keys = NOTHING
    udfs: Keys = NOTHING
    links: tuple[LinkAt, ...] = ()
    start: tuple[int, int] | None = None
    source: Op | None = None
    source_name: str = ""
    parts: tuple[Spark, ...] = ()
    heavy: Carried | None = None
    many: bool = False
    sure: bool = True


@dataclass(frozen=True, eq=False)
class Method:
    """A method of a Spark value that is passed on instead of called."""

    base: Spark
    name: str


Value = Unknown | Ref | Text | Function | Class | Instance | Namespace | Items | Udf | Spark | Method
UNKNOWN = Unknown()


def udfs_of(value: Value) -> Keys:
    """The UDFs that went into a value."""
    if isinstance(value, (Unknown, Spark)):
        return value.udfs
    if isinstance(value, Udf):
        return value.keys
    if isinstance(value, Items):
        found = NOTHING
        for member in value.members:
            found |= udfs_of(member)
        return found
    return NOTHING


def local_of(value: Value) -> Keys:
    """The datasets whose rows a driver-side value holds."""
    if isinstance(value, Unknown):
        return value.local
    if isinstance(value, Items):
        found = NOTHING
        for member in value.members:
            found |= local_of(member)
        return found
    return NOTHING


def datasets_of(value: Value) -> tuple[Spark, ...]:
    """The Spark values with data in them that a value is or holds."""
    if isinstance(value, Spark):
        return (value,) if value.producers else ()
    if isinstance(value, Items):
        return tuple(found for member in value.members for found in datasets_of(member))
    return ()


def derived(*values: Value) -> Value:
    """What an unknown operation on these values gives: unknown, but made of their UDFs and rows."""
    udfs = local = NOTHING
    for value in values:
        udfs |= udfs_of(value)
        local |= local_of(value)
    return Unknown(udfs, local) if udfs or local else UNKNOWN


def joined(one: Value, other: Value) -> Value:
    """What a variable is where two branches meet."""
    if one is other:
        return one
    if isinstance(one, Spark) and isinstance(other, Spark):
        if one.type == other.type:
            merged = replace(
                one,
                producers=one.producers | other.producers,
                udfs=one.udfs | other.udfs,
                parts=one.parts or other.parts,
                source=one.source or other.source,
                heavy=one.heavy or other.heavy,
                sure=one.sure and other.sure,
            )
            return merged if merged.producers != one.producers or merged.udfs != one.udfs else one
        return one if one.producers or not other.producers else other
    if (
        isinstance(one, Items)
        and isinstance(other, Items)
        and len(one.members) == len(other.members)
        and one.keys == other.keys
    ):
        return replace(
            one,
            members=tuple(joined(a, b) for a, b in zip(one.members, other.members, strict=False)),
            exact=one.exact and other.exact,
        )
    if isinstance(one, Udf) and isinstance(other, Udf):
        return one if other.keys <= one.keys else replace(one, others=one.others | other.keys)
    for first, second in ((one, other), (other, one)):
        if isinstance(first, Unknown) and not isinstance(second, Unknown):
            return replace(second, sure=False) if isinstance(second, Spark) else second
    if isinstance(one, Unknown) and isinstance(other, Unknown):
        return derived(one, other)
    for first, second in ((one, other), (other, one)):
        if isinstance(first, (Text, Ref)) and not isinstance(second, (Text, Ref)):
            return second
    return one
