"""The shape that all mappings of RDD steps share: a class RDD is written into the file, the job's text stays."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from migrate.ir import Stage
from migrate.mapping import Call, Edit, Emission, NotCarried
from migrate.translate.helpers import helper_source
from migrate.translate.locate import root_name

BY_HASH = "by hash"
"""The sort of a job whose keys go by Python's hash: its workers must all give a text the same."""

_BY_HASH = frozenset(
    f"RDD.{name}"
    for name in (
        *(
            "aggregateByKey",
            "cogroup",
            "combineByKey",
            "distinct",
            "foldByKey",
            "fullOuterJoin",
            "groupBy",
            "groupByKey",
        ),
        *("groupWith", "intersection", "join", "leftOuterJoin", "partitionBy", "reduceByKey", "rightOuterJoin"),
        *("subtract", "subtractByKey"),
    )
)
"""The steps that spread elements over partitions by a hash of their key."""


def rdd_step(call: Call) -> Emission:
    """A method of the emitted class RDD, called as the job calls Spark's; NotCarried for a use that it has not."""
    _check_arguments(call)
    sorts = frozenset({BY_HASH} if call.stage.symbol in _BY_HASH else ())
    if not call.stage.links:
        return Emission(helpers=("rdd",), sorts=sorts)
    return replace(_from_frame(call), sorts=sorts)


def rdd_source(call: Call, helper: str, function: str, keywords: Mapping[str, str]) -> Emission:
    """A function of a helper in the place of a method of Spark's context; ``keywords`` has its own by Spark's."""
    if not call.stage.args:
        raise NotCarried("what it is made of is not an argument")
    unknown = [one.name for one in call.stage.args if one.name not in {None, "c", "name", "path", *keywords}]
    if unknown or len(call.stage.args) > 2:
        raise NotCarried(f"{call.stage.symbol} with {unknown[0] if unknown else 'so many arguments'} is not mapped yet")
    first, *more = call.stage.args
    passed = [first.source, *(f"{keywords[one.name]}={one.source}" if one.name else one.source for one in more)]
    context = root_name(call.node().func)
    return Emission(
        f"{function}({', '.join(passed)})", helpers=(helper,), forgets=(context,) if context is not None else ()
    )


def _check_arguments(call: Call) -> None:
    """NotCarried for an argument that the emitted method does not take."""
    name = call.stage.symbol.rpartition(".")[2]
    method = _method(name)
    parameters = [argument.arg for argument in (*method.args.args, *method.args.kwonlyargs)][1:]
    named = [argument.name for argument in call.stage.args if argument.name is not None]
    unknown = [argument for argument in named if argument not in parameters]
    many = len(call.stage.args) - len(named) > len(method.args.args) - 1 and method.args.vararg is None
    if unknown or many:
        raise NotCarried(f"{name} with {', '.join(unknown) or 'so many arguments'} is not mapped yet")


@cache
def _method(name: str) -> ast.FunctionDef:
    """A method of the emitted class."""
    source, _ = helper_source(["rdd"], (), [name])
    classes = (node for node in ast.parse(source).body if isinstance(node, ast.ClassDef) and node.name == "RDD")
    return next(node for node in next(classes).body if isinstance(node, ast.FunctionDef) and node.name == name)


def _from_frame(call: Call) -> Emission:
    """``df.rdd``: the blocks of the dataset become the partitions of an RDD of rows."""
    link, *more = call.stage.links
    if link.symbol != "DataFrame.rdd" or more:
        raise NotCarried(f"{link.symbol} in front of it is not mapped yet")
    receiver = call.receiver()
    if receiver is None:
        raise NotCarried("what the rows are taken of is not in front of it")
    span = call.span(receiver)
    lines = _read_text(call, receiver)
    if lines is not None:
        read, path = lines
        whole = replace(span, end_line=link.span.end_line, end_column=link.span.end_column)
        return Emission(helpers=("text_rows",), edits=(Edit(whole, f"text_rows({path})"),), claims=(read.id,))
    start = replace(span, end_line=span.line, end_column=span.column)
    return Emission(helpers=("frame_rows",), edits=(Edit(start, "frame_rows("), Edit(link.span, ")")))


def _read_text(call: Call, receiver: ast.expr) -> tuple[Stage, str] | None:
    """The stage and the path of ``spark.read.text(path)`` where its rows are wanted at once, None for another frame."""
    for stage_id in call.stage.inputs:
        read = call.neighbour(stage_id)
        stage = read.stage
        plain = stage.symbol == "DataFrameReader.text" and [link.symbol for link in stage.links] == [
            "SparkSession.read"
        ]
        path = read.argument("paths", 0)
        if plain and len(stage.args) == 1 and path is not None and read.node() is receiver:
            return stage, call.text(path)
    return None
