"""Which statements of a job stand in which of its parts, and what takes the place of those that moved."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.ir import Engine, Job, Kind, Span, Stage
from migrate.mapping import Edit, Emission, NotCarried
from migrate.passes.place import is_udf_maker
from migrate.translate.edits import Lines, whole_lines
from migrate.translate.locate import call_of, defined, functions, receiver_of, root_name
from migrate.translate.rendezvous import is_rendezvous
from migrate.translate.spark_types import arrow_type
from migrate.translate.udfs import udfs_of

_COMPOUND = (ast.If, ast.For, ast.While, ast.With, ast.Try)
_EXITS = (
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


@dataclass(frozen=True)
class HandOff:
    """A dataset that crosses engines: the variable that holds it and the statement that made it."""

    name: str
    statement: ast.stmt
    dataset: str


@dataclass
class Part:
    """One output file in the making: the edits on the job's text, and what they need."""

    engine: Engine
    edits: list[Edit] = field(default_factory=list)
    helpers: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    sorts: set[str] = field(default_factory=set)
    handoffs: list[HandOff] = field(default_factory=list)


class Flow:
    """The statements of a placed job, asked once for each engine."""

    def __init__(self, job: Job, module: Module, project: Project, emissions: Mapping[str, Emission]) -> None:
        self.job, self.module, self.project, self.emissions = job, module, project, emissions
        self.lines = Lines(module.text)
        self.here = [stage for stage in job.stages if stage.chain.path == module.path]
        self.scopes = self._flow_scopes()
        self.sessions = self._session_names()
        self.translated = self._translated()

    def part(self, engine: Engine, handoffs: list[HandOff]) -> Part:
        """The edits that leave what runs on ``engine``. The Ray part finds the hand-offs, the Spark part is given them."""
        walk = _Walk(self, engine, handoffs)
        for scope in self._scopes_of(engine):
            body = functions(self.module)[scope].body if scope else self.module.tree.body
            walk.scope(body)
        walk.finish()
        if engine is Engine.RAY:
            self._emit(walk.part)
        return walk.part

    def _scopes_of(self, engine: Engine) -> list[str]:
        own = {stage.scope for stage in self.here if stage.engine is engine and not is_udf_maker(stage)}
        known = [scope for scope in own if not scope or scope in functions(self.module)]
        return list(dict.fromkeys([*self.scopes, *sorted(known)]))

    def _emit(self, part: Part) -> None:
        """The edits of the stages themselves."""
        moved = [s for s in self.here if s.engine is Engine.RAY and s.id in self.emissions]
        claimed = {claim for stage in moved for claim in self.emissions[stage.id].claims}
        for stage in moved:
            emission = self.emissions[stage.id]
            if stage.id in claimed:
                continue
            if emission.text is not None and not emission.drop:
                span = emission.span or stage.chain
                old = self.lines.cut(span)
                # The line break in front of the dot is the user's.
                lead = old[: len(old) - len(old.lstrip())]
                part.edits.append(Edit(span, lead + emission.text))
            part.edits += emission.edits
            part.edits += [Edit(_with_gap(self.lines, gone), "") for gone in emission.removals]
            part.helpers |= set(emission.helpers)
            part.imports |= set(emission.imports)
            part.sorts |= emission.sorts

    def stages_in(self, node: ast.AST) -> list[Stage]:
        """The stages whose call ends inside a node."""
        span = self.module.span(node)
        return [stage for stage in self.here if _inside(stage.chain, span)]

    def called(self, node: ast.AST) -> set[Engine]:
        """The engines of the stages in those functions of the repository that a node calls."""
        found: set[Engine] = set()
        for call in ast.walk(node):
            if not isinstance(call, ast.Call):
                continue
            origin = self.module.resolve(call.func)
            target = defined(self.project, self.module, origin) if origin else None
            if target is None:
                continue
            home, function = target
            found |= {
                stage.engine
                for stage in self.job.stages
                if stage.engine
                and not is_udf_maker(stage)
                and stage.chain.path == home.path
                and _inside(stage.chain, home.span(function))
            }
        return found

    def is_spark_only(self, statement: ast.stmt) -> bool:
        """Whether a statement without stages builds something of Spark's that has no counterpart in the Ray part."""
        if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
            return False
        translated = {
            id(node) for maker in self.translated if _holds(statement, maker) for node in ast.walk(maker)
        }
        return any(
            isinstance(node, ast.Name)
            and (self.module.resolve(node) or "").split(".")[0] == "pyspark"
            and id(node) not in translated
            for node in ast.walk(statement)
        )

    def _translated(self) -> list[ast.AST]:
        """What other passes turn into Ray: UDFs, types, and what the moved stages edit away from their own place."""
        found: list[ast.AST] = [udf.maker for udf, _ in udfs_of(self.module)]
        found += [node for node in ast.walk(self.module.tree) if isinstance(node, ast.Call) and _is_type(self.module, node)]
        touched = [edit.span for emission in self.emissions.values() for edit in emission.edits]
        for node in ast.walk(self.module.tree):
            if isinstance(node, ast.Call) and any(_inside(span, self.module.span(node)) for span in touched):
                found.append(node)
        return found

    def _flow_scopes(self) -> list[str]:
        """The scopes that hold statements of both engines, or make the session: the others go whole."""
        engines: dict[str, set[Engine]] = {}
        for stage in self.here:
            if stage.engine is not None and not is_udf_maker(stage):
                engines.setdefault(stage.scope, set()).add(stage.engine)
        for scope, function in {"": self.module.tree, **functions(self.module)}.items():
            called = set().union(*(self.called(statement) for statement in _statements(function.body)), set())
            if called and (scope or engines.get("")):
                engines.setdefault(scope, set()).update(called)
        mixed = [scope for scope, found in engines.items() if len(found) > 1]
        return sorted(mixed or [scope for scope in engines], key=lambda scope: scope.count("."))

    def _session_names(self) -> set[str]:
        """The variables that hold a Spark session or context: the roots of the reads, and what is made by a builder."""
        names = set()
        for node in ast.walk(self.module.tree):
            if isinstance(node, ast.Assign) and _makes_session(self.module, node.value):
                names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        for stage in self.here:
            if stage.kind is Kind.READ:
                root = root_name(call_of(self.module, stage))
                names |= {root} if root else set()
        return names


