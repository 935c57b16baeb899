"""The helper functions and classes that an emitted file needs, in the order in which they must stand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from migrate.templating import environment
from migrate.translate.names import names_used

_HEADER = re.compile(r"^\{#\s*(imports|needs):\s*(.*?)\s*#\}\n", re.MULTILINE)


def helper_source(names: Iterable[str], sorts: Iterable[str], uses: Iterable[str] = ()) -> tuple[str, set[str]]:
    """The source of the named helpers with all that they need, and the import lines they ask for.

    ``sorts`` are the sorts of type that the job's UDFs declare, ``uses`` the attributes and keywords that the emitted
    text names: helpers leave out what the job does not need.
    """
    ordered: list[str] = []
    imports: set[str] = set()
    for name in sorted(set(names)):
        _collect(name, ordered, imports)
    template = environment()
    options = {"types": sorted(sorts), "uses": sorted(set(uses)), "helpers": ordered}
    pieces = [template.get_template(_path(name)).render(options).strip("\n") for name in ordered]
    source = "\n\n\n".join(pieces)
    used = names_used(ast.parse(source))
    return source, {line for line in imports if _names(line) & used}


def _names(line: str) -> set[str]:
    """The names that an import line binds."""
    return {alias.asname or alias.name.split(".")[0] for alias in ast.parse(line).body[0].names}  # type: ignore[attr-defined]


def _path(name: str) -> str:
    return f"stage/{name}.py.j2"


def _collect(name: str, ordered: list[str], imports: set[str]) -> None:
    if name in ordered:
        return
    env = environment()
    assert env.loader is not None
    source = env.loader.get_source(env, _path(name))[0]
    for kind, value in _HEADER.findall(source):
        if kind == "imports":
            imports.add(value)
        else:
            for needed in value.split(","):
                _collect(needed.strip(), ordered, imports)
    if name not in ordered:
        ordered.append(name)
