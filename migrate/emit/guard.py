"""Refuses a split that would quietly change what a job does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from migrate.emit.context import StageCall
from migrate.emit.effects import draws_anew, only_tells
from migrate.emit.flow import CannotCut, Flow, HandOff, Part, inside
from migrate.emit.options import Place, place_of
from migrate.emit.uses import blocks, loads, reads, stores
from migrate.emit.walk import Walk
from migrate.ir import Engine, Kind, Span, Stage
from migrate.mapping import Edit
from migrate.passes.place import is_handed_over, is_udf_maker
from migrate.translate.accumulators import added_by_both
from migrate.translate.locate import call_of, defined, functions, receiver_of
from migrate.translate.stand_ins import names_of, stand_ins, uses_of

_METHODS_ON_RAY = {"columns"}
_MODELS = {Kind.FIT, Kind.READ}
_VALUES = {Kind.ACTION, Kind.WRITE, Kind.TRAIN, Kind.TUNE, Kind.OPAQUE}


def check_uses(flow: Flow, walk: Walk) -> list[Edit]:
    """Every use of a dataset or model that is Ray's now must be one that was rewritten: ``df.schema`` was not.

    The edits are for what is an attribute on Spark and a method on Ray.
    """
    edits: list[Edit] = []
    moved = [stage for stage in flow.here if stage.engine is Engine.RAY and not is_udf_maker(stage)]
    names = _names(flow)
    known = {id(node) for stage in moved for node in _taken(flow, stage, names)}
    replaced = [edit.span for edit in walk.part.edits]
    known |= {id(node) for node, place in names if any(inside(place, span) for span in replaced)}
    for scope, held in _held(flow, moved, walk.part.handoffs).items():
        held = held - _objects(flow, moved, scope)
        parents: dict[int, ast.AST] = {}
        for statement in flow.body(scope):
            for node in ast.walk(statement):
                parents.update((id(child), node) for child in ast.iter_child_nodes(node))
        gone = {id(node) for statement in walk.removed for node in ast.walk(statement)}
        made = {id(call_of(flow.module, stage)) for stage in moved if stage.scope == scope and _is_dataset(stage)}
        for statement in flow.body(scope):
            named = {id(node) for node in reads(statement, held)}
            for node in ast.walk(statement):
                parent, by_name = parents.get(id(node)), id(node) in named
                asked = (
                    isinstance(parent, ast.Attribute) and parent.value is node and not _in_chain(flow, moved, parent)
                )
                if id(node) in gone or not (by_name or (id(node) in made and asked)):
                    continue
                if isinstance(node, ast.Name) and _is_bound_anew(flow, scope, node):
                    continue
                if isinstance(parent, ast.Attribute) and asked and parent.attr in _METHODS_ON_RAY:
                    edits.append(_called(flow, parent))
                elif isinstance(node, ast.expr) and id(node) not in known and not _harmless(flow, node, parent):
                    name = node.id if isinstance(node, ast.Name) else flow.module.segment(node)
                    raise CannotCut(
                        f"line {node.lineno} uses {name}, a Ray dataset after the move, in another way",
                        _holders(flow, moved, scope, name) or flow.moved(node),
                    )
    return edits


def _is_bound_anew(flow: Flow, scope: str, node: ast.Name) -> bool:
    """Whether a plain statement, in front of the use and on every way to it, gives the name a value that is no stage's.

    ``for row in collect(df): text, prediction = row`` may take a name that held a dataset before.
    """
    block = flow.body(scope)
    bound = False
    while True:
        within = next((s for s in block if any(inner is node for inner in ast.walk(s))), None)
        if within is None:
            return bound
        for statement in block[: block.index(within)]:
            if node.id in stores(statement):
                bound = not blocks(statement) and not flow.stages_in(statement) and not flow.called(statement)
        inner_blocks = [b for b in blocks(within) if any(n is node for s in b for n in ast.walk(s))]
        if not inner_blocks:
            return bound
        if isinstance(within, ast.For) and node.id in stores(within.target):
            bound = True
        block = inner_blocks[0]


def _is_dataset(stage: Stage) -> bool:
    return stage.kind not in _VALUES and stage.kind is not Kind.FIT


def _in_chain(flow: Flow, moved: list[Stage], node: ast.Attribute) -> bool:
    """Whether an attribute is part of what a moved stage's text replaces: ``df.write`` of ``df.write.parquet(p)``."""
    span = flow.module.span(node)
    end = replace(span, line=span.end_line, column=span.end_column)
    return any(inside(end, stage.chain) for stage in moved)


