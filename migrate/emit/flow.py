"""What is known of a placed job's statements: their stages, the functions they call, the names of its session."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from migrate.emit.narrow import narrowed
from migrate.emit.sessions import handed_on, is_context, makes_session
from migrate.emit.uses import own_nodes
from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.ir import Engine, Job, Kind, Span, Stage
from migrate.mapping import Edit, Emission, NotCarried
from migrate.passes.place import is_udf_maker
from migrate.translate.edits import Lines
from migrate.translate.locate import bound_value, call_of, defined, functions, receiver_of
from migrate.translate.spark_types import TYPES, arrow_type
from migrate.translate.stand_ins import class_name, stand_ins, uses_of
from migrate.translate.udfs import udfs_of

_NO_DATASET = {Kind.ACTION, Kind.WRITE, Kind.FIT, Kind.TRAIN, Kind.TUNE, Kind.OPAQUE}


class CannotCut(NotCarried):
    """The parts of a placed job cannot be told apart as long as these stages run on Ray: by their ids, none for all."""

    def __init__(self, reason: str, stages: Iterable[str] = ()) -> None:
        super().__init__(reason)
        self.stages = frozenset(stages)


@dataclass(frozen=True)
class HandOff:
    """A dataset that crosses engines: the folder it has, the statement that made it and the expression that it is."""

    name: str
    statement: ast.stmt
    dataset: str


@dataclass
class Part:
    """One output file in the making: the edits on the job's text, and what they need.

    ``stays`` are the statements that are in it as a whole, ``left`` those without stages that are not, ``notes``
    sentences for the report with their lines.
    """

    engine: Engine
    edits: list[Edit] = field(default_factory=list)
    helpers: set[str] = field(default_factory=set)
    imports: set[str] = field(default_factory=set)
    sorts: set[str] = field(default_factory=set)
    handoffs: list[HandOff] = field(default_factory=list)
    stays: list[ast.stmt] = field(default_factory=list)
    left: list[ast.stmt] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)


class Flow:
    """The statements of a placed job and what is known of each."""

    def __init__(self, job: Job, module: Module, project: Project, emissions: Mapping[str, Emission]) -> None:
        self.job, self.module, self.project = job, module, project
        self.emissions = narrowed(job, module, emissions)
        self.lines = Lines(module.text)
        self.here = [stage for stage in job.stages if stage.chain.path == module.path]
        self.has_spark = any(stage.engine is Engine.SPARK and not is_udf_maker(stage) for stage in job.stages)
        self.mixed = self._mixed_scopes()
        self.sessions = self._session_names()
        self.translated = self._translated()
        self._folders: dict[tuple[int, str], str] = {}

    def scopes(self, engine: Engine) -> list[str]:
        """The scopes whose statements are looked at for an engine; the functions besides stay or go whole."""
        own = {stage.scope for stage in self.here if stage.engine is engine and not is_udf_maker(stage)}
        known = [scope for scope in own if not scope or scope in functions(self.module)]
        return list(dict.fromkeys([*self.mixed, *sorted(known)]))

    def body(self, scope: str) -> list[ast.stmt]:
        """The statements of a scope."""
        return functions(self.module)[scope].body if scope else self.module.tree.body

    def stages_in(self, node: ast.AST) -> list[Stage]:
        """The stages whose call ends inside a node."""
        span = self.module.span(node)
        return [stage for stage in self.here if inside(stage.chain, span) and not is_udf_maker(stage)]

    def called_stages(self, node: ast.AST) -> list[Stage]:
        """The stages in those functions of the repository that a node calls."""
        found: list[Stage] = []
        for call in own_nodes(node):
            origin = self.module.resolve(call.func) if isinstance(call, ast.Call) else None
            target = defined(self.project, self.module, origin) if origin else None
            if target is None:
                continue
            home, function = target
            span = home.span(function)
            found += [
                stage
                for stage in self.job.stages
                if stage.chain.path == home.path and inside(stage.chain, span) and not is_udf_maker(stage)
            ]
        return found

    def called(self, node: ast.AST) -> set[Engine]:
        """The engines of the stages in those functions of the repository that a node calls."""
        return {stage.engine for stage in self.called_stages(node) if stage.engine}

    def moved(self, *nodes: ast.AST) -> set[str]:
        """The ids of the stages on Ray inside nodes, and in the functions that these call."""
        found = [stage for node in nodes for stage in [*self.stages_in(node), *self.called_stages(node)]]
        return {stage.id for stage in found if stage.engine is Engine.RAY}

    def makes(self, statement: ast.stmt, name: str, user: ast.stmt) -> bool:
        """Whether a statement made the dataset that a name holds and that ``user`` goes on with on the other engine."""
        crossing = {boundary.source for boundary in self.job.boundaries}
        made = [*self.stages_in(statement), *self.called_stages(statement)]
        crosses = [stage for stage in made if stage.id in crossing and stage.kind not in _NO_DATASET]
        if any(stage.result == name for stage in crosses):
            return True
        # Of several names that are unpacked, one that a stage is called on is a dataset for certain.
        receivers = [receiver_of(self.module, stage) for stage in self.stages_in(user)]
        called_on = any(isinstance(receiver, ast.Name) and receiver.id == name for receiver in receivers)
        return bool(crosses) and (called_on or _binds_plainly(statement, name))

    def folder(self, statement: ast.stmt, name: str) -> str:
        """The folder of a hand-off under HANDOFF: the variable's name, numbered where another dataset has it."""
        key = (id(statement), name)
        if key not in self._folders:
            taken, number, wanted = set(self._folders.values()), 1, name
            while wanted in taken:
                number += 1
                wanted = f"{name}_{number}"
            self._folders[key] = wanted
        return self._folders[key]

    def is_spark_only(self, statement: ast.stmt) -> bool:
        """Whether a statement without stages builds something of Spark's that has no counterpart in the Ray part."""
        if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
            return False
        nodes = list(ast.walk(statement))
        here = {id(node) for node in nodes}
        translated = {id(node) for maker in self.translated if id(maker) in here for node in ast.walk(maker)}
        return any(
            isinstance(node, ast.Name)
            and (self.module.resolve(node) or "").split(".")[0] == "pyspark"
            and id(node) not in translated
            for node in nodes
        )

    def _translated(self) -> list[ast.AST]:
        """What other passes turn into Ray: UDFs, types, and what the moved stages edit away from their own place."""
        found: list[ast.AST] = [udf.maker for udf, _ in udfs_of(self.module)]
        touched = [edit.span for emission in self.emissions.values() for edit in emission.edits]
        idle = self._idle_classes()
        found += (node for node, origin in uses_of(self.module) if origin not in idle)
        found += (
            node
            for node in ast.walk(self.module.tree)
            if isinstance(node, ast.Call)
            and (_is_type(self.module, node) or any(inside(span, self.module.span(node)) for span in touched))
        )
        return found

    def _idle_classes(self) -> set[str]:
        """The classes with a stand-in whose stages all stay on Spark: Ray has no use for their objects."""
        offered = {
            helper
            for stage in self.here
            if stage.engine is Engine.RAY and stage.id in self.emissions
            for helper in self.emissions[stage.id].helpers
        }
        staying = {stage.symbol.partition(".")[0] for stage in self.here if stage.engine is Engine.SPARK}
        classes = ((origin, class_name(origin)) for _, origin in uses_of(self.module))
        return {
            origin
            for origin, name in classes
            if {name, f"{name}Model"} & staying and stand_ins()[origin] not in offered
        }

    def _mixed_scopes(self) -> list[str]:
        """The scopes that hold statements of both engines, or make the session: the others go whole."""
        engines: dict[str, set[Engine]] = {}
        for stage in self.here:
            if stage.engine is not None and not is_udf_maker(stage):
                engines.setdefault(stage.scope, set()).add(stage.engine)
        bodies: dict[str, list[ast.stmt]] = {"": self.module.tree.body}
        bodies |= {scope: function.body for scope, function in functions(self.module).items()}
        for scope, body in bodies.items():
            plain = [s for s in body if not isinstance(s, ast.FunctionDef | ast.ClassDef)]
            called = set[Engine]().union(*(self.called(statement) for statement in plain))
            if called and (scope or engines.get("") or self._starts_session(plain)):
                engines.setdefault(scope, set()).update(called)
        mixed = [scope for scope, found in engines.items() if len(found) > 1 and scope in bodies]
        return sorted(mixed or (scope for scope in engines if scope in bodies), key=lambda scope: scope.count("."))

    def _starts_session(self, body: list[ast.stmt]) -> bool:
        nodes = (node for statement in body for node in ast.walk(statement))
        return any(isinstance(node, ast.Assign) and makes_session(self.module, node.value) for node in nodes)

    def _session_names(self) -> set[str]:
        """The variables that hold a Spark session or context: the roots of the reads, and what is made by a builder."""
        names = set()
        for node in ast.walk(self.module.tree):
            if isinstance(node, ast.Assign) and (makes_session(self.module, node.value) or is_context(node.value)):
                names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        for stage in self.here:
            root = self._reader(stage) if stage.kind is Kind.READ else None
            if root is not None and self.module.resolve(root) is None:
                names.add(root.id)
        return names | handed_on(self.module, names)

    def _reader(self, stage: Stage) -> ast.Name | None:
        try:
            return _reader(call_of(self.module, stage))
        except NotCarried:
            return None  # a read that is not a call, such as a cell of SQL


