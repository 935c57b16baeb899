"""Decides for one engine which statements stay, which go, and where datasets cross."""

from __future__ import annotations

import ast
from dataclasses import replace

from migrate.emit.branches import check_branches
from migrate.emit.effects import is_text, only_tells, runs_once
from migrate.emit.flow import CannotCut, HandOff
from migrate.emit.ledger import COMPOUND, DEFINITIONS, LOOPS, Ledger, is_stop, read_text, write_text
from migrate.emit.uses import blocks, changes, header, loads, own_nodes, stores
from migrate.ir import Engine, Stage
from migrate.mapping import Edit, Emission
from migrate.passes.place import is_udf_maker
from migrate.translate.accumulators import accumulator_edit, accumulators_on_ray
from migrate.translate.broadcasts import broadcast_edit, broadcasts_in, frees_broadcast
from migrate.translate.edits import stands_alone
from migrate.translate.locate import receiver_of
from migrate.translate.rendezvous import is_rendezvous
from migrate.translate.udfs import unread_by_udfs

_STAYS = (
    ast.Return,
    ast.Raise,
    ast.Break,
    ast.Continue,
    ast.Pass,
    ast.Global,
    ast.Nonlocal,
    ast.Import,
    ast.ImportFrom,
)


class Walk(Ledger):
    """One pass over the statements for one engine. The Ray pass finds the hand-offs, the Spark pass is given them."""

    def scope(self, name: str, body: list[ast.stmt]) -> None:
        """Decide about the statements of a function or of the module."""
        self.dropped, self.datasets, self.last, self.name = {}, {}, None, name
        self.kept, self.neutral = [], []
        self.block(body)
        self.drop_unused(body)
        self.stays += [*self.kept, *self.neutral]

    def block(self, body: list[ast.stmt]) -> bool:
        """Decide about the statements of a block; whether any stays."""
        stays = False
        for statement in body:
            if isinstance(statement, DEFINITIONS):
                self.stay(statement)
                stays = True
            elif isinstance(statement, COMPOUND):
                stays |= self.compound(statement)
            else:
                stays |= self.simple(statement)
        return stays

    def compound(self, statement: ast.stmt) -> bool:
        """A statement with blocks: decided block by block where stages are inside, else as a whole."""
        flow, heads = self.flow, header(statement)
        inner = {stage.engine for stage in flow.stages_in(statement)} | flow.called(statement)
        if not inner and not loads(statement) & flow.sessions:
            return self.simple(statement)
        if any(flow.stages_in(head) or flow.called(head) for head in heads):
            if len(inner) > 1 or isinstance(statement, ast.While):
                raise CannotCut(
                    f"line {statement.lineno}: what heads this block and what is inside it part ways",
                    flow.moved(statement),
                )
            return self.simple(statement)
        before, dropped, datasets = len(self.removed), dict(self.dropped), dict(self.datasets)
        stay: list[bool] = []
        ends: list[tuple[dict[str, ast.stmt], dict[str, ast.stmt]]] = []
        for block in blocks(statement):
            self.dropped, self.datasets = dict(dropped), dict(datasets)
            if isinstance(statement, ast.Try) and ends:
                self.dropped, self.datasets = dict(ends[-1][0]), dict(ends[-1][1])
            stay.append(self.block(block))
            ends.append((self.dropped, self.datasets))
        # Behind the block a name is as lost as on any of the ways through it.
        exclusive = isinstance(statement, ast.If) and bool(statement.orelse)
        ways = ends if exclusive or isinstance(statement, ast.With) else [(dropped, datasets), *ends]
        self.dropped = {name: made for lost, _ in ways for name, made in lost.items()}
        self.datasets = {name: made for _, known in ways for name, made in known.items() if name in self.dropped}
        if not any(stay) or (isinstance(statement, ast.Try) and not stay[0] and not statement.finalbody):
            self._remove_compound(statement, before, datasets)
            return False
        for head in heads:
            self.needs(statement, loads(head), crossing=False)
        check_branches(flow, statement, self.removed[before:])
        return True

    def _remove_compound(self, statement: ast.stmt, before: int, datasets: dict[str, ast.stmt]) -> None:
        """A statement none of whose blocks stays. What it made, or made anew, can still cross behind it."""
        del self.removed[before:]
        made = {name for name in stores(statement) if name in self.datasets}
        self.remove(statement)
        for name in made:
            if isinstance(statement, ast.With | ast.Try) or name in datasets:
                self.datasets[name] = statement

    def simple(self, statement: ast.stmt) -> bool:
        """A statement decided as a whole; whether it stays."""
        flow = self.flow
        stages = flow.stages_in(statement)
        if self.engine is Engine.RAY and not stages and self._arranges_rendezvous(statement):
            self.plumbing |= stores(statement)
            self.remove(statement)
            return False
        if self.engine is Engine.RAY and not stages and frees_broadcast(statement, self.module, flow.sessions):
            self.remove(statement)
            return False
        if self.engine is Engine.SPARK and not stages and accumulators_on_ray(flow.job, statement, flow.sessions):
            self.remove(statement)
            return False
        own = {stage.engine for stage in stages if stage.engine}
        called = flow.called(statement)
        session = self._session(statement, bool(own | called)) if self.engine is Engine.RAY else None
        if session is not None:
            return session
        if not own | called:
            return self._without_stages(statement)
        self.last = Engine.RAY if Engine.RAY in own | called else Engine.SPARK
        if self.engine not in own | called:
            self._leaves(statement)
            self.remove(statement, dataset=True)
            return False
        if len(own) > 1 or (own and called - own):
            return self._split(statement, stages)
        self._keep(statement, stages)
        return True

    def _keep(self, statement: ast.stmt, stages: list[Stage]) -> None:
        if stages and self.engine is Engine.RAY and all(self._emission(stage).drop for stage in stages):
            self.remove(statement)
            return
        self._emissions(statement, stages)
        forgets = {name for stage in stages for name in self._emission(stage).forgets}
        self.needs(statement, loads(statement) - forgets, crossing=True)
        self.kept.append(statement)

    def _emission(self, stage: Stage) -> Emission:
        return self.flow.emissions.get(stage.id, Emission()) if self.engine is Engine.RAY else Emission()

    def _emissions(self, statement: ast.stmt, stages: list[Stage]) -> None:
        claimed = {claim for stage in stages for claim in self._emission(stage).claims}
        span = self.module.span(statement)
        texts = [self._emission(stage).before for stage in stages if stage.id not in claimed]
        wanted = [text for text in texts if text is not None]
        if len(wanted) > 1 or (wanted and not stands_alone(self.flow.lines, span)):
            raise CannotCut(
                f"line {statement.lineno} holds more than one statement or training; give each its line",
                self.flow.moved(statement),
            )
        for text in wanted:
            indent = self.flow.lines.indent(span.line)
            at = replace(span, end_line=span.line, end_column=span.column)
            self.part.edits.append(Edit(at, text.strip("\n").replace("\n", f"\n{indent}") + f"\n{indent}"))

    def _split(self, statement: ast.stmt, stages: list[Stage]) -> bool:
        """A chain whose front runs on Spark and whose end runs on Ray, in one statement."""
        first = next((stage for stage in stages if stage.engine is Engine.RAY), None)
        receiver = receiver_of(self.module, first) if first is not None else None
        front = [stage for stage in stages if stage.engine is Engine.SPARK]
        if (
            receiver is None
            or isinstance(statement, COMPOUND)
            or any(stage not in self.flow.stages_in(receiver) for stage in front)
            or self.flow.called(statement) != self.flow.called(receiver)
            or Engine.RAY in self.flow.called(receiver)
        ):
            raise CannotCut(
                f"line {statement.lineno}: Spark's and Ray's part of this statement cannot be told apart",
                self.flow.moved(statement),
            )
        name = next(iter(sorted(stores(statement))), "handoff")
        handoff = HandOff(self.flow.folder(statement, name), statement, self.module.segment(receiver))
        if self.engine is Engine.RAY:
            self.part.handoffs.append(handoff)
            self.part.edits.append(Edit(self.module.span(receiver), read_text(handoff)))
            self._emissions(statement, [stage for stage in stages if stage.engine is Engine.RAY])
            self.needs(statement, loads(statement) - loads(receiver), crossing=True)
            self.kept.append(statement)
            return True
        self.part.edits.append(Edit(self.module.span(statement), write_text(handoff)))
        self.needs(statement, loads(receiver), crossing=False)
        self.mark_dropped(statement)
        self.kept.append(ast.copy_location(ast.Expr(receiver), statement))
        return True

    def _session(self, statement: ast.stmt, has_stages: bool) -> bool | None:
        """On Ray, what makes, stops or asks the Spark session: whether it stays, None for another statement."""
        flow, bound = self.flow, stores(statement)
        read = loads(statement) - unread_by_udfs(self.module, statement, self.name)
        if bound & flow.sessions and not has_stages:
            self.mark_dropped(statement)
            for name in flow.sessions:
                self.dropped.pop(name, None)
            again = bool(read & flow.sessions)  # sc = spark.sparkContext
            if again:
                self.removed.append(statement)
            else:
                self.part.edits.append(Edit(self.module.span(statement), "{{ray_init}}"))
                self.part.imports.add("import ray")
            return not again
        if has_stages or not read & flow.sessions:
            return None
        made = [broadcast_edit(self.module, call) for call in broadcasts_in(statement, flow.sessions)]
        counters = accumulators_on_ray(flow.job, statement, flow.sessions)
        made += [accumulator_edit(self.module, call) for call in counters]
        if made:
            self.part.edits += made
            self.needs(statement, read - flow.sessions, crossing=False)
            self.stay(statement)
            return True
        if is_stop(statement, flow.sessions):
            self.part.edits.append(Edit(self.module.span(statement), "ray.shutdown()"))
            return True
        self.orphans.append(statement)
        self.remove(statement)
        return False

    def _arranges_rendezvous(self, statement: ast.stmt) -> bool:
        """Whether a statement only lets workers meet, or goes on with what such a one made."""
        if self.flow.called(statement):
            return False
        lost = loads(statement) & set(self.dropped)
        goes_on = bool(lost) and lost <= self.plumbing
        return goes_on or is_rendezvous(statement, self.module, self.flow.project)

    def _without_stages(self, statement: ast.stmt) -> bool:
        """Plain Python: what it binds both parts may need, what it does belongs to the engine that worked last."""
        flow = self.flow
        stops = self.engine is Engine.SPARK and is_stop(statement, flow.sessions)
        lost = loads(statement) & set(self.dropped)
        foreign = self.engine is Engine.RAY and flow.is_spark_only(statement)
        if not stops and (foreign or lost):
            if not flow.has_spark and not stores(statement) and not isinstance(statement, _STAYS):
                raise CannotCut(f"line {statement.lineno} does something of Spark's that is not understood")
            if not foreign:
                self._leaves(statement)
                self._orphan(statement)
            self.remove(statement)
            return False
        if not stops and not self._belongs_here(statement):
            self._orphan(statement)
            self.remove(statement)
            return False
        self.stay(statement)
        return True

    def _orphan(self, statement: ast.stmt) -> None:
        """A statement that this part leaves to the other one. Where that has left it too, it would be lost."""
        self.orphans.append(statement)
        if id(statement) not in self.left or isinstance(statement, ast.Return):
            return
        if stores(statement) and not self._writes_a_file(statement):
            return
        if not only_tells(statement):
            raise CannotCut(
                f"line {statement.lineno} needs values of the Spark part and of the Ray part", self.caused(statement)
            )
        self.notes.append((statement, "needs values of both parts and is in neither"))

    def _belongs_here(self, statement: ast.stmt) -> bool:
        if id(statement) in self.left or loads(statement) & {name for kept in self.kept for name in stores(kept)}:
            return True
        once = runs_once(statement, self.module, self.flow.project)
        binds = stores(statement) | changes(statement)
        settles = binds or isinstance(statement, _STAYS) or is_text(statement)
        if settles and not once and not self._writes_a_file(statement):
            return True
        if self.last is None:
            return not once or self.engine is (Engine.SPARK if self.flow.has_spark else Engine.RAY)
        if self.last is Engine.RAY and not only_tells(statement):
            self._refuse_late(statement)
        return self.engine is self.last

    def _refuse_late(self, statement: ast.stmt) -> None:
        """CannotCut where what Ray's part would do comes in front of a stage of Spark's, whose part runs first."""
        here = [stage for stage in self.flow.here if stage.scope == self.name and not is_udf_maker(stage)]
        if any(stage.engine is Engine.SPARK and stage.span.line > statement.lineno for stage in here):
            moved = [s for s in here if s.engine is Engine.RAY and s.span.line < statement.lineno]
            nearest = max((stage.statement.line for stage in moved), default=0)
            raise CannotCut(
                f"line {statement.lineno} comes after work of Ray's and before work of Spark's, whose part runs first",
                {stage.id for stage in moved if stage.statement.line == nearest},
            )

    def _writes_a_file(self, statement: ast.stmt) -> bool:
        """A block such as ``with open(...) as file:`` whose names serve only itself: it is there for what it does."""
        if not isinstance(statement, COMPOUND):
            return False
        span = self.module.span(statement)
        body = self.flow.body(self.name)
        nodes = [n for s in body for n in ast.walk(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
        later = {node.id for node in nodes if node.lineno > span.end_line}
        return not (stores(statement) | changes(statement)) & later

    def _leaves(self, statement: ast.stmt) -> None:
        """Refuse to take out of one part what would end the job in the other."""
        if isinstance(statement, ast.Return):
            if statement.value is not None:
                self.silenced.add(self.name)
            return
        nodes = list(own_nodes(statement))
        loops = any(isinstance(node, LOOPS) for node in nodes)
        for node in nodes:
            exits = isinstance(node, ast.Call) and self.module.resolve(node.func) in {"sys.exit", "os._exit"}
            goes_on = isinstance(node, ast.Break | ast.Continue) and not loops
            if isinstance(node, ast.Return) or exits or goes_on:
                raise CannotCut(
                    f"line {statement.lineno} may end the job early, which the other part would not see",
                    self.caused(statement),
                )
