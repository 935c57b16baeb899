"""Keeps book, for one engine, of what stays and goes, which names are lost, and which of them can cross."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from migrate.emit.flow import CannotCut, Flow, HandOff, Part
from migrate.emit.uses import changes, header, loads, stores
from migrate.ir import Engine

COMPOUND = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.AsyncFor, ast.AsyncWith, ast.Match)
LOOPS = (ast.For, ast.While, ast.AsyncFor)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Ledger:
    """What was decided about the statements of a scope so far.

    ``dropped`` are the names that the other part computes, each with the statement that does, ``datasets`` those of
    them that may hold a dataset, ``causes`` by statement the stages on Ray for which it went. ``kept`` are the
    statements that stay for their stages, ``neutral`` the others that stay.
    """

    def __init__(self, flow: Flow, engine: Engine, handoffs: list[HandOff], left: Iterable[ast.stmt] = ()) -> None:
        """``left`` are the statements without stages that the other part has left out."""
        self.left = {id(statement) for statement in left}
        self.flow, self.module, self.engine = flow, flow.module, engine
        self.part = Part(engine, handoffs=handoffs)
        self.plumbing: set[str] = set()
        self.dropped: dict[str, ast.stmt] = {}
        self.datasets: dict[str, ast.stmt] = {}
        self.causes: dict[int, set[str]] = {}
        self.last: Engine | None = None
        self.name = ""
        self.kept: list[ast.stmt] = []
        self.neutral: list[ast.stmt] = []
        self.removed: list[ast.stmt] = []
        self.stays: list[ast.stmt] = []
        self.silenced: set[str] = set()
        self.orphans: list[ast.stmt] = []
        self.notes: list[tuple[ast.stmt, str]] = []

    def stay(self, statement: ast.stmt) -> None:
        """The statement stays, and what it binds is there again."""
        for name in stores(statement):
            self.dropped.pop(name, None)
            self.datasets.pop(name, None)
        self.neutral.append(statement)

    def remove(self, statement: ast.stmt, dataset: bool = False) -> None:
        """The statement goes; with ``dataset`` what it binds may be a dataset that can cross."""
        self.removed.append(statement)
        self.mark_dropped(statement)
        if dataset:
            for name in stores(statement):
                self.datasets[name] = statement

    def mark_dropped(self, statement: ast.stmt) -> None:
        """What a statement binds or changes in place is not there, or not as it should be."""
        self.causes[id(statement)] = self.caused(statement)
        kept_objects = {name for name in changes(statement) if not self._is_module(name)} - self.flow.sessions
        for name in stores(statement) | kept_objects:
            self.dropped[name] = statement
            self.datasets.pop(name, None)

    def caused(self, statement: ast.stmt) -> set[str]:
        """The stages on Ray in a statement, and those that made what it reads and is not there."""
        lost = (self.dropped[name] for name in loads(statement) & set(self.dropped))
        return self.flow.moved(statement).union(*(self.causes.get(id(made), set()) for made in lost))

    def _is_module(self, name: str) -> bool:
        return self.module.resolve(ast.Name(name, ast.Load())) is not None

    def needs(self, statement: ast.stmt, names: set[str], *, crossing: bool) -> None:
        """A kept statement reads these names: a dataset of the other engine crosses, another value cannot."""
        for name in sorted(names & set(self.dropped)):
            made = self.dropped[name]
            dataset = name in self.datasets and self.flow.makes(made, name, statement)
            if not dataset or not crossing or self.engine is Engine.SPARK:
                raise CannotCut(
                    f"line {statement.lineno} needs {name}, which line {made.lineno} computes on the other engine",
                    self.flow.moved(statement) if self.engine is Engine.RAY else self.causes[id(made)],
                )
            self._runs_once(made, self.flow.moved(statement))
            self.part.handoffs.append(HandOff(self.flow.folder(made, name), made, name))
            del self.dropped[name]
        for name in stores(statement):
            self.dropped.pop(name, None)

    def _runs_once(self, made: ast.stmt, takers: set[str]) -> None:
        """A hand-off in a loop, or in a function that is called twice, would overwrite itself."""
        around = [node for s in self.flow.body(self.name) for node in ast.walk(s) if isinstance(node, LOOPS)]
        if any(made in ast.walk(loop) and made is not loop for loop in around):
            raise CannotCut(
                f"line {made.lineno} makes a dataset in a loop that goes on on Ray; a hand-off is made once", takers
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
        loops = [node for node in ast.walk(self.module.tree) if isinstance(node, LOOPS)]
        if len(uses) > 1 or any(use in ast.walk(loop) for use in uses for loop in loops):
            raise CannotCut(
                f"{name}, called more than once, makes a dataset on line {made.lineno} that goes on on Ray", takers
            )

    def drop_unused(self, body: list[ast.stmt]) -> None:
        """Drop definitions that only the statements that left have used."""
        before = set().union(*(loads(statement) for statement in body))
        while True:
            used = set().union(*(loads(s) for s in [*self.kept, *self.neutral]))
            used |= {name for s in body if isinstance(s, COMPOUND) for head in _headers(s) for name in loads(head)}
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


def _headers(statement: ast.stmt) -> list[ast.expr]:
    return [head for node in ast.walk(statement) if isinstance(node, COMPOUND) for head in header(node)]


def _is_idle(statement: ast.stmt, before: set[str], used: set[str]) -> bool:
    if isinstance(statement, (*COMPOUND, *DEFINITIONS)):
        return False
    names = stores(statement)
    return bool(names and names & before and not names & used)
