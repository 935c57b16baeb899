"""The contract of a mapping: how one Spark construct looks on Ray, checked when its class is created."""

from __future__ import annotations

import ast
import inspect
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol

from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.ir import Cost, Job, Kind, Span, Stage

_CODE = re.compile(r"SR[1-9]\d{2}")
_SECTIONS = ("## Matches", "## Semantics", "## Not covered")


class NotCarried(Exception):
    """This use of the construct has no faithful counterpart yet. The message says which part, for the report."""


@dataclass(frozen=True)
class Edit:
    """Replace the text of ``span`` by ``text``; an empty span inserts."""

    span: Span
    text: str


@dataclass(frozen=True)
class Emission:
    """What a mapping wants written.

    ``text`` replaces the stage's chain (``.persist()`` becomes ``.materialize()``), None leaves it as it stands;
    ``span`` is what ``text`` replaces where that is not the chain. ``drop`` says that the whole statement goes.
    ``before`` are statements put in front of the stage's statement, ``edits`` touch other places (the constructor
    of a pipeline), ``removals`` are statements elsewhere that go, with the comments on top of them. ``helpers`` are
    names under ``templates/stage/``, written once below the imports; ``imports`` are whole import lines; ``sorts``
    the sorts of type that declared types hold (``floating``, ``struct``), for helpers that depend on them.
    ``claims`` are neighbouring stages that this emission covers, ``forgets`` names that the new text no longer
    reads. ``notes`` are sentences for the report: what a person should know about the emitted code. ``offers`` are
    the attributes that what the stage is called on, and the model that it makes, still have on Ray.
    """

    text: str | None = None
    helpers: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()
    before: str | None = None
    claims: tuple[str, ...] = ()
    span: Span | None = None
    drop: bool = False
    forgets: tuple[str, ...] = ()
    removals: tuple[Span, ...] = ()
    sorts: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    offers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Case:
    """One example for four readers: the rewrite test, the near-miss test, the parity run and the documentation.

    ``after`` is None where the code must be left alone. ``before`` leaves its result in ``out`` (a dataset), prints it,
    or writes it under ``path``. ``differs`` names the declared ``Difference`` that its run must show, ``tolerance``
    says per column how far numbers may be apart, relative to Spark's ("*" for every column). ``elsewhere`` says what
    runs it on both engines where a job of a few lines cannot.
    """

    name: str
    before: str
    after: str | None
    differs: str | None = None
    tolerance: tuple[tuple[str, float], ...] = ()
    elsewhere: str | None = None


@dataclass(frozen=True)
class Difference:
    """A declared difference between the engines: what differs and why it has to."""

    name: str
    why: str


@dataclass(frozen=True)
class Column:
    """One output column: its name, the source of its values, and what that source needs.

    ``name`` is empty where the name that Spark would make up cannot be told; ``plain`` is the name of the input column
    when the values are that column as it stands. ``title`` is how Spark writes the column inside the made-up name of a
    longer expression. ``literal`` is the source of the Python value that the column is, ``single`` says that ``text``
    is one value for all rows. ``window`` is the window that a function in it looks at: the batch has to hold all rows
    of its partitions. ``loads`` says that a function in it loads a model, which an actor has to keep, ``fails`` that
    Spark's ANSI mode, in which the job runs, ends the job at some values of it.
    """

    name: str
    text: str
    plain: str | None = None
    helpers: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    title: str = ""
    literal: str | None = None
    single: bool = False
    window: Window | None = None
    loads: bool = False
    fails: bool = False


@dataclass(frozen=True)
class Window:
    """A window: the columns that make its partitions, the source of its order of a batch's rows, whether it has one."""

    keys: tuple[str, ...]
    order: str
    ordered: bool


@dataclass(frozen=True)
class Selection:
    """``SELECT columns FROM table WHERE condition``; a column that is None stands for ``*``."""

    columns: tuple[Column | None, ...]
    table: str
    where: Column | None


