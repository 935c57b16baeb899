"""The helper functions and classes that an emitted file needs, in the order in which they must stand."""

from __future__ import annotations

import re
from collections.abc import Iterable

from migrate.templating import environment

_HEADER = re.compile(r"^\{#\s*(imports|needs):\s*(.*?)\s*#\}\n", re.MULTILINE)


def helper_source(names: Iterable[str], sorts: Iterable[str]) -> tuple[str, set[str]]:
    """The source of the named helpers with all that they need, and the import lines they ask for.

    ``sorts`` are the sorts of type that the job's UDFs declare: helpers leave out what no UDF needs.
    """
    ordered: list[str] = []
    imports: set[str] = set()
    for name in sorted(set(names)):
        _collect(name, ordered, imports)
    template = environment()
    pieces = [template.get_template(_path(name)).render(types=sorted(sorts)).strip("\n") for name in ordered]
    return "\n\n\n".join(pieces), imports


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
