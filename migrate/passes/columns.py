"""The column names of the dataset of each stage, as far as the source tells them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping

from migrate.frontend.parsing import UNREADABLE, parse_expression
from migrate.frontend.sql import fields_of, names_of, read_query
from migrate.ir import Argument, Job, Stage

Names = tuple[str, ...]
Known = Names | None

_SAME = {
    "__getitem__",
    "alias",
    "cache",
    "checkpoint",
    "coalesce",
    "distinct",
    "dropDuplicates",
    "drop_duplicates",
    "dropna",
    "exceptAll",
    "fill",
    "fillna",
    "filter",
    "hint",
    "intersect",
    "intersectAll",
    "limit",
    "localCheckpoint",
    "offset",
    "orderBy",
    "persist",
    "randomSplit",
    "repartition",
    "repartitionByRange",
    "replace",
    "sample",
    "sampleBy",
    "sort",
    "sortWithinPartitions",
    "subtract",
    "union",
    "unionAll",
    "unionByName",
    "unpersist",
    "where",
    "withWatermark",
}
"""What changes rows and not columns; where two frames meet, the first one's names hold."""
_FIXED = {
    "binaryFile": ("path", "modificationTime", "length", "content"),
    "image": ("image",),
    "text": ("value",),
}
"""The columns of Spark's sources that have no schema of their own."""
_DECLARED = {"mapInPandas": 1, "mapInArrow": 1, "applyInPandas": 1, "applyInArrow": 1, "createDataFrame": 1}
"""The position of the argument that names the columns that come out."""
_ONE_SIDED = {"semi", "leftsemi", "left_semi", "anti", "leftanti", "left_anti"}


def columns_of(job: Job) -> Mapping[str, Known]:
    """For the id of each stage its column names, in Spark's order where one frame is made of one other; else None."""
    by_id = {stage.id: stage for stage in job.stages}
    found: dict[str, Known] = {}
    for stage in job.stages:
        _settle(stage, by_id, found)
    return found


def _settle(stage: Stage, by_id: Mapping[str, Stage], found: dict[str, Known]) -> None:
    """Names of a stage after those of its inputs, without recursion: chains may be thousands long."""
    waiting = [stage]
    while waiting:
        current = waiting[-1]
        if current.id in found:
            waiting.pop()
            continue
        unknown = [by_id[name] for name in current.inputs if name in by_id and name not in found]
        if unknown and not any(one in waiting for one in unknown):
            waiting.extend(unknown)
            continue
        # A stage that is among its own inputs (a loop) has columns that depend on how often the loop runs.
        found[current.id] = None if unknown else _names(current, [found.get(name) for name in current.inputs])
        waiting.pop()


def _names(stage: Stage, inputs: list[Known]) -> Known:
    name = stage.symbol.rpartition(".")[2]
    text = stage.facts.get("text")
    if text:
        query = read_query(text)
        return query.columns if query is not None else None
    if name in _DECLARED:
        return _schema(_argument(stage.args, _DECLARED[name], "schema"))
    if not stage.inputs:
        return _read(stage, name)
    if name == "join":
        return _join(stage, inputs)
    if len(set(inputs)) != 1 and not (name in ("union", "unionAll", "unionByName") and len(inputs) == 2):
        return None
    if name in _SAME:
        return inputs[0]
    if "loop" in stage.facts:
        return None
    shape = _SHAPES.get(name)
    if shape is None or not stage.symbol.startswith(("DataFrame.", "StreamFrame.", "GroupedData.", "StreamGrouped.")):
        return None
    return shape(stage, inputs[0])


def _read(stage: Stage, name: str) -> Known:
    given = [link.args[0] for link in stage.links if link.symbol.endswith(".schema") and link.args]
    given += [argument for argument in stage.args if argument.name == "schema"]
    if given:
        return _schema(given[-1])
    if stage.symbol == "SparkSession.range":
        return ("id",)
    formats = [_text(link.args[0]) for link in stage.links if link.symbol.endswith(".format") and link.args]
    return _FIXED.get(formats[-1] or "") if formats else _FIXED.get(name)


def _schema(argument: Argument | None) -> Known:
    """The names that a schema gives: DDL, a list of names, or a StructType written out."""
    tree = _tree(argument)
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        return fields_of(tree.value)
    if isinstance(tree, (ast.List, ast.Tuple)):
        return _all(_constant(member) for member in tree.elts)
    if isinstance(tree, ast.Call) and _called(tree) == "StructType" and tree.args:
        fields = tree.args[0]
        if isinstance(fields, (ast.List, ast.Tuple)):
            return _all(
                _constant(field.args[0]) if isinstance(field, ast.Call) and field.args else None
                for field in fields.elts
            )
    return None


def _join(stage: Stage, inputs: list[Known]) -> Known:
    if len(inputs) != 2 or inputs[0] is None or inputs[1] is None:
        return None
    on = _tree(_argument(stage.args, 1, "on"))
    how = _text(_argument(stage.args, 2, "how"))
    if how is not None and how.lower() in _ONE_SIDED:
        return None
    keys: Known = ()
    if isinstance(on, ast.Constant) and isinstance(on.value, str):
        keys = (on.value,)
    elif isinstance(on, (ast.List, ast.Tuple)):
        keys = _all(_constant(member) for member in on.elts)
    if not keys:
        return None
    rest = [name for side in (inputs[0], inputs[1]) for name in side if name not in keys]
    return (*keys, *rest)


def _select(stage: Stage, before: Known) -> Known:
    names: list[str] = []
    for tree in _expressions(stage.args):
        if isinstance(tree, ast.Constant) and tree.value == "*":
            if before is None:
                return None
            names.extend(before)
            continue
        name = _name_of(tree)
        if name is None:
            return None
        names.append(name)
    return tuple(names) or None


