"""Turns what was decided about the statements of a job into edits on its text."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace

from migrate.emit.flow import Flow, HandOff, Part
from migrate.emit.guard import check_accumulators, check_crossings, check_order, check_returns, check_uses
from migrate.emit.ledger import read_text, write_text
from migrate.emit.sessions import session_edits
from migrate.emit.uses import blocks
from migrate.emit.walk import Walk
from migrate.ir import Engine, Span
from migrate.mapping import Edit
from migrate.translate.edits import lead_of, stands_alone, with_gap


def part_of(flow: Flow, engine: Engine, handoffs: list[HandOff], left: Iterable[ast.stmt] = ()) -> Part:
    """The edits that leave what runs on ``engine``. The Ray part finds the hand-offs, the Spark part is given them.

    ``left`` are the statements without stages that the part made before has left out: they belong to this one.
    NotCarried, naming the line, where the parts cannot be told apart without changing what the job does.
    """
    walk = Walk(flow, engine, handoffs, left)
    for scope in flow.scopes(engine):
        walk.scope(scope, flow.body(scope))
    check_returns(flow, walk)
    if engine is Engine.RAY:
        walk.part.edits += check_uses(flow, walk)
        check_crossings(flow, walk.part.handoffs)
        check_order(flow)
        check_accumulators(flow)
        _stages(flow, walk.part)
        walk.part.edits += session_edits(flow.module, flow.sessions)
    _statements(flow, walk)
    walk.part.stays, walk.part.left = walk.stays, walk.orphans
    walk.part.notes = [(statement.lineno, note) for statement, note in walk.notes]
    return walk.part


def _stages(flow: Flow, part: Part) -> None:
    """The edits of the stages themselves."""
    moved = [s for s in flow.here if s.engine is Engine.RAY and s.id in flow.emissions]
    claimed = {claim for stage in moved for claim in flow.emissions[stage.id].claims}
    # Of two functions that are put around one beginning, that of the later stage goes around the other.
    for stage in reversed(moved):
        emission = flow.emissions[stage.id]
        if stage.id in claimed:
            continue
        if emission.text is not None and not emission.drop:
            span = emission.span or stage.chain
            lead = lead_of(flow.lines.cut(span)) if emission.span is None else ""
            part.edits.append(Edit(span, lead + emission.text))
        part.edits += emission.edits
        part.helpers |= set(emission.helpers)
        part.imports |= set(emission.imports)
        part.sorts |= emission.sorts


def _statements(flow: Flow, walk: Walk) -> None:
    """The edits of the statements that went, and of the hand-offs."""
    part, module, lines = walk.part, flow.module, flow.lines
    crossing: dict[int, list[HandOff]] = {}
    for handoff in part.handoffs:
        crossing.setdefault(id(handoff.statement), []).append(handoff)
    gone = {module.span(statement): crossing.get(id(statement), []) for statement in walk.removed}
    if walk.engine is Engine.RAY:
        ray = (flow.emissions[s.id] for s in flow.here if s.engine is Engine.RAY and s.id in flow.emissions)
        gone |= {span: [] for emission in ray for span in emission.removals}
    fillers = _fillers(flow, gone)
    for span, reads in gone.items():
        texts = [f"{handoff.dataset} = {read_text(handoff)}" for handoff in reads]
        if texts:
            joint = f"\n{lines.indent(span.line)}" if stands_alone(lines, span) else "; "
            part.edits.append(Edit(span, joint.join(texts)))
        elif span in fillers or not stands_alone(lines, span):
            part.edits.append(Edit(span, "pass"))
        else:
            part.edits.append(Edit(with_gap(lines, span), ""))
    if walk.engine is Engine.SPARK:
        _hand_over(flow, part, crossing)


def _fillers(flow: Flow, gone: Iterable[Span]) -> set[Span]:
    """The first statements of blocks that would be left empty."""
    spans = set(gone)
    found = set()
    for node in ast.walk(flow.module.tree):
        if isinstance(node, ast.Module) or flow.module.span(node) in spans:
            continue
        for block in blocks(node):
            inner = [flow.module.span(statement) for statement in block if isinstance(statement, ast.stmt)]
            if inner and all(span in spans for span in inner):
                found.add(inner[0])
    return found


def _hand_over(flow: Flow, part: Part, crossing: dict[int, list[HandOff]]) -> None:
    """Behind the statement that made a dataset, what writes it for the Ray part."""
    for handoffs in crossing.values():
        span = flow.module.span(handoffs[0].statement)
        part.helpers.add("hand_over")
        if any(edit.span == span for edit in part.edits):
            continue  # the statement itself became the hand-off
        texts = [write_text(handoff) for handoff in handoffs]
        at = replace(span, line=span.end_line, column=span.end_column)
        if stands_alone(flow.lines, span):
            end = len(flow.lines.line(span.end_line))
            at = replace(at, column=end, end_column=end)
            indent = flow.lines.indent(span.line)
            part.edits.append(Edit(at, "".join(f"\n{indent}{text}" for text in texts)))
        else:
            part.edits.append(Edit(at, "".join(f"; {text}" for text in texts)))


def marks(flow: Flow, sentences: dict[str, str]) -> list[Edit]:
    """The comment lines above the statements that hold the stages of ``sentences``: ``# MIGRATE(CODE): why``."""
    found: dict[int, list[str]] = {}
    statements = [node for node in ast.walk(flow.module.tree) if isinstance(node, ast.stmt) and not blocks(node)]
    for stage in flow.here:
        line = stage.statement.line
        if stage.id not in sentences or any(
            flow.module.span(s).line < line <= flow.module.span(s).end_line for s in statements
        ):
            continue
        if sentences[stage.id] not in found.setdefault(line, []):
            found[line].append(sentences[stage.id])
    edits = []
    for line, texts in found.items():
        indent = flow.lines.indent(line)
        at = Span(flow.module.path, line, len(indent), line, len(indent))
        edits.append(Edit(at, "".join(f"# {text}\n{indent}" for text in texts)))
    return edits
