"""Looks up what a call on a Spark type, or on a name imported from a Spark library, does and returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from migrate.frontend.spark_api import SYMBOLS, TYPES
from migrate.ir import Cost, HeavyKind, Kind


@dataclass(frozen=True)
class Slot:
    """Where an argument stands: its position, and the keyword it may be given by."""

    position: int
    keyword: str | None = None
    types: tuple[str, ...] = ()


@dataclass(frozen=True)
class Op:
    """What one attribute of a Spark type, or one imported name, does and returns; ``kind`` None is a builder link."""

    symbol: str
    result: str
    kind: Kind | None = None
    cost: Cost = Cost.NATIVE
    heavy: HeavyKind | None = None
    ships: tuple[Slot, ...] = ()
    calls: tuple[Slot, ...] = ()
    udf: Slot | None = None
    distinctive: bool = False
    flags: frozenset[str] = field(default_factory=frozenset)
    options: tuple[tuple[str, str], ...] = ()

    def option(self, name: str) -> str | None:
        """The value of ``name=value`` in the table."""
        for key, value in self.options:
            if key == name:
                return value
        return None


def _slots(text: str) -> tuple[Slot, ...]:
    found = []
    where, _, types = text.partition(">")
    for part in where.split(","):
        position, _, keyword = part.lstrip("?").partition(":")
        found.append(Slot(int(position), keyword or None, tuple(types.split(",")) if types else ()))
    return tuple(found)


def _calls(text: str) -> tuple[Slot, ...]:
    position, _, rest = text.partition(":")
    keyword, _, types = rest.partition(">")
    return (Slot(int(position), keyword or None, tuple(t for t in types.split(",") if t)),)


def _op(symbol: str, result: str, what: str, flags: str, distinctive: bool) -> Op:
    words = what.split()
    options = tuple((f.split("=", 1)[0], f.split("=", 1)[1]) for f in flags.split() if "=" in f)
    option = dict(options)
    heavy = option.get("heavy") or (words[2] if len(words) > 2 else None)
    kind = Kind(words[0]) if words else None
    udf = None
    if "udf" in option:
        udf = _slots(option["udf"])[0] if option["udf"] != "-" else Slot(-1)
    return Op(
        symbol=symbol,
        result=result,
        kind=kind,
        cost=Cost(words[1]) if words else Cost.NATIVE,
        heavy=HeavyKind(heavy) if heavy else None,
        ships=_slots(option["ships"]) if "ships" in option else (),
        calls=_calls(option["calls"]) if "calls" in option else (),
        udf=udf,
        distinctive=distinctive,
        flags=frozenset(f for f in flags.split() if "=" not in f),
        options=options,
    )


@lru_cache(maxsize=1)
def _types() -> dict[str, dict[str, Op]]:
    tables: dict[str, dict[str, Op]] = {}
    owner = ""
    for line in TYPES.splitlines():
        if line.startswith("@"):
            owner, _, parent = line[1:].partition(" < ")
            owner = owner.strip()
            tables[owner] = dict(tables.get(parent.strip(), {}))
        elif line:
            names, result, what, flags = (part.strip() for part in line.split("|"))
            for name in names.split():
                plain = name.rstrip("!")
                tables[owner][plain] = _op(f"{owner}.{plain}", result, what, flags, name.endswith("!"))
    return tables


@lru_cache(maxsize=1)
def _symbols() -> dict[str, Op]:
    table: dict[str, Op] = {}
    for line in SYMBOLS.strip().splitlines():
        names, result, what, flags = (part.strip() for part in line.split("|"))
        for name in names.split():
            table[name] = _op(name, result, what, flags, False)
    return table


@lru_cache(maxsize=1)
def roots() -> frozenset[str]:
    """The packages that the table speaks of: a name imported from them is theirs, even inside their own repository."""
    return frozenset(name.split(".", 1)[0] for name in _symbols()) - {"functools", "joblib", "sklearn", "delta", "ai"}


def of_type(owner: str, attribute: str) -> Op | None:
    """What ``attribute`` of the Spark type ``owner`` is; None where the table doesn't have it."""
    table = _types().get(owner)
    if table is None:
        return None
    return table.get(attribute) or (table.get("*") if not attribute.startswith("__") else None)


def known_type(name: str) -> bool:
    """Whether ``name`` is a type of the table."""
    return name in _types()


@lru_cache(maxsize=4096)
def of_name(dotted: str) -> Op | None:
    """What the imported name ``dotted`` is; None where the table doesn't have it."""
    table = _symbols()
    exact = table.get(dotted)
    if exact is not None:
        return exact
    parent, _, last = dotted.rpartition(".")
    found = table.get(parent + ".*")
    if found is None:
        return None
    if "class" in found.flags and not last[:1].isupper():
        return None
    return found


def is_class(op: Op) -> bool:
    """Whether the name is a class, so that its attributes are those of its type."""
    return "class" in op.flags


def is_named(op: Op, name: str) -> bool:
    """Whether a name looks like those that a whole module has, where the table says how they look."""
    words = op.option("names")
    return words is not None and any(word in name for word in words.split(","))


@lru_cache(maxsize=1)
def _distinctive() -> dict[str, str]:
    owners: dict[str, str] = {}
    for owner, table in _types().items():
        for name, op in table.items():
            if op.distinctive and op.symbol.startswith(owner + "."):
                owners.setdefault(name, owner)
    return owners


def owner_of(attribute: str) -> str | None:
    """The only Spark type that has this attribute; None where several, or other libraries, have it too."""
    return _distinctive().get(attribute)


def guess(chain: tuple[str, ...]) -> str | None:
    """The type of an unknown object from the chain of attributes read from it; None where nothing tells."""
    for index, attribute in enumerate(chain):
        owner = owner_of(attribute)
        if owner is None:
            continue
        if index == 0:
            return owner
        for candidate in (owner, "DataFrame", "RDD", "SparkSession", "SparkContext"):
            if _leads(candidate, chain[:index], owner):
                return candidate
        return None
    return None


def _leads(start: str, chain: tuple[str, ...], goal: str) -> bool:
    current = start
    for attribute in chain:
        op = of_type(current, attribute)
        if op is None:
            return False
        current = current if op.result in ("Same", "-") else op.result.strip("[]")
    return current == goal
