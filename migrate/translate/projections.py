"""Lists of columns and of names, as ``select``, ``withColumns`` and ``drop`` take them, as Ray source."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from migrate.mapping import Call, Column, Emission, NotCarried
from migrate.translate.built import ARROW, each_row, quoted, window_of
from migrate.translate.frames import opened
from migrate.translate.settings import gpu_option
from migrate.translate.windows import specifications

_STEP, _FORMAT = ".map_batches(", ', batch_format="pyarrow")'
_EXPLODE = {"pyspark.sql.functions.explode": False, "pyspark.sql.functions.explode_outer": True}


def listed(call: Call, besides: str = "") -> list[ast.expr]:
    """The arguments of a call, those of a list where it is given one; ``besides`` is one that it may have by name."""
    if any(argument.name not in {None, besides} for argument in call.stage.args):
        raise NotCarried(f"keyword arguments of {call.stage.symbol} are not mapped yet")
    found = [call.argument("", position) for position in range(len(call.stage.args))]
    nodes = [node for node in found if node is not None]
    return list(nodes[0].elts) if len(nodes) == 1 and isinstance(nodes[0], ast.List | ast.Tuple) else nodes


def literal_texts(nodes: Iterable[ast.expr], what: str) -> list[str]:
    """The texts of literals; NotCarried where there is none, or one is computed."""
    known = list(nodes)
    texts = [node.value for node in known if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    if not texts or len(texts) < len(known):
        raise NotCarried(f"{what} by anything but literal names is not mapped yet")
    return texts


def name_list(names: Iterable[str]) -> str:
    """Names as the source of a list."""
    return f"[{', '.join(map(quoted, names))}]"


def mapped(source: str, helpers: Iterable[str], imports: Iterable[str] = ()) -> Emission:
    """The emission that makes another batch of each; ``source`` reads ``batch``."""
    return Emission(
        f"{_STEP}lambda batch: {source}{_FORMAT}",
        helpers=tuple(sorted(helpers)),
        imports=tuple(sorted(imports)),
    )


@dataclass(frozen=True)
class Picked:
    """A table of columns: its source over one batch, and what that needs."""

    source: str
    helpers: frozenset[str]
    imports: frozenset[str]


def picked(columns: Sequence[Column | None]) -> Picked:
    """A table of exactly these columns; None stands for all that there are."""
    named = [column for column in columns if column is not None]
    nameless = next((column for column in named if not column.name), None)
    if nameless is not None:
        raise NotCarried(f"how Spark names the column {nameless.text} is not known; give it an alias")
    if not columns or len({column.name.lower() for column in named}) < len(named) or columns.count(None) > 1:
        raise NotCarried("two columns of one name")
    star = f"**star(batch, {name_list(column.name for column in named)})"
    fields = [f"{quoted(column.name)}: {each_row(column).text}" if column else star for column in columns]
    helpers = frozenset({"star"} if None in columns else ()).union(*(column.helpers for column in named))
    imports = frozenset({ARROW}).union(*(each_row(column).imports for column in named))
    return Picked(f"pa.table({{{', '.join(fields)}}})", helpers, imports)


def selected(columns: Sequence[Column | None]) -> Emission:
    """The emission that makes exactly these columns; None stands for all that there are."""
    if tuple(columns) == (None,):
        return Emission("")
    made = picked(columns)
    if all(column is not None and column.plain == column.name for column in columns):
        return Emission(f".select_columns({name_list(column.name for column in columns if column is not None)})")
    return mapped(made.source, made.helpers, made.imports)


def with_columns(columns: Mapping[str, Column]) -> Emission:
    """The emission that adds these columns or replaces them; none of them sees another's new values."""
    text = "batch"
    for name, column in columns.items():
        text = f"set_column({text}, {quoted(name)}, {each_row(column).text})"
    helpers = {"set_column"}.union(*(column.helpers for column in columns.values()))
    return mapped(text, helpers, frozenset().union(*(each_row(column).imports for column in columns.values())))


def exploded(call: Call, nodes: Sequence[ast.expr]) -> tuple[list[ast.expr], str | None, bool]:
    """The expressions with that of ``explode`` replaced by its list, the name of its column, and whether it is outer.

    The name is None where nothing is exploded, and empty where the job gives the column no other than Spark's.
    """
    found: str | None = None
    outer, made = False, []
    for node in nodes:
        inner, alias = node, ""
        while isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.func.attr == "alias":
            names = literal_texts(inner.args, "an alias")
            inner, alias = inner.func.value, alias or names[0]
        origin = call.resolve(inner.func) if isinstance(inner, ast.Call) else None
        if origin not in _EXPLODE or not isinstance(inner, ast.Call) or len(inner.args) != 1:
            made.append(node)
            continue
        if found is not None:
            raise NotCarried("two explodes in one select are not mapped")
        found, outer = alias, _EXPLODE[origin]
        made.append(inner.args[0])
    return made, found, outer


def brought_together(call: Call, emission: Emission, columns: Iterable[Column | None]) -> Emission:
    """The emission with whole partitions in each batch, where columns look at a window; on actors, where they load."""
    known = [column for column in columns if column is not None]
    window, loads = window_of(known), any(column.loads for column in known)
    if window is None and not loads:
        return emission
    assert emission.text is not None
    function = emission.text.removeprefix(_STEP).removesuffix(_FORMAT)
    if window is None:
        options = f"compute=actor_pool(), num_cpus=0{gpu_option(call.module)}"
        text = f"{_STEP}ActorStep, fn_constructor_args=[{function}]{_FORMAT.removesuffix(')')}, {options})"
        return replace(emission, text=text, helpers=tuple(sorted({*emission.helpers, "actor_step"})))
    if loads:
        raise NotCarried("a model's answers beside window functions are not mapped; give each a step of its own")
    order = "" if window.keys or not window.ordered else f", order=lambda batch: {window.order}"
    return replace(
        emission,
        text=f", {name_list(window.keys)}, {function}{order})",
        helpers=tuple(sorted({*emission.helpers, "windowed"})),
        edits=(*emission.edits, opened(call, "windowed")),
        forgets=tuple(sorted(specifications(call.node()))),
    )


def explosion(emission: Emission, name: str, outer: bool) -> Emission:
    """The emission with a row for each element of the lists of a column."""
    assert emission.text is not None
    option = ", outer=True" if outer else ""
    if emission.text.startswith(".select_columns("):
        step = f'.map_batches(lambda batch: exploded(batch, {quoted(name)}{option}), batch_format="pyarrow")'
        return replace(emission, text=emission.text + step, helpers=(*emission.helpers, "exploded"))
    head, tail = f"{_STEP}lambda batch: ", _FORMAT
    if not emission.text.startswith(head):
        raise NotCarried("a row for each element beside window functions or a model's answers is not mapped")
    body = emission.text.removeprefix(head).removesuffix(tail)
    text = f"{head}exploded({body}, {quoted(name)}{option}){tail}"
    return replace(emission, text=text, helpers=tuple(sorted({*emission.helpers, "exploded"})))