def inside(inner: Span, outer: Span) -> bool:
    """Whether a span lies within another."""
    start, end = (outer.line, outer.column), (outer.end_line, outer.end_column)
    return start <= (inner.line, inner.column) and (inner.end_line, inner.end_column) <= end


def _reader(node: ast.expr) -> ast.Name | None:
    """The variable at the root of a read (``spark`` in ``spark.read.parquet(p)``); None for ``self.spark.read``."""
    last: ast.expr = node
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        last, node = node, node.func if isinstance(node, ast.Call) else node.value
    known = {
        *("read", "readStream", "table", "sql", "range", "createDataFrame"),
        *("sparkContext", "textFile", "wholeTextFiles", "binaryFiles", "pickleFile", "parallelize"),
    }
    reads = isinstance(last, ast.Attribute) and last.attr in known
    return node if isinstance(node, ast.Name) and reads else None


def _binds_plainly(statement: ast.stmt, name: str) -> bool:
    """Whether a name is bound whole, not unpacked from a tuple that may hold other values too."""
    return all(
        isinstance(node, ast.Name)
        for assign in ast.walk(statement)
        if isinstance(assign, ast.Assign | ast.AnnAssign)
        for node in (assign.targets if isinstance(assign, ast.Assign) else [assign.target])
        if any(isinstance(inner, ast.Name) and inner.id == name for inner in ast.walk(node))
    )


def _is_type(module: Module, node: ast.Call) -> bool:
    added = isinstance(node.func, ast.Attribute) and node.func.attr == "add"
    if not added and not (module.resolve(node.func) or "").startswith(TYPES):
        return False
    try:
        arrow_type(node, module.resolve, lambda name: bound_value(module, name, ""))
    except NotCarried:
        return False
    return True
