"""Reads and writes of files: the format, paths, schema and options that a job gives Spark, wherever it writes them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from migrate.frontend.parsing import UNREADABLE, parse_expression
from migrate.ir import Argument
from migrate.mapping import Call, NotCarried
from migrate.translate.settings import ZONE, setting
from migrate.translate.spark_types import ArrowType, arrow_type

_TRUE = {"true": True, "false": False}
FILES = {"pathglobfilter": "pattern", "recursivefilelookup": "recursive"}
"""Spark's options that choose files, by the argument that stands for them in the emitted helpers."""


@dataclass(frozen=True)
class Source:
    """What a read or write names: its format, its paths as source (None where there is none), and its options.

    ``options`` holds literal values by Spark's name in lower case; ``schema`` is the expression of a read's schema.
    """

    format: str
    paths: str | None
    options: Mapping[str, object]
    schema: ast.expr | None = None

    def arguments(self, known: Mapping[str, str]) -> list[str]:
        """The options as keyword arguments of an emitted helper, by the names in ``known``.

        NotCarried, naming it, for an option that is not known there.
        """
        unknown = sorted(set(self.options) - set(known))
        if unknown:
            raise NotCarried(f"the option {unknown[0]} of {self.format} is not mapped yet")
        return [f"{known[name]}={value!r}" for name, value in self.options.items()]


def read_of(call: Call, positional: tuple[str, ...] = ("path",)) -> Source:
    """The source that a read names; ``positional`` are the names of the arguments that stand without one."""
    if call.stage.inputs:
        raise NotCarried("what is read is a dataset, not a path")
    return _source(call, "DataFrameReader", positional, {"path", "paths", "schema", "format"})


def write_of(call: Call, positional: tuple[str, ...] = ("path", "mode")) -> Source:
    """The same for a write. Its mode and partitions are options too: ``mode``, ``partitionby``."""
    return _source(call, "DataFrameWriter", positional, {"path", "format"})


def _source(call: Call, api: str, positional: tuple[str, ...], own: set[str]) -> Source:
    method = call.stage.symbol.removeprefix(f"{api}.")
    given, options = dict(_named(call.stage.args, positional)), dict[str, object]()
    formats = [] if method in {"load", "save"} else [method]
    schema = None
    for link in call.stage.links:
        name = link.symbol.removeprefix(f"{api}.")
        if name == "schema":
            schema = call.link(link.symbol)
        elif name == "format":
            formats.append(_text(call, link.args[0].source))
        elif name == "option":
            key, value = dict(_named(link.args, ("key", "value"))).values()
            options[_text(call, key).lower()] = _value(call, value, _text(call, key))
        elif name == "options":
            options |= {key.lower(): _value(call, value, key) for key, value in _named(link.args, ())}
        elif name in {"mode", "partitionBy"}:
            options[name.lower()] = _values(call, [argument.source for argument in link.args])
        elif link.symbol not in {"SparkSession.read", "DataFrame.write"}:
            raise NotCarried(f"{link.symbol} is not mapped yet")
    if "format" in given:
        formats.append(_text(call, given["format"]))
    options |= {key.lower(): _value(call, value, key) for key, value in given.items() if key not in own}
    if len(formats) > 1 and method not in {"load", "save"}:
        raise NotCarried("the format of what is read or written is given twice")
    declared = call.argument("schema", positional.index("schema") if "schema" in positional else None)
    return Source(
        (formats or ["parquet"])[-1].lower(),
        given.get("path", given.get("paths")),
        {key: value for key, value in options.items() if value is not None},
        declared if declared is not None else schema[0] if schema else None,
    )


def _named(arguments: tuple[Argument, ...], positional: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The arguments of a call by name, as source."""
    for place, argument in enumerate(arguments):
        if argument.name is not None:
            yield argument.name, argument.source
        elif place < len(positional):
            yield positional[place], argument.source
        else:
            raise NotCarried(f"the argument {argument.source} of the call is not mapped yet")


def _values(call: Call, sources: list[str]) -> object:
    """One literal, or the tuple of several; a list alone stands for what is in it."""
    values = [_value(call, source, source) for source in sources]
    if len(values) == 1:
        return tuple(values[0]) if isinstance(values[0], list) else values[0]
    return tuple(values)


def _text(call: Call, source: str) -> str:
    value = _value(call, source, source)
    if not isinstance(value, str):
        raise NotCarried(f"{source} is not a text that is written in the job")
    return value


def _value(call: Call, source: str, name: str) -> object:
    """The literal that a source stands for, also through a variable; Spark's texts for booleans are booleans."""
    try:
        node: ast.expr | None = parse_expression(source)
        if isinstance(node, ast.Name):
            node = call.bound(node.id)
        value = ast.literal_eval(node) if node is not None else ...
    except (*UNREADABLE, TypeError):
        value = ...
    if value is ...:
        raise NotCarried(f"the value of {name} is not a literal")
    return _TRUE.get(value.lower(), value) if isinstance(value, str) else value


def declared_rows(call: Call, source: Source) -> ArrowType | None:
    """The rows that a read's schema declares, None where there is no schema."""
    if source.schema is None:
        return None
    kind = arrow_type(source.schema, call.resolve, call.bound)
    if kind.fields is None:
        raise NotCarried("the schema of the read is none of rows")
    return kind


def zone_option(call: Call) -> list[str]:
    """The session's time zone as an argument, where the job sets one."""
    zone = setting(call.module, ZONE)
    return [] if zone is None else [f'zone="{zone}"']
