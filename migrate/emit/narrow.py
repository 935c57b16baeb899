"""Which columns are read, and in which order they come out, where Ray's optimizer is not as Spark's."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from migrate.frontend.module import Module
from migrate.ir import Engine, Job, Stage
from migrate.mapping import Emission, NotCarried
from migrate.translate.locate import call_of, receiver_of
from migrate.translate.projections import name_list

_READ, _SELECT, _MAP = "read_parquet(", ".select_columns(", ".map_batches("
_SAME_COLUMNS = {"limit", "materialize", "repartition"}

Names = tuple[str, ...] | None
"""Names of columns in the order in which they were met; None where it may be all of them."""


def narrowed(job: Job, module: Module, emissions: Mapping[str, Emission]) -> dict[str, Emission]:
    """The emissions of a placed job, its reads of Parquet with the columns that are asked of them.

    What is asked of a dataset is told by the code that is emitted for the stages behind it; where any of that does
    anything but take named columns of a batch, all columns are read.
    """
    chains = _Chains(job, module, emissions)
    found = {**emissions, **chains.reordered()}
    asked = chains.asked()
    for stage in job.stages:
        text, names = chains.text(stage), asked[stage.id]
        if names and text.startswith(_READ) and text.endswith(")") and not chains.selects_at_once(stage):
            columns = f"{text[:-1]}, columns={name_list(names)})"
            found[stage.id] = replace(emissions[stage.id], text=columns)
    return found


class _Chains:
    """The stages of a job on Ray with the code that is emitted for them."""

    def __init__(self, job: Job, module: Module, emissions: Mapping[str, Emission]) -> None:
        self.job, self.module, self.emissions = job, module, emissions
        self.consumers: dict[str, list[Stage]] = defaultdict(list)
        for stage in job.stages:
            for source in stage.inputs:
                self.consumers[source].append(stage)
        self.names: dict[str, list[ast.Name]] = defaultdict(list)
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Name):
                self.names[node.id].append(node)

    def text(self, stage: Stage) -> str:
        """The text that takes the place of a stage on Ray; empty where it has none of its own."""
        emission = self.emissions.get(stage.id)
        return "" if emission is None or stage.engine is not Engine.RAY else emission.text or ""

    def asked(self) -> dict[str, Names]:
        """For the id of each stage the columns that are asked of its dataset, by all that is done with it."""
        found: dict[str, Names] = {}
        for stage in reversed(self.job.stages):
            consumers = self.consumers[stage.id]
            # A stage that comes before what it takes is in a loop.
            parts = [self._asked_by(one, found[one.id]) if one.id in found else None for one in consumers]
            names = _together(parts) if parts else None
            found[stage.id] = names if names is None or self._knows_all(stage, consumers) else None
        return found

    def _asked_by(self, stage: Stage, behind: Names) -> Names:
        """The columns that a stage asks of the dataset that it takes, where ``behind`` is asked of its own."""
        text = self.text(stage)
        emission = self.emissions.get(stage.id, Emission())
        changes_more = emission != Emission(emission.text, helpers=emission.helpers, imports=emission.imports)
        if not text.startswith(".") or changes_more or len(stage.inputs) != 1:
            return None
        return _before(text, behind)

    def _knows_all(self, stage: Stage, consumers: Sequence[Stage]) -> bool:
        """Whether nothing but these stages reads the variable of a dataset, or goes on with its chain."""
        try:
            calls = [call_of(self.module, consumer) for consumer in consumers]
            receivers = [receiver_of(self.module, consumer) for consumer in consumers]
            if stage.result is None:
                return len(consumers) == 1 and receivers[0] is call_of(self.module, stage)
        except NotCarried:
            return False
        inside = {id(node) for call in calls for node in ast.walk(call)}
        uses = self.names[stage.result]
        return (
            all(isinstance(receiver, ast.Name) and receiver.id == stage.result for receiver in receivers)
            and sum(not isinstance(node.ctx, ast.Load) for node in uses) == 1
            and all(id(node) in inside for node in uses if isinstance(node.ctx, ast.Load))
        )

    def selects_at_once(self, stage: Stage) -> bool:
        """Whether Ray itself reads only what is selected. It would come in the order in which the read asks for it."""
        waiting = [*self.consumers[stage.id]]
        for consumer in waiting:
            text = self.text(consumer)
            if text.startswith(_SELECT):
                return True
            if any(text.startswith(f".{name}(") for name in _SAME_COLUMNS):
                waiting += (one for one in self.consumers[consumer.id] if one not in waiting)
        return False

    def reordered(self) -> dict[str, Emission]:
        """The emissions of selections that Ray would give in another order of columns, written so that it does not.

        Ray moves a selection into the read of Parquet. A second one behind it comes out in the order of the first
        where that has run by itself before, as only a dataset that several stages take can have.
        """
        found = {}
        # For each stage: is there a selection in front of which no batch is made anew, and is one of them taken twice?
        states: dict[str, tuple[bool, bool]] = {}
        for stage in self.job.stages:
            text = self.text(stage)
            selected, taken = states.get(stage.inputs[0], (False, False)) if len(stage.inputs) == 1 else (False, False)
            if text.startswith(_SELECT) and selected and taken:
                names = text.removeprefix(_SELECT).removesuffix(")")
                in_order = f'{_MAP}lambda batch: batch.select({names}), batch_format="pyarrow")'
                found[stage.id] = replace(self.emissions[stage.id], text=in_order)
                text = in_order
            if text and _MAP not in text:
                selected = selected or text.startswith(_SELECT)
                states[stage.id] = selected, taken or (selected and len(self.consumers[stage.id]) > 1)
        return found


def _before(text: str, behind: Names) -> Names:
    """What a chain of calls on a dataset asks of it, where ``behind`` is asked of its result."""
    names, node = behind, ast.parse(f"dataset{text}", mode="eval").body
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        match node.func.attr:
            case "select_columns":
                names = _constants(node.args[0]) if len(node.args) == 1 and not node.keywords else None
            case "map_batches":
                names = _of_batches(node, names)
            case other if other not in _SAME_COLUMNS:
                names = None
        node = node.func.value
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
            return _together([_of_values(values), _of_table(table, others)])
        case ast.Attribute(table, "filter"), [condition]:
            return _together([_of_values(condition), _of_table(table, asked)])
        case ast.Attribute(ast.Name("pa"), "table"), [ast.Dict(keys, values)] if None not in keys:
            return _together([*map(_of_values, values)])
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


def _together(parts: Sequence[Names]) -> Names:
    if any(part is None for part in parts):
        return None
    return tuple(dict.fromkeys(name for part in parts for name in part or ()))