class Call(Protocol):
    """What a mapping sees: one stage, its job, and the source text it was read from."""

    @property
    def stage(self) -> Stage:
        """The stage itself."""

    @property
    def job(self) -> Job:
        """The job it belongs to."""

    @property
    def module(self) -> Module:
        """The file it stands in."""

    @property
    def project(self) -> Project:
        """The files that the job may import."""

    def argument(self, name: str, position: int | None = None) -> ast.expr | None:
        """The argument passed by that keyword or at that position (from 0), None when absent."""

    def text(self, node: ast.AST) -> str:
        """The source of a node, as written."""

    def link(self, symbol: str) -> tuple[ast.expr, ...] | None:
        """The arguments of the builder link of that symbol, None when the chain has none."""

    def resolve(self, node: ast.expr) -> str | None:
        """The dotted origin of a name or attribute (``pyspark.sql.functions.col``)."""

    def node(self) -> ast.Call:
        """The call that makes the stage."""

    def receiver(self) -> ast.expr | None:
        """The expression in front of the chain."""

    def bound(self, name: str) -> ast.expr | None:
        """The one value that a name is bound to, None when there is none or several."""

    def span(self, node: ast.AST) -> Span:
        """The place of a node."""

    def column(self, node: ast.expr) -> Column:
        """A Column expression as a PyArrow expression over one batch; NotCarried where it has no counterpart."""

    def windowed(self, node: ast.expr) -> Column:
        """The same for an expression that may hold window functions, and UDFs that load a model."""

    def aggregate(self, node: ast.expr) -> Column:
        """The same for an expression that makes one value of all rows of the batch."""

    def sql(self, text: str) -> Column | None:
        """The same for an expression in SQL, None for ``*``."""

    def condition(self, text: str) -> Column:
        """The same for a condition in SQL."""

    def selection(self, text: str) -> Selection:
        """The columns, the table and the condition of a query in SQL; NotCarried for any other query."""

    def neighbour(self, stage_id: str) -> Call:
        """The call of another stage of the same job."""

    def consumers(self) -> tuple[Stage, ...]:
        """The stages that take this stage's data."""

    def ansi(self) -> bool:
        """Whether the job asks for Spark's ANSI mode; NotCarried where that cannot be told."""


class Mapping(ABC):
    """How one Spark construct looks on Ray. One class, one file; the docstring is its page.

    A mapping says how, never whether: placement decides. ``emit`` raises ``NotCarried`` for a use that it cannot carry
    faithfully; such a stage stays on Spark and is reported with the reason.
    """

    code: ClassVar[str]
    symbols: ClassVar[tuple[str, ...]]
    kind: ClassVar[Kind]
    cost: ClassVar[Cost]
    ray: ClassVar[str] = ">=2.50,<3"
    differences: ClassVar[tuple[Difference, ...]] = ()
    cases: ClassVar[tuple[Case, ...]] = ()

    def __init_subclass__(cls) -> None:
        if inspect.isabstract(cls):
            return
        missing = [name for name in ("code", "symbols", "kind", "cost") if not hasattr(cls, name)]
        if missing:
            raise TypeError(f"{cls.__name__} lacks {', '.join(missing)}")
        if not _CODE.fullmatch(cls.code):
            raise TypeError(f"{cls.__name__}.code is {cls.code!r}; a code is SR, a family and two digits")
        page = inspect.cleandoc(cls.__doc__ or "")
        absent = [section for section in _SECTIONS if section not in page]
        if absent:
            raise TypeError(f"the docstring of {cls.__name__} lacks {', '.join(absent)}")
        if not any(case.after is None for case in cls.cases) or not any(case.after for case in cls.cases):
            raise TypeError(f"{cls.__name__} needs a case that it rewrites and one that it leaves alone")
        undeclared = {case.differs for case in cls.cases} - {None} - {difference.name for difference in cls.differences}
        if undeclared:
            raise TypeError(f"a case of {cls.__name__} shows {', '.join(map(str, undeclared))}, which is not declared")

    @abstractmethod
    def emit(self, call: Call) -> Emission:
        """The Ray text of ``call``; NotCarried where there is none that gives Spark's answer."""


Carrier = Callable[[Stage], "str | None"]
"""Says why a stage cannot be carried to Ray, None when it can."""
