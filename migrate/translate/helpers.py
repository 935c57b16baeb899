"""The helper functions and classes that an emitted file needs, in the order in which they must stand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from migrate.mapping import NotCarried
from migrate.templating import environment
from migrate.translate.names import asked_of, names_used
from migrate.translate.trim import Trimmable

_HEADER = re.compile(r"^\{#\s*(imports|needs):\s*(.*?)\s*#\}\n", re.MULTILINE)
_TRIMMED = "{# trimmed #}"
"""The line of a template that holds more than one job needs: what a job does not call is left out."""


def helper_source(names: Iterable[str], sorts: Iterable[str], uses: Iterable[str] = ()) -> tuple[str, set[str]]:
    """The source of the named helpers with all that they need, and the import lines they ask for.

    ``sorts`` are the sorts of type that the job's UDFs declare, ``uses`` the names, attributes and keywords that the
    emitted text asks for: helpers leave out what the job does not need. One that says ``needs: vectors if
    vector_columns`` needs the first only beside the second, or where the job uses a member of that name.
    """
    source, imports = _source(frozenset(names), frozenset(sorts), frozenset(uses))
    return source, set(imports)


@lru_cache(maxsize=128)
def _source(names: frozenset[str], sorts: frozenset[str], members: frozenset[str]) -> tuple[str, frozenset[str]]:
    wanted = set(names)
    while True:
        ordered: list[str] = []
        imports: set[str] = set()
        for name in sorted(wanted):
            _collect(name, ordered, imports)
        more = set(_needed_here(ordered, members)) - set(ordered)
        if not more:
            break
        wanted |= more
    options = {"types": sorted(sorts), "uses": sorted(members), "helpers": ordered}
    pieces = {name: environment().get_template(_path(name)).render(options).strip("\n") for name in ordered}
    _refuse_twins(pieces)
    source = "\n\n\n".join(_trimmed(pieces, members).values())
    used = names_used(ast.parse(source))
    return source, frozenset(asked for line in imports for asked in _asked(line, used))


def _refuse_twins(pieces: dict[str, str]) -> None:
    """NotCarried where two of the helpers define the same name, as those of ml's and mllib's classes do."""
    defined: set[str] = set()
    for text in pieces.values():
        names = _defined(text)
        if twice := names & defined:
            raise NotCarried(f"it needs two different helpers that are both called {min(twice)}")
        defined |= names


@lru_cache(maxsize=1024)
def _defined(text: str) -> frozenset[str]:
    """The functions and classes at the top of a helper."""
    return frozenset(n.name for n in ast.parse(text).body if isinstance(n, ast.FunctionDef | ast.ClassDef))


def _asked(line: str, used: set[str]) -> Iterator[str]:
    """The import line with those of its names that are read, nothing where none is."""
    (statement,) = ast.parse(line).body
    assert isinstance(statement, ast.Import | ast.ImportFrom)
    statement.names = [name for name in statement.names if (name.asname or name.name.split(".")[0]) in used]
    if statement.names:
        yield ast.unparse(statement)


def _path(name: str) -> str:
    return f"stage/{name}.py.j2"


def _trimmed(pieces: dict[str, str], uses: frozenset[str]) -> dict[str, str]:
    """The helpers by name, those that may be trimmed without what neither the job nor another helper asks for."""
    whole = {name: text for name, text in pieces.items() if _TRIMMED not in _text_of(name)}
    parts = {name: _trimmable(text) for name, text in pieces.items() if name not in whole}
    asked, known = uses.union(*(_asks(text) for text in whole.values())), -1
    while len(asked) > known:
        known = len(asked)
        asked = asked.union(*(part.asks(asked) for part in parts.values()))
    return {name: whole.get(name) or parts[name].text(asked).strip("\n") for name in pieces}


@lru_cache(maxsize=1024)
def _trimmable(text: str) -> Trimmable:
    return Trimmable(f"{text}\n")


@lru_cache(maxsize=1024)
def _asks(text: str) -> frozenset[str]:
    return frozenset(asked_of(ast.parse(text)))


def _text_of(name: str) -> str:
    """The template itself."""
    env = environment()
    assert env.loader is not None
    return env.loader.get_source(env, _path(name))[0]


def _headers(name: str) -> list[tuple[str, str]]:
    """What a template says that it imports and needs."""
    return _HEADER.findall(_text_of(name))


def _needed_here(ordered: list[str], members: frozenset[str]) -> Iterator[str]:
    """What the helpers need only beside others, or for members, that are in use."""
    for name in ordered:
        for _, value in _headers(name):
            needed, _, condition = value.partition(" if ")
            if condition and (condition in ordered or condition in members):
                yield from (one.strip() for one in needed.split(","))


def _collect(name: str, ordered: list[str], imports: set[str]) -> None:
    if name in ordered:
        return
    for kind, value in _headers(name):
        if kind == "imports":
            imports.add(value)
        elif " if " not in value:
            for needed in value.split(","):
                _collect(needed.strip(), ordered, imports)
    if name not in ordered:
        ordered.append(name)