def _called(flow: Flow, node: ast.Attribute) -> Edit:
    span = flow.module.span(node)
    return Edit(replace(span, line=span.end_line, column=span.end_column), "()")


def _objects(flow: Flow, moved: list[Stage], scope: str) -> set[str]:
    """The names that hold objects of stand-in classes, and their models: they are used on Ray as they were on Spark."""
    function = functions(flow.module)[scope] if scope else flow.module.tree
    names = {
        name
        for origin in {origin for _, origin in uses_of(flow.module)}
        for name in names_of(flow.module, origin, function)
    }
    made = (stage for stage in moved if stage.kind in _MODELS and stage.scope == scope and stage.result is not None)
    return names | {
        str(stage.result) for stage in made if stage.id in flow.emissions and flow.emissions[stage.id].offers
    }


def _held(flow: Flow, moved: list[Stage], handoffs: list[HandOff]) -> dict[str, set[str]]:
    """The names that hold Ray's datasets and models, by scope."""
    found: dict[str, set[str]] = {}
    for stage in moved:
        if stage.scope and stage.scope not in functions(flow.module):
            continue
        names = found.setdefault(stage.scope, set())
        if stage.symbol == "DataFrame.randomSplit":
            names |= _pieces(flow, stage)
        elif stage.result is not None and stage.kind not in _VALUES and not _of_values(flow, stage):
            names.add(stage.result)
        receiver = receiver_of(flow.module, stage)
        if isinstance(receiver, ast.Name):
            names.add(receiver.id)
        names |= {
            handoff.dataset for handoff in handoffs if inside(stage.statement, flow.module.span(handoff.statement))
        }
    return {scope: names - flow.sessions for scope, names in found.items()}


def _pieces(flow: Flow, stage: Stage) -> set[str]:
    """The names that a list of datasets is unpacked into, or that its members are given."""
    found = set()
    for node in ast.walk(flow.module.tree):
        if isinstance(node, ast.Assign):
            inside_list = (
                isinstance(node.value, ast.Subscript) and flow.module.segment(node.value.value) == stage.result
            )
            unpacked = inside(stage.chain, flow.module.span(node)) and isinstance(node.targets[0], ast.Tuple | ast.List)
            found |= {name for target in node.targets for name in stores(target)} if inside_list or unpacked else set()
    return found


def _holders(flow: Flow, moved: list[Stage], scope: str, name: str) -> set[str]:
    """The stages on Ray that make what a name holds; where Spark makes it, those that take it from there."""
    here = [stage for stage in moved if stage.scope == scope]
    made = {stage.id for stage in here if stage.result == name}
    receivers = ((stage.id, receiver_of(flow.module, stage)) for stage in here)
    return made or {one for one, receiver in receivers if isinstance(receiver, ast.Name) and receiver.id == name}


def _of_values(flow: Flow, stage: Stage) -> bool:
    """Whether a stage works on values on the driver alone, as MLlib's transformers do with a single vector."""
    kinds = {flow.job.stage(source).kind for source in stage.inputs}
    return stage.kind is Kind.PROJECT and kinds == {Kind.ACTION}


def _taken(flow: Flow, stage: Stage, names: list[tuple[ast.Name, Span]]) -> Iterator[ast.AST]:
    """The nodes that a moved stage's rewrite accounts for: receiver, arguments, all that its text replaces."""
    emission = flow.emissions.get(stage.id)
    spans = [argument.span for argument in stage.args] + [stage.chain]
    if emission is not None and emission.span is not None:
        spans.append(emission.span)
    receiver = receiver_of(flow.module, stage)
    if isinstance(receiver, ast.Name):
        yield receiver
    for node, place in names:
        if any(inside(place, span) for span in spans):
            yield node


def _names(flow: Flow) -> list[tuple[ast.Name, Span]]:
    """Every name of the job's file with its place."""
    return [(node, flow.module.span(node)) for node in ast.walk(flow.module.tree) if isinstance(node, ast.Name)]


def _harmless(flow: Flow, node: ast.AST, parent: ast.AST | None) -> bool:
    if isinstance(parent, ast.Return | ast.Delete | ast.Assign | ast.AnnAssign):
        return True
    if isinstance(parent, ast.Compare):
        return all(isinstance(op, ast.Is | ast.IsNot) for op in parent.ops)
    if isinstance(parent, ast.Call) and node in parent.args:
        origin = flow.module.resolve(parent.func)
        return origin is not None and (origin in stand_ins() or defined(flow.project, flow.module, origin) is not None)
    return False


