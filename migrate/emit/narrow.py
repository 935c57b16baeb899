"""Reads that ask for no more columns than the stages behind them look at, as Spark's own optimizer sees to it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace

from migrate.frontend.module import Module
from migrate.ir import Engine, Job, Stage
from migrate.mapping import Emission, NotCarried
from migrate.translate.locate import call_of, receiver_of
from migrate.translate.projections import name_list

_READ = "read_parquet("
_SAME_COLUMNS = {"limit", "materialize", "repartition"}

Names = tuple[str, ...] | None
"""Names of columns in the order in which they were met; None where it may be all of them."""


def narrowed(job: Job, module: Module, emissions: Mapping[str, Emission]) -> dict[str, Emission]:
    """The emissions of a placed job, its reads of Parquet with the columns that are asked of them.

    What is asked of a dataset is told by the code that is emitted for the stages behind it; where any of that does
    anything but take named columns of a batch, all columns are read.
    """
    found = dict(emissions)
    asked = _Asked(job, module, emissions)
    for stage in job.stages:
        text = emissions.get(stage.id, Emission()).text
        if stage.engine is Engine.RAY and text is not None and text.startswith(_READ) and text.endswith(")"):
            names = asked.of(stage)
            if names and not asked.selects_at_once(stage):
                columns = f"{text[:-1]}, columns={name_list(names)})"
                found[stage.id] = replace(emissions[stage.id], text=columns)
    return found


class _Asked:
    def __init__(self, job: Job, module: Module, emissions: Mapping[str, Emission]) -> None:
        self.job, self.module, self.emissions = job, module, emissions
        self.consumers: dict[str, list[Stage]] = {}
        for stage in job.stages:
            for source in stage.inputs:
                self.consumers.setdefault(source, []).append(stage)

    def of(self, stage: Stage) -> Names:
        """The columns that are asked of the dataset of a stage, by all that is done with it."""
        consumers = self.consumers.get(stage.id, [])
        if not consumers or not self._knows_all(stage, consumers):
            return None
        return _together(*(self._by(consumer) for consumer in consumers))

    def selects_at_once(self, stage: Stage) -> bool:
        """Whether Ray's own optimizer reads only what is selected, because that comes first."""
        texts = [self.emissions[consumer.id].text for consumer in self.consumers[stage.id]]
        return all(text is not None and text.startswith(".select_columns(") for text in texts)

    def _by(self, stage: Stage) -> Names:
        """The columns that a stage asks of the dataset that it takes."""
        emission = self.emissions.get(stage.id)
        if stage.engine is not Engine.RAY or emission is None or emission.text is None or len(stage.inputs) != 1:
            return None
        if emission != replace(Emission(emission.text), helpers=emission.helpers, imports=emission.imports):
            return None  # it changes more than the chain of the stage
        return _before(emission.text, lambda: self.of(stage))

    def _knows_all(self, stage: Stage, consumers: list[Stage]) -> bool:
        """Whether nothing but these stages reads the variable of a dataset, or goes on with its chain."""
        try:
            calls = [call_of(self.module, consumer) for consumer in consumers]
            receivers = [receiver_of(self.module, consumer) for consumer in consumers]
            if stage.result is None:
                return len(consumers) == 1 and receivers[0] is call_of(self.module, stage)
        except NotCarried:
            return False
        inside = {id(node) for call in calls for node in ast.walk(call)}
        uses = [node for node in ast.walk(self.module.tree) if isinstance(node, ast.Name) and node.id == stage.result]
        return (
            all(isinstance(receiver, ast.Name) and receiver.id == stage.result for receiver in receivers)
            and sum(not isinstance(node.ctx, ast.Load) for node in uses) == 1
            and all(id(node) in inside for node in uses if isinstance(node.ctx, ast.Load))
        )


def _before(text: str, behind: Callable[[], Names]) -> Names:
    """What a chain of calls on a dataset asks of it, where ``behind`` says what is asked of its result."""
    calls = []
    node: ast.expr = ast.parse(f"dataset{text}", mode="eval").body
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        calls.append((node.func.attr, node))
        node = node.func.value
    names: Names = None
    known = False  # what is asked behind is looked for only where a call depends on it
    for name, call in calls:
        if name == "select_columns" and len(call.args) == 1 and not call.keywords:
            names, known = _constants(call.args[0]), True
            continue
        if not known:
            names, known = behind(), True
        if name == "map_batches":
            names = _of_batches(call, names)
        elif name not in _SAME_COLUMNS:
            names = None
    return names


def _of_batches(call: ast.Call, asked: Names) -> Names:
    """The same for ``map_batches`` of a function, or of a class that is made with it."""
    given = [keyword.value for keyword in call.keywords if keyword.arg == "fn_constructor_args"]
    match [*call.args, *given]:
        case [ast.Lambda() as function] | [ast.Name("ActorStep"), ast.List([ast.Lambda() as function])]:
            return _of_table(function.body, asked)
    return None


def _of_table(node: ast.expr, asked: Names) -> Names:
    """The columns of ``batch`` that a table made of it needs for ``asked`` of its own."""
    if isinstance(node, ast.Name) and node.id == "batch":
        return asked
    if not isinstance(node, ast.Call) or node.keywords:
        return None
    match node.func, node.args:
        case ast.Name("set_column"), [table, ast.Constant(str(name)), values]:
            others = asked and tuple(one for one in asked if one.lower() != name.lower())
            return _together(_of_values(values), _of_table(table, others))
        case ast.Attribute(table, "filter"), [condition]:
            return _together(_of_values(condition), _of_table(table, asked))
        case ast.Attribute(ast.Name("pa"), "table"), [ast.Dict(keys, values)] if None not in keys:
            return _together(*map(_of_values, values))
    return None


def _of_values(node: ast.expr) -> Names:
    """The columns of ``batch`` that an expression reads, each as ``batch["name"]``."""
    found: list[str] = []
    columns = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Subscript) and isinstance(inner.value, ast.Name) and inner.value.id == "batch":
            columns.add(id(inner.value))
            match inner.slice:
                case ast.Constant(str(name)):
                    found.append(name)
                case _:
                    return None
        elif isinstance(inner, ast.Name) and inner.id == "batch" and id(inner) not in columns:
            return None
    return tuple(dict.fromkeys(found))


def _constants(node: ast.expr) -> Names:
    match node:
        case ast.List(elements):
            names = [one.value for one in elements if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            return tuple(names) if len(names) == len(elements) else None
    return None


def _together(*parts: Names) -> Names:
    if any(part is None for part in parts):
        return None
    by_case: dict[str, str] = {}
    for name in (name for part in parts for name in part or ()):
        by_case.setdefault(name.lower(), name)
    return tuple(by_case.values())
