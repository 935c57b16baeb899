"""Decides for one engine which statements stay, which go, and where datasets cross."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace

from migrate.emit.effects import runs_once
from migrate.emit.flow import Flow, HandOff, Part
from migrate.emit.uses import blocks, changes, header, loads, own_nodes, stores
from migrate.ir import Engine, Stage
from migrate.mapping import Edit, Emission, NotCarried
from migrate.translate.edits import stands_alone
from migrate.translate.locate import receiver_of
from migrate.translate.rendezvous import is_rendezvous

_COMPOUND = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.AsyncFor, ast.AsyncWith, ast.Match)
_LOOPS = (ast.For, ast.While, ast.AsyncFor)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_LOGGING = {"critical", "debug", "error", "exception", "info", "log", "warning"}
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


class Walk:
    """One pass over the statements for one engine. The Ray pass finds the hand-offs, the Spark pass is given them."""

    def __init__(self, flow: Flow, engine: Engine, handoffs: list[HandOff], left: Iterable[ast.stmt] = ()) -> None:
        """``left`` are the statements without stages that the other part has left out."""
        self.left = {id(statement) for statement in left}
        self.flow, self.module, self.engine = flow, flow.module, engine
        self.part = Part(engine, handoffs=handoffs)
        self.dropped: dict[str, ast.stmt] = {}
        self.datasets: dict[str, ast.stmt] = {}
        self.last: Engine | None = None
        self.name = ""
        self.kept: list[ast.stmt] = []
        self.neutral: list[ast.stmt] = []
        self.removed: list[ast.stmt] = []
        self.stays: list[ast.stmt] = []
        self.silenced: set[str] = set()
        self.orphans: list[ast.stmt] = []
        self.notes: list[tuple[ast.stmt, str]] = []

    def scope(self, name: str, body: list[ast.stmt]) -> None:
        """Decide about the statements of a function or of the module."""
        self.dropped, self.datasets, self.last, self.name = {}, {}, None, name
        self.kept, self.neutral = [], []
        self.block(body)
        self._drop_unused(body)
        self.stays += [*self.kept, *self.neutral]

    def block(self, body: list[ast.stmt]) -> bool:
        """Decide about the statements of a block; whether any stays."""
        stays = False
        for statement in body:
            if isinstance(statement, _DEFINITIONS):
                self._neutral(statement)
                stays = True
            elif isinstance(statement, _COMPOUND):
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
                raise NotCarried(f"line {statement.lineno}: what heads this block and what is inside it part ways")
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
            self._needs(statement, loads(head), crossing=False)
        self._one_side(statement, before)
        return True

    def _remove_compound(self, statement: ast.stmt, before: int, datasets: dict[str, ast.stmt]) -> None:
        """A statement none of whose blocks stays. What it made, or made anew, can still cross behind it."""
        del self.removed[before:]
        made = {name for name in stores(statement) if name in self.datasets}
        self._remove(statement)
        for name in made:
            if isinstance(statement, ast.With | ast.Try) or name in datasets:
                self.datasets[name] = statement

    def _one_side(self, statement: ast.stmt, before: int) -> None:
        """One name bound on one branch by Spark's part and on another by Ray's would be missing on one of them."""
        gone = set().union(*(stores(s) for s in self.removed[before:]))
        for name in gone:
            binds = [s for s in ast.walk(statement) if isinstance(s, ast.Assign | ast.AnnAssign) and name in stores(s)]
            if isinstance(statement, ast.If | ast.Try | ast.Match) and any(s not in self.removed for s in binds):
                raise NotCarried(
                    f"line {statement.lineno}: one branch of this statement makes {name} on Spark and another on Ray"
                )

    def simple(self, statement: ast.stmt) -> bool:
        """A statement decided as a whole; whether it stays."""
        flow = self.flow
        stages = flow.stages_in(statement)
        own = {stage.engine for stage in stages if stage.engine}
        called = flow.called(statement)
        if self.engine is Engine.RAY and self._session(statement, bool(own | called)):
            return True
        if not own | called:
            return self._without_stages(statement)
        self.last = Engine.RAY if Engine.RAY in own | called else Engine.SPARK
        if self.engine not in own | called:
            self._leaves(statement)
            self._remove(statement, dataset=True)
            return False
        if len(own) > 1 or (own and called - own):
            return self._split(statement, stages)
        self._keep(statement, stages)
        return True

    def _keep(self, statement: ast.stmt, stages: list[Stage]) -> None:
        if stages and self.engine is Engine.RAY and all(self._emission(stage).drop for stage in stages):
            self._remove(statement)
            return
        self._emissions(statement, stages)
        forgets = {name for stage in stages for name in self._emission(stage).forgets}
        self._needs(statement, loads(statement) - forgets, crossing=True)
        self.kept.append(statement)

    def _emission(self, stage: Stage) -> Emission:
        return self.flow.emissions.get(stage.id, Emission()) if self.engine is Engine.RAY else Emission()

    def _emissions(self, statement: ast.stmt, stages: list[Stage]) -> None:
        claimed = {claim for stage in stages for claim in self._emission(stage).claims}
        span = self.module.span(statement)
        texts = [self._emission(stage).before for stage in stages if stage.id not in claimed]
        wanted = [text for text in texts if text is not None]
        if len(wanted) > 1 or (wanted and not stands_alone(self.flow.lines, span)):
            raise NotCarried(f"line {statement.lineno} holds more than one statement or training; give each its line")
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
            or isinstance(statement, _COMPOUND)
            or any(stage not in self.flow.stages_in(receiver) for stage in front)
            or self.flow.called(statement) != self.flow.called(receiver)
            or Engine.RAY in self.flow.called(receiver)
        ):
            raise NotCarried(f"line {statement.lineno}: Spark's and Ray's part of this statement cannot be told apart")
        name = next(iter(sorted(stores(statement))), "handoff")
        handoff = HandOff(self.flow.folder(statement, name), statement, self.module.segment(receiver))
        if self.engine is Engine.RAY:
            self.part.handoffs.append(handoff)
            self.part.edits.append(Edit(self.module.span(receiver), read_text(handoff)))
            self._emissions(statement, [stage for stage in stages if stage.engine is Engine.RAY])
            self._needs(statement, loads(statement) - loads(receiver), crossing=True)
            self.kept.append(statement)
            return True
        self.part.edits.append(Edit(self.module.span(statement), write_text(handoff)))
        self._needs(statement, loads(receiver), crossing=False)
        self._mark_dropped(statement)
        self.kept.append(ast.copy_location(ast.Expr(receiver), statement))
        return True

    def _session(self, statement: ast.stmt, has_stages: bool) -> bool:
        """On Ray, what makes, stops or asks the Spark session."""
        flow, bound, read = self.flow, stores(statement), loads(statement)
        if bound & flow.sessions and not has_stages:
            self._mark_dropped(statement)
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
            return False
        if is_stop(statement, flow.sessions):
            self.part.edits.append(Edit(self.module.span(statement), "ray.shutdown()"))
            return True
        self._remove(statement)
        return False

    def _without_stages(self, statement: ast.stmt) -> bool:
        """Plain Python: what it binds both parts may need, what it does belongs to the engine that worked last."""
        flow = self.flow
        stops = self.engine is Engine.SPARK and is_stop(statement, flow.sessions)
        reads = loads(statement)
        if not stops and (
            (self.engine is Engine.RAY and is_rendezvous(statement, self.module, flow.project))
            or (self.engine is Engine.RAY and flow.is_spark_only(statement))
            or reads & set(self.dropped)
        ):
            if reads & set(self.dropped):
                self._leaves(statement)
                self._orphan(statement)
            self._remove(statement)
            return False
        if not stops and not self._belongs_here(statement):
            self._orphan(statement)
            self._remove(statement)
            return False
        self._neutral(statement)
        return True

    def _orphan(self, statement: ast.stmt) -> None:
        """A statement that this part leaves to the other one. Where that has left it too, it would be lost."""
        self.orphans.append(statement)
        if id(statement) not in self.left or isinstance(statement, ast.Return):
            return
        if stores(statement) and not self._writes_a_file(statement):
            return
        if not _only_tells(statement):
            raise NotCarried(f"line {statement.lineno} needs values of the Spark part and of the Ray part")
        self.notes.append((statement, "needs values of both parts and is in neither"))

    def _belongs_here(self, statement: ast.stmt) -> bool:
        if id(statement) in self.left or loads(statement) & {name for kept in self.kept for name in stores(kept)}:
            return True
        if runs_once(statement, self.module, self.flow.project):
            first = Engine.SPARK if self.flow.has_spark else Engine.RAY
            return self.engine is (self.last or first)
        binds = stores(statement) | changes(statement)
        settles = binds or isinstance(statement, _STAYS) or _is_text(statement)
        return bool(settles and not self._writes_a_file(statement)) or self.last in (None, self.engine)

    def _writes_a_file(self, statement: ast.stmt) -> bool:
        """A block such as ``with open(...) as file:`` whose names serve only itself: it is there for what it does."""
        if not isinstance(statement, _COMPOUND):
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
        for node in own_nodes(statement):
            exits = isinstance(node, ast.Call) and self.module.resolve(node.func) in {"sys.exit", "os._exit"}
            if (
                isinstance(node, ast.Return)
                or exits
                or (isinstance(node, ast.Break | ast.Continue) and not _loops(statement))
            ):
                raise NotCarried(f"line {statement.lineno} may end the job early, which the other part would not see")

    def _neutral(self, statement: ast.stmt) -> None:
        for name in stores(statement):
            self.dropped.pop(name, None)
            self.datasets.pop(name, None)
        self.neutral.append(statement)

    def _remove(self, statement: ast.stmt, dataset: bool = False) -> None:
        self.removed.append(statement)
        self._mark_dropped(statement)
        if dataset:
            for name in stores(statement):
                self.datasets[name] = statement

    def _mark_dropped(self, statement: ast.stmt) -> None:
        kept_objects = {name for name in changes(statement) if not self._is_module(name)} - self.flow.sessions
        for name in stores(statement) | kept_objects:
            self.dropped[name] = statement
            self.datasets.pop(name, None)

    def _is_module(self, name: str) -> bool:
        return self.module.resolve(ast.Name(name, ast.Load())) is not None

    def _needs(self, statement: ast.stmt, names: set[str], *, crossing: bool) -> None:
        """A kept statement reads these names: a dataset of the other engine crosses, another value cannot."""
        for name in sorted(names & set(self.dropped)):
            made = self.dropped[name]
            dataset = name in self.datasets and self.flow.makes(made, name, statement)
            if not dataset or not crossing or self.engine is Engine.SPARK:
                raise NotCarried(
                    f"line {statement.lineno} needs {name}, which line {made.lineno} computes on the other engine"
                )
            self._runs_once(made)
            self.part.handoffs.append(HandOff(self.flow.folder(made, name), made, name))
            del self.dropped[name]
        for name in stores(statement):
            self.dropped.pop(name, None)

    def _runs_once(self, made: ast.stmt) -> None:
        """A hand-off in a loop, or in a function that is called twice, would overwrite itself."""
        around = [node for s in self.flow.body(self.name) for node in ast.walk(s) if isinstance(node, _LOOPS)]
        if any(made in ast.walk(loop) and made is not loop for loop in around):
            raise NotCarried(
                f"line {made.lineno} makes a dataset in a loop that goes on on Ray; a hand-off is made once"
            )
        name = self.name.rpartition(".")[2]
        if not name:
            return
        uses = [
            node
            for node in ast.walk(self.module.tree)
            if (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load))
            or (isinstance(node, ast.Attribute) and node.attr == name)
        ]
        loops = [node for node in ast.walk(self.module.tree) if isinstance(node, _LOOPS)]
        if len(uses) > 1 or any(use in ast.walk(loop) for use in uses for loop in loops):
            raise NotCarried(
                f"{name}, called more than once, makes a dataset on line {made.lineno} that goes on on Ray"
            )

    def _drop_unused(self, body: list[ast.stmt]) -> None:
        """Drop definitions that only the statements that left have used."""
        before = set().union(*(loads(statement) for statement in body))
        while True:
            used = set().union(*(loads(s) for s in [*self.kept, *self.neutral]))
            used |= {name for s in body if isinstance(s, _COMPOUND) for head in _headers(s) for name in loads(head)}
            idle = [s for s in self.neutral if _is_idle(s, before, used)]
            if not idle:
                return
            for statement in idle:
                self.neutral.remove(statement)
                self.removed.append(statement)


def is_stop(statement: ast.stmt, sessions: set[str]) -> bool:
    """Whether a statement is ``spark.stop()``."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and isinstance(statement.value.func, ast.Attribute)
        and statement.value.func.attr == "stop"
        and isinstance(statement.value.func.value, ast.Name)
        and statement.value.func.value.id in sessions
    )


def read_text(handoff: HandOff) -> str:
    """The expression that reads a hand-off."""
    return f'ray.data.read_parquet(os.path.join(HANDOFF, "{handoff.name}"))'


def write_text(handoff: HandOff) -> str:
    """The statement that writes a hand-off."""
    return f'hand_over({handoff.dataset}, "{handoff.name}")'


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _only_tells(statement: ast.stmt) -> bool:
    """Whether a statement does no more than print or log."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Call):
        return False
    function = statement.value.func
    return (isinstance(function, ast.Name) and function.id == "print") or (
        isinstance(function, ast.Attribute) and function.attr in _LOGGING
    )


def _loops(statement: ast.stmt) -> bool:
    return any(isinstance(node, _LOOPS) for node in own_nodes(statement))


def _headers(statement: ast.stmt) -> list[ast.expr]:
    return [head for node in ast.walk(statement) if isinstance(node, _COMPOUND) for head in header(node)]


def _is_idle(statement: ast.stmt, before: set[str], used: set[str]) -> bool:
    if isinstance(statement, (*_COMPOUND, *_DEFINITIONS)):
        return False
    names = stores(statement)
    return bool(names and names & before and not names & used)
