"""Reads of databases by JDBC, whose arguments stay as the job has them: an address or a password is no literal."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from migrate.frontend.parsing import parse_expression
from migrate.ir import Argument
from migrate.mapping import Call, Emission, NotCarried
from migrate.translate.built import quoted

_POSTGRES, _DRIVER = "jdbc:postgresql://", "org.postgresql.Driver"
_BOUNDS = ("column", "lowerBound", "upperBound", "numPartitions")
_ARGUMENTS = ("url", "table", *_BOUNDS, "predicates", "properties")
_OPTIONS = {
    "url": "url",
    "dbtable": "table",
    "query": "query",
    **{name.lower(): name for name in _BOUNDS if name != "column"},
    "partitioncolumn": "column",
}
_LOGIN = ("user", "password", "fetchsize")
_NOTE = "the emitted code reads PostgreSQL with the package psycopg, which has to be installed for it"


def is_jdbc(call: Call) -> bool:
    """Whether a ``load`` is one of the format ``jdbc``."""
    places = [link.args for link in call.stage.links if link.symbol == "DataFrameReader.format"]
    given = [argument.source for arguments in places for argument in arguments]
    given += [argument.source for argument in call.stage.args if argument.name == "format"]
    return any(_literal(call, source) == "jdbc" for source in given)


def by_arguments(call: Call) -> Emission:
    """``spark.read.jdbc(url, table, ...)``."""
    if any(link.symbol != "SparkSession.read" for link in call.stage.links):
        raise NotCarried("options beside the arguments of a read of a database are not mapped")
    return _read(call, dict(_named(call.stage.args, _ARGUMENTS)), None)


def by_options(call: Call) -> Emission:
    """``spark.read.format("jdbc").option(...).load()``."""
    given, login, driver = dict[str, str](), dict[str, str](), None
    for key, source in _options(call):
        if key == "driver":
            driver = _literal(call, source)
        elif key in _LOGIN:
            login[key] = source
        elif key in _OPTIONS:
            given[_OPTIONS[key]] = source
        else:
            raise NotCarried(f"the option {key} of jdbc is not mapped")
    if login:
        given["properties"] = f"{{{', '.join(f'{quoted(key)}: {source}' for key, source in login.items())}}}"
    return _read(call, given, driver)


def _options(call: Call) -> Iterator[tuple[str, str]]:
    for link in call.stage.links:
        name = link.symbol.removeprefix("DataFrameReader.")
        if name == "option":
            key, source = dict(_named(link.args, ("key", "value"))).values()
            yield str(_literal(call, key)).lower(), source
        elif name == "options":
            yield from ((key.lower(), source) for key, source in _named(link.args, ()))
        elif name not in {"SparkSession.read", "format"}:
            raise NotCarried(f"{link.symbol} of a read of a database is not mapped")
    for key, source in _named(call.stage.args, ("path", "format", "schema")):
        if key in {"path", "schema"}:
            raise NotCarried(f"the {key} of a read of a database is not mapped")
        if key != "format":
            yield key.lower(), source


def _named(arguments: tuple[Argument, ...], names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The arguments of a call by name, as source."""
    for place, argument in enumerate(arguments):
        if argument.name is None and place >= len(names):
            raise NotCarried(f"the argument {argument.source} of a read of a database is not mapped")
        yield argument.name or names[place], argument.source


def _read(call: Call, given: Mapping[str, str], driver: object) -> Emission:
    unknown = given.keys() - {*_ARGUMENTS, "query"}
    bounds = [name for name in _BOUNDS if name in given]
    if unknown:
        raise NotCarried(f"the argument {min(unknown)} of a read of a database is not mapped")
    if driver != _DRIVER and not _starts(call, given.get("url", "")):
        raise NotCarried(
            "reads of other databases than PostgreSQL, or of one that the job does not name, are not mapped"
        )
    if ("table" in given) is ("query" in given):
        raise NotCarried("a read of a database names a table or a query")
    if bounds and ("predicates" in given or "query" in given or len(bounds) < len(_BOUNDS)):
        if bounds != ["numPartitions"]:
            raise NotCarried("the parts of a read of a database are given by half, or twice")
        given = {name: source for name, source in given.items() if name != "numPartitions"}
    named = [f"{name}={source}" for name, source in given.items() if name not in {"url", "table"}]
    first = [given[name] for name in ("url", "table") if name in given]
    return Emission(f"read_jdbc({', '.join([*first, *named])})", helpers=("read_jdbc",), notes=(_NOTE,))


def _starts(call: Call, source: str) -> bool:
    """Whether an address is seen to be one of PostgreSQL, by its first part."""
    node = _bound(call, source)
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        node = call.bound(node.left.id) if isinstance(node.left, ast.Name) else node.left
    if isinstance(node, ast.JoinedStr) and node.values:
        node = node.values[0]
    text = node.value if isinstance(node, ast.Constant) else None
    return isinstance(text, str) and text.startswith(_POSTGRES)


def _literal(call: Call, source: str) -> object:
    """The text that a source stands for; None where it is no literal."""
    node = _bound(call, source)
    return node.value if isinstance(node, ast.Constant) else None


def _bound(call: Call, source: str) -> ast.expr | None:
    node: ast.expr | None = parse_expression(source)
    return call.bound(node.id) if isinstance(node, ast.Name) else node
