"""The state of one run of the interpreter over a job: its files, its variables, its place, and what it found."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.frontend.reach import Reach
from migrate.frontend.recorder import Recorder, Site
from migrate.frontend.scope import Scope, Trail
from migrate.frontend.values import UNKNOWN, Class, Function, Instance, Value

STEPS = 60_000
"""Statements that one job may take before calls are no longer followed."""
DEPTH = 40
"""Calls inside each other that are followed."""


@dataclass(eq=False)
class Frame:
    """A function call under way."""

    scope: Scope
    name: str
    calls: tuple[tuple[str, int], ...] = ()
    function: ast.AST | None = None
    statement: ast.AST | None = None
    returned: list[Value] = field(default_factory=list)
    worker: bool = False


class Machine:
    """Runs the code of a job without running it: every value is what is known of it."""

    def __init__(self, project: Project, entry: Module) -> None:
        self.project = project
        self.entry = entry
        self.trail = Trail()
        self.recorder = Recorder()
        self.frames: list[Frame] = []
        self.modules: dict[str, Scope] = {}
        self.steps = 0
        self.memory: dict[tuple[object, ...], Value] = {}
        self.evaluated: set[ast.AST] = set()
        self.shipped: dict[ast.AST, Function] = {}
        self.escaped: dict[ast.AST, Function] = {}
        self.classes: dict[ast.AST, Class] = {}
        self.functions: dict[ast.AST, Function] = {}
        self.spark_backend = 0
        self.session_made = False
        self.session_handed_on = False
        self.tests: set[str] = set()
        self.starts = False
        self.instances: dict[ast.AST, Instance] = {}
        self.loads: dict[str, dict[str, set[int]]] = {}
        self.reaches: dict[ast.AST, Reach] = {}
        self.guesses: dict[ast.AST, dict[str, str]] = {}
        self.spark_files: dict[str, bool] = {}
        self.chased: set[tuple[str, str]] = set()
        self.evaluate: Callable[[Machine, ast.AST | None], Value] = lambda machine, node: UNKNOWN
        self.attribute: Callable[[Machine, Value, str, ast.Attribute | None], Value | None] = lambda *_: None
        self.run_block: Callable[[Machine, list[ast.stmt]], bool] = lambda machine, body: False
        self.call: Callable[[Machine, Function, list[Value], dict[str, Value], ast.AST], Value] = lambda *_: UNKNOWN

    @property
    def frame(self) -> Frame:
        """The call under way."""
        return self.frames[-1]

    @property
    def scope(self) -> Scope:
        """The innermost variables."""
        return self.frames[-1].scope

    @property
    def module(self) -> Module:
        """The file that the code under way stands in."""
        return self.frames[-1].scope.module

    @property
    def worker(self) -> bool:
        """Whether the code under way is run by Spark's workers, not the driver."""
        return self.frames[-1].worker

    def site(self) -> Site:
        """Where the run stands."""
        frame = self.frame
        return Site(self.module, frame.name, frame.statement or self.module.tree, frame.calls)

    def loaded(self, module: Module) -> dict[str, set[int]]:
        """The names and attributes that a module reads anywhere, with the lines of each."""
        if module.path not in self.loads:
            found: dict[str, set[int]] = {}
            for node in ast.walk(module.tree):
                if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load):
                    name = node.id if isinstance(node, ast.Name) else node.attr
                    found.setdefault(name, set()).add(node.end_lineno or node.lineno)
            self.loads[module.path] = found
        return self.loads[module.path]
