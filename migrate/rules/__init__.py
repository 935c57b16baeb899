"""The registry of rules: every code that the toolkit speaks of, each with its page."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module

from migrate.ir import HeavyKind
from migrate.rules.model import Family, Rule

__all__ = ["Family", "Rule", "code_for", "rules"]


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule by its code, in the order of the codes. A code that two rules claim is our mistake and raises."""
    found: dict[str, Rule] = {}
    for module in pkgutil.iter_modules(__path__):
        for rule in getattr(import_module(f"{__name__}.{module.name}"), "RULES", ()):
            if rule.code in found:
                raise ValueError(f"{rule.code} is both {found[rule.code].name} and {rule.name}")
            found[rule.code] = rule
    return dict(sorted(found.items()))


def code_for(symbol: str, heavy: HeavyKind | None = None) -> str | None:
    """The code of a stage, by its resolved symbol and the mechanism that makes it heavy; None where there is no rule.

    A rule of both symbol and mechanism wins (``CrossValidator.fit`` among the searches), then the mechanism's own
    rule, then the symbol's. A symbol may be qualified: ``pyspark.ml.feature.IDF.fit`` is ``IDF.fit``. A rule of
    ``GraphFrame.*`` has what no other rule says of that type.
    """
    by_symbol, by_heavy = _tables()
    candidates = [code for name in _names(symbol) for code in by_symbol.get(name, ())]
    if heavy is None:
        return candidates[0] if candidates else None
    both = [code for code in candidates if heavy in rules()[code].heavy]
    found = both or _own_rule(by_heavy.get(heavy, [])) or candidates
    return found[0] if found else None


def _own_rule(codes: list[str]) -> list[str]:
    """The rules that speak of a mechanism in general: those without symbols, else the first."""
    return [code for code in codes if not rules()[code].symbols] or codes[:1]


# A streaming frame is a frame: what has no rule of its own there has that of a batch.
_PARENTS = {"StreamFrame": "DataFrame", "StreamGrouped": "GroupedData"}


def _names(symbol: str) -> list[str]:
    """The ways in which a rule may name a symbol, the telling ones first."""
    parts = symbol.split(".")
    short = [".".join(parts[start:]) for start in range(len(parts))]
    if parts[0] in _PARENTS:
        short.append(".".join([_PARENTS[parts[0]], *parts[1:]]))
    return short + [f"{name.rpartition('.')[0]}.*" for name in short if "." in name]


@cache
def _tables() -> tuple[dict[str, list[str]], dict[HeavyKind, list[str]]]:
    by_symbol: dict[str, list[str]] = {}
    by_heavy: dict[HeavyKind, list[str]] = {}
    for code, rule in rules().items():
        for symbol in rule.symbols:
            by_symbol.setdefault(symbol, []).append(code)
        for heavy in rule.heavy:
            by_heavy.setdefault(heavy, []).append(code)
    return by_symbol, by_heavy