def _select_expr(stage: Stage, before: Known) -> Known:
    names: list[str] = []
    for tree in _expressions(stage.args):
        text = _constant(tree)
        if text == "*" and before is not None:
            names.extend(before)
            continue
        found = names_of(text) if text is not None else None
        if found is None:
            return None
        names.extend(found)
    return tuple(names) or None


def _with_column(stage: Stage, before: Known) -> Known:
    name = _text(_argument(stage.args, 0, "colName"))
    return None if before is None or name is None else _with(before, (name,))


def _with_columns(stage: Stage, before: Known) -> Known:
    tree = _tree(_argument(stage.args, 0, "colsMap"))
    if before is None or not isinstance(tree, ast.Dict):
        return None
    names = _all(_constant(key) if key is not None else None for key in tree.keys)
    return None if names is None else _with(before, names)


def _with(before: Names, names: Names) -> Names:
    """Spark replaces a column whatever the case of its letters, and keeps its place."""
    for name in names:
        known = [one.lower() for one in before]
        if name.lower() in known:
            at = known.index(name.lower())
            before = (*before[:at], name, *before[at + 1 :])
        else:
            before = (*before, name)
    return before


def _renamed(stage: Stage, before: Known) -> Known:
    old, new = (_text(_argument(stage.args, n, k)) for n, k in ((0, "existing"), (1, "new")))
    if before is None or old is None or new is None:
        return None
    return tuple(new if name.lower() == old.lower() else name for name in before)


def _drop(stage: Stage, before: Known) -> Known:
    gone = _all(_name_of(tree) for tree in _expressions(stage.args))
    if before is None or gone is None:
        return None
    lowered = {name.lower() for name in gone}
    return tuple(name for name in before if name.lower() not in lowered)


def _to_df(stage: Stage, before: Known) -> Known:
    return _all(_constant(tree) for tree in _expressions(stage.args)) if stage.args else before


def _agg(stage: Stage, before: Known) -> Known:
    keys = _keys(stage)
    values = _all(_name_of(tree, aggregate=True) for tree in _expressions(stage.args))
    return None if keys is None or values is None else (*keys, *values)


def _count(stage: Stage, before: Known) -> Known:
    keys = _keys(stage)
    return None if keys is None else (*keys, "count")


def _keys(stage: Stage) -> Known:
    """The names that the rows are grouped by; a pivot adds columns that only the data knows."""
    if any(link.symbol.endswith(".pivot") for link in stage.links):
        return None
    grouped = [link for link in stage.links if link.symbol.rpartition(".")[2] in ("groupBy", "groupby")]
    return _all(_name_of(tree) for tree in _expressions(grouped[-1].args)) if grouped else ()


_SHAPES: Mapping[str, Callable[[Stage, Known], Known]] = {
    "agg": _agg,
    "count": _count,
    "drop": _drop,
    "select": _select,
    "selectExpr": _select_expr,
    "toDF": _to_df,
    "withColumn": _with_column,
    "withColumnRenamed": _renamed,
    "withColumns": _with_columns,
}


def _name_of(tree: ast.expr | None, *, aggregate: bool = False) -> str | None:
    """The name that Spark gives a column expression; None for one whose name Spark derives from its text."""
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        return None if tree.value.endswith("*") else tree.value.rpartition(".")[2]
    if isinstance(tree, ast.Attribute) and isinstance(tree.value, ast.Name):
        return tree.attr
    if isinstance(tree, ast.Subscript):
        return _constant(tree.slice) if isinstance(tree.value, ast.Name) else None
    if not isinstance(tree, ast.Call):
        return None
    called = _called(tree)
    if called in ("alias", "name") and len(tree.args) == 1:
        return _constant(tree.args[0])
    if called in ("col", "column") and tree.args:
        return _name_of(tree.args[0])
    if called in ("cast", "astype", "asc", "desc") and isinstance(tree.func, ast.Attribute):
        return _name_of(tree.func.value)
    if aggregate and called in ("sum", "avg", "max", "min", "count") and len(tree.args) == 1:
        inner = _constant(tree.args[0])
        return f"{called}({inner})" if inner and inner != "*" else None
    return None


def _expressions(args: Iterable[Argument]) -> list[ast.expr | None]:
    """Each expression of a call, those of a list one by one; None stands for what cannot be told."""
    found: list[ast.expr | None] = []
    for argument in args:
        tree = None if argument.name is not None else _tree(argument)
        found.extend(tree.elts if isinstance(tree, (ast.List, ast.Tuple)) else [tree])
    return found


def _argument(args: Iterable[Argument], position: int, keyword: str) -> Argument | None:
    given = tuple(args)
    named = next((argument for argument in given if argument.name == keyword), None)
    if named is not None:
        return named
    return given[position] if position < len(given) and given[position].name is None else None


def _tree(argument: Argument | None) -> ast.expr | None:
    if argument is None:
        return None
    try:
        return parse_expression(f"({argument.source}\n)")
    except UNREADABLE:
        return None


def _text(argument: Argument | None) -> str | None:
    return _constant(_tree(argument))


def _constant(tree: ast.expr | None) -> str | None:
    return tree.value if isinstance(tree, ast.Constant) and isinstance(tree.value, str) else None


def _called(tree: ast.Call) -> str:
    return (
        tree.func.attr
        if isinstance(tree.func, ast.Attribute)
        else tree.func.id
        if isinstance(tree.func, ast.Name)
        else ""
    )


def _all(names: Iterable[str | None]) -> Known:
    found = tuple(names)
    return None if any(name is None for name in found) else tuple(name for name in found if name is not None)
