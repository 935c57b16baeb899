"""The mappings, one a file: found here, checked for two that claim one symbol."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache

from migrate.mapping import Mapping


@cache
def mappings() -> dict[str, Mapping]:
    """Every mapping by the symbol that it carries (``DataFrame.persist``)."""
    found: dict[str, Mapping] = {}
    for info in sorted(pkgutil.iter_modules(__path__), key=lambda info: info.name):
        module = importlib.import_module(f"{__name__}.{info.name}")
        for _, kind in inspect.getmembers(module, inspect.isclass):
            if not issubclass(kind, Mapping) or inspect.isabstract(kind) or kind.__module__ != module.__name__:
                continue
            mapping = kind()
            for symbol in kind.symbols:
                if symbol in found:
                    raise TypeError(f"{kind.__name__} and {type(found[symbol]).__name__} both carry {symbol}")
                found[symbol] = mapping
    return found