class _Walk:
    """One pass over the statements for one engine."""

    def __init__(self, flow: Flow, engine: Engine, handoffs: list[HandOff]) -> None:
        self.flow, self.module, self.engine = flow, flow.module, engine
        self.part = Part(engine, handoffs=handoffs)
        self.given = {id(handoff.statement): handoff for handoff in handoffs}
        self.dropped: dict[str, ast.stmt] = {}
        self.datasets: dict[str, ast.stmt] = {}
        self.last: Engine | None = None
        self.kept: list[ast.stmt] = []
        self.neutral: list[ast.stmt] = []
        self.removed: list[ast.stmt] = []

    def scope(self, body: list[ast.stmt]) -> None:
        self.dropped, self.datasets, self.last = {}, {}, None
        self.kept, self.neutral = [], []
        self.block(body)
        self._drop_unused(body)

    def finish(self) -> None:
        """Turn what was decided into edits."""
        reads = {id(handoff.statement): handoff for handoff in self.part.handoffs}
        for statement in self.removed:
            handoff = reads.get(id(statement)) if self.engine is Engine.RAY else None
            span = self.module.span(statement)
            if handoff is not None:
                path = f'os.path.join(HANDOFF, "{handoff.name}")'
                self.part.edits.append(Edit(span, f"{handoff.dataset} = ray.data.read_parquet({path})"))
            else:
                self.part.edits.append(Edit(_with_gap(self.flow.lines, span), ""))
        if self.engine is Engine.SPARK:
            for handoff in self.part.handoffs:
                span = self.module.span(handoff.statement)
                at = replace(span, line=span.end_line, column=span.end_column)
                indent = " " * span.column
                self.part.edits.append(Edit(at, f'\n{indent}hand_over({handoff.dataset}, "{handoff.name}")'))
                self.part.helpers.add("hand_over")

    def block(self, body: list[ast.stmt]) -> bool:
        """Decide about the statements of a block; whether any stays."""
        stays = False
        for statement in body:
            if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
                self._neutral(statement)
                stays = True
            elif isinstance(statement, _COMPOUND):
                stays |= self.compound(statement)
            else:
                stays |= self.simple(statement)
        return stays

    def compound(self, statement: ast.stmt) -> bool:
        inner = self.flow.stages_in(statement)
        sessions = _loads(statement) & self.flow.sessions
        if not inner and not self.flow.called(statement) and not sessions:
            return self.simple(statement)
        blocks = [
            block for name in ("body", "orelse", "finalbody") for block in [getattr(statement, name, [])] if block
        ]
        blocks += [handler.body for handler in getattr(statement, "handlers", [])]
        before = len(self.removed)
        stay = [self.block(block) for block in blocks]
        if all(stay):
            return True
        if not any(stay):
            del self.removed[before:]
            self._remove(statement)
            return False
        raise NotCarried(f"line {statement.lineno}: one branch of this statement runs on Spark and another on Ray")

    def simple(self, statement: ast.stmt) -> bool:
        stages = [stage for stage in self.flow.stages_in(statement) if not is_udf_maker(stage)]
        engines = {stage.engine for stage in stages if stage.engine} | self.flow.called(statement)
        if self.engine is Engine.RAY and self._session(statement, bool(engines)):
            return True
        if not engines:
            return self._without_stages(statement)
        self.last = Engine.RAY if Engine.RAY in engines else Engine.SPARK
        if self.engine not in engines:
            self._remove(statement, dataset=True)
            return False
        if len(engines) > 1:
            return self._split(statement, stages)
        self._emissions(statement, stages)
        forgets = {name for stage in stages for name in self._emission(stage).forgets}
        self._needs(statement, _loads(statement) - forgets)
        self.kept.append(statement)
        return True

    def _emission(self, stage: Stage) -> Emission:
        return self.flow.emissions.get(stage.id, Emission()) if self.engine is Engine.RAY else Emission()

    def _emissions(self, statement: ast.stmt, stages: list[Stage]) -> None:
        claimed = {claim for stage in stages for claim in self._emission(stage).claims}
        span = self.module.span(statement)
        if stages and all(self._emission(stage).drop for stage in stages):
            self._remove(statement)
            return
        for stage in stages:
            if stage.id in claimed:
                continue
            emission = self._emission(stage)
            if emission.before is not None:
                indent = " " * span.column
                text = emission.before.strip("\n").replace("\n", f"\n{indent}")
                at = replace(span, end_line=span.line, end_column=span.column)
                self.part.edits.append(Edit(at, f"{text}\n{indent}"))

    def _split(self, statement: ast.stmt, stages: list[Stage]) -> bool:
        """A chain whose front runs on Spark and whose end runs on Ray, in one statement."""
        first = next(stage for stage in stages if stage.engine is Engine.RAY)
        receiver = receiver_of(self.module, first)
        if receiver is None or self.flow.called(statement):
            raise NotCarried(f"line {statement.lineno}: Spark's and Ray's part of this statement cannot be told apart")
        name = next(iter(_stores(statement)), "handoff")
        if self.engine is Engine.RAY:
            read = f'ray.data.read_parquet(os.path.join(HANDOFF, "{name}"))'
            self.part.edits.append(Edit(self.module.span(receiver), read))
            self._emissions(statement, [stage for stage in stages if stage.engine is Engine.RAY])
            self.kept.append(statement)
            return True
        text = f'hand_over({self.module.segment(receiver)}, "{name}")'
        self.part.helpers.add("hand_over")
        self.part.edits.append(Edit(self.module.span(statement), text))
        self._mark_dropped(statement)
        self.kept.append(ast.Expr(receiver))
        return True

    def _session(self, statement: ast.stmt, has_stages: bool) -> bool:
        """On Ray, what makes, stops or asks the Spark session."""
        stores, loads = _stores(statement), _loads(statement)
        if stores & self.flow.sessions:
            self.part.edits.append(Edit(self.module.span(statement), "{{ray_init}}"))
            self.part.imports.add("import ray")
            return True
        if has_stages or not loads & self.flow.sessions:
            return False
        if _is_stop(statement, self.flow.sessions):
            self.part.edits.append(Edit(self.module.span(statement), "ray.shutdown()"))
            return True
        self._remove(statement)
        return True

    def _without_stages(self, statement: ast.stmt) -> bool:
        if self.engine is Engine.SPARK and _is_stop(statement, self.flow.sessions):
            self._neutral(statement)
            return True
        if self.engine is Engine.RAY and (
            is_rendezvous(statement, self.module, self.flow.project) or self.flow.is_spark_only(statement)
        ):
            self._remove(statement)
            return False
        if _loads(statement) & set(self.dropped):
            self._remove(statement)
            return False
        binds = _stores(statement)
        if not binds and not isinstance(statement, _EXITS) and not _is_text(statement):
            if self.last not in (None, self.engine):
                self._remove(statement)
                return False
        self._neutral(statement)
        return True

    def _neutral(self, statement: ast.stmt) -> None:
        for name in _stores(statement):
            self.dropped.pop(name, None)
            self.datasets.pop(name, None)
        self.neutral.append(statement)

    def _remove(self, statement: ast.stmt, dataset: bool = False) -> None:
        self.removed.append(statement)
        self._mark_dropped(statement)
        if dataset:
            for name in _stores(statement):
                self.datasets[name] = statement

    def _mark_dropped(self, statement: ast.stmt) -> None:
        for name in _stores(statement):
            self.dropped[name] = statement
            self.datasets.pop(name, None)

    def _needs(self, statement: ast.stmt, names: set[str]) -> None:
        """A kept statement reads these names: a dataset of the other engine crosses, another value cannot."""
        for name in sorted(names & set(self.dropped)):
            made = self.dropped[name]
            if name not in self.datasets or self.engine is Engine.SPARK:
                raise NotCarried(
                    f"line {statement.lineno} needs {name}, which line {made.lineno} computes on the other engine"
                )
            self.part.handoffs.append(HandOff(name, made, name))
            del self.dropped[name]
        for name in _stores(statement):
            self.dropped.pop(name, None)

    def _drop_unused(self, body: list[ast.stmt]) -> None:
        """Drop definitions that only the statements that left have used."""
        before = set().union(*(_loads(statement) for statement in body), set())
        while True:
            used = set().union(*(_loads(s) for s in [*self.kept, *self.neutral]), set())
            idle = [
                s
                for s in self.neutral
                if _stores(s) and not isinstance(s, _COMPOUND) and _stores(s) & before and not _stores(s) & used
            ]
            if not idle:
                return
            for statement in idle:
                self.neutral.remove(statement)
                self.removed.append(statement)