def check_crossings(flow: Flow, handoffs: list[HandOff]) -> None:
    """Every dataset that Ray takes from Spark must have its hand-off."""
    covered = {
        stage.id
        for handoff in handoffs
        for stage in [*flow.stages_in(handoff.statement), *flow.called_stages(handoff.statement)]
    }
    for handoff in handoffs:
        # Made by one statement and made anew by another, say in an ``if``: what crosses is what the last one left.
        earlier = [s for s in flow.here if s.result == handoff.dataset and s.span.line <= handoff.statement.lineno]
        covered |= {stage.id for stage in earlier}
    for boundary in flow.job.boundaries:
        if boundary.direction == "spark_to_ray" and boundary.source not in covered:
            source, target = flow.job.stage(boundary.source), flow.job.stage(boundary.target)
            raise CannotCut(
                f"line {target.span.line} takes the dataset of line {source.span.line}, which no plain variable "
                f"of the same function holds",
                {target.id},
            )
        source = flow.job.stage(boundary.source)
        if not is_handed_over(source):
            raise CannotCut(
                f"line {source.span.line} makes no DataFrame, and only that can be handed over as Parquet",
                {boundary.source, boundary.target},
            )


def check_accumulators(flow: Flow) -> None:
    """An accumulator is Spark's or Ray's: nothing brings together what both have counted."""
    both = added_by_both(flow.job, flow.module)
    if both:
        raise CannotCut("the job has an accumulator, and functions on both engines may add to it", both)


def check_order(flow: Flow) -> None:
    """The Spark part runs first as a whole, so it must not read what the Ray part writes."""
    writes = [stage for stage in flow.here if stage.kind is Kind.WRITE and stage.engine is Engine.RAY]
    reads = [stage for stage in flow.here if stage.kind is Kind.READ and stage.engine is Engine.SPARK]
    for read in reads:
        for write in writes:
            later = read.span.line > write.span.line or read.scope != write.scope
            if later and _same_place(flow, read, write):
                raise CannotCut(
                    f"line {read.span.line} reads on Spark what line {write.span.line} writes, which Ray does after it",
                    {write.id},
                )


def _same_place(flow: Flow, read: Stage, write: Stage) -> bool:
    one, other = _path(flow, read), _path(flow, write)
    if one is None or other is None:
        return False
    if ast.dump(one) == ast.dump(other):
        return True
    places = [_place(flow, one, read), _place(flow, other, write)]
    return places[0] is not None and places[0] == places[1]


def _path(flow: Flow, stage: Stage) -> ast.expr | None:
    return StageCall(stage, flow.job, flow.module, flow.project).argument("path", 0)


def _place(flow: Flow, node: ast.expr, stage: Stage) -> Place | None:
    return place_of(node, flow.module, stage.scope)


def check_returns(flow: Flow, walk: Walk) -> None:
    """What a function gives back in one part only must not be used in the other."""
    for statement in walk.stays:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            continue
        for node in ast.walk(statement):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id in walk.silenced:
                raise CannotCut(
                    f"line {node.lineno} uses what {node.func.id} returns, which the other engine computes",
                    flow.moved(statement),
                )


def check_repeats(flow: Flow, ray: Part, spark: Part) -> None:
    """What both parts compute for themselves must be the same in both: the name of a temporary folder is not."""
    on_spark = {id(statement) for statement in spark.stays}
    sentence = "gives another value each time it runs, and both parts would need the same"
    for statement in ray.stays:
        if id(statement) not in on_spark or not stores(statement):
            continue
        if not draws_anew(statement, flow.module, flow.project):
            continue
        readers = [
            [s for s in part.stays if s is not statement and loads(s) & stores(statement) and not only_tells(s)]
            for part in (ray, spark)
        ]
        if all(readers):
            raise CannotCut(f"line {statement.lineno} {sentence}", flow.moved(*readers[0]))
    for node in ast.walk(flow.module.tree):
        if not isinstance(node, ast.With) or len({stage.engine for stage in flow.stages_in(node)}) < 2:
            continue
        if any(draws_anew(head.context_expr, flow.module, flow.project) for head in node.items):
            raise CannotCut(f"line {node.lineno} {sentence}", flow.moved(node))