def _makes_session(module: Module, node: ast.expr) -> bool:
    calls = {"getOrCreate", "create"}
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute) and node.func.attr in calls:
        inner: ast.expr = node.func.value
        while isinstance(inner, ast.Call | ast.Attribute):
            origin = module.resolve(inner) if isinstance(inner, ast.Attribute) else None
            if origin and origin.startswith("pyspark.sql.") and origin.endswith("SparkSession.builder"):
                return True
            inner = inner.func if isinstance(inner, ast.Call) else inner.value
        return False
    return module.resolve(node.func) in {"pyspark.SparkContext", "pyspark.context.SparkContext"}


def _is_stop(statement: ast.stmt, sessions: set[str]) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and isinstance(statement.value.func, ast.Attribute)
        and statement.value.func.attr == "stop"
        and isinstance(statement.value.func.value, ast.Name)
        and statement.value.func.value.id in sessions
    )


def _holds(statement: ast.stmt, node: ast.AST) -> bool:
    return any(inner is node for inner in ast.walk(statement))


def _is_type(module: Module, node: ast.Call) -> bool:
    try:
        arrow_type(node, module.resolve, lambda name: None)
    except NotCarried:
        return False
    return True


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _loads(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _stores(node: ast.AST) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return {node.name}
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        if not isinstance(statement, ast.FunctionDef | ast.ClassDef):
            yield statement


def _inside(inner: Span, outer: Span) -> bool:
    return (outer.line, outer.column) <= (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column) and (
        (outer.line, outer.column) <= (inner.line, inner.column)
    )


def _with_gap(lines: Lines, span: Span) -> Span:
    """The whole lines of a statement that goes, with the blank lines behind it where blank lines stand in front too."""
    grown = whole_lines(lines, span)
    if grown == span:
        return span
    texts = lines.text.splitlines()
    first, after = grown.line, grown.end_line
    gap_before = first < 2 or not texts[first - 2].strip() or texts[first - 2].rstrip().endswith(":")
    while gap_before and grown.end_column == 0 and after <= len(texts) and not texts[after - 1].strip():
        after += 1
    return replace(grown, end_line=after, end_column=0) if grown.end_column == 0 else grown
