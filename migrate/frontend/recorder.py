"""Collects the stages of a run, one for each place in the source, and turns them into the stages of a job."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from migrate.frontend.module import Module, position
from migrate.frontend.values import NOTHING, Key, Keys, LinkAt, Shipped
from migrate.ir import Argument, Cost, HeavyKind, Kind, Link, PythonFunction, Span, Stage


@dataclass(frozen=True)
class Site:
    """Where the interpreter stands: the module, the function, its statement, and the statements that called it."""

    module: Module
    scope: str
    statement: ast.AST
    calls: tuple[tuple[str, int], ...] = ()


@dataclass(eq=False)
class Draft:
    """A stage while it is being collected; a place that runs more than once gathers the inputs of every time."""

    key: Key
    order: int
    node: ast.AST
    site: Site
    symbol: str
    kind: Kind
    cost: Cost
    heavy: HeavyKind | None
    name_at: tuple[int, int]
    chain_at: tuple[int, int]
    inputs: Keys = NOTHING
    udfs: Keys = NOTHING
    functions: list[Shipped] = field(default_factory=list)
    links: tuple[LinkAt, ...] = ()
    arguments: list[Argument] = field(default_factory=list)
    result: str | None = None
    role: str | None = None
    used_at: set[tuple[str, int]] = field(default_factory=set)
    call_sites: set[tuple[tuple[str, int], ...]] = field(default_factory=set)
    facts: dict[str, str] = field(default_factory=dict)
    maker: bool = False
    used: bool = True


def key_of(module: Module, node: ast.AST) -> Key:
    """The identity of the stage that a node makes."""
    return (module.path, *position(node))


def arguments_of(module: Module, call: ast.AST | None) -> tuple[Argument, ...]:
    """The arguments of a call as written."""
    if not isinstance(call, ast.Call):
        return ()
    found = []
    for value in call.args:
        star = isinstance(value, ast.Starred)
        inner = value.value if isinstance(value, ast.Starred) else value
        found.append(Argument("*" if star else None, module.segment(inner), module.span(inner)))
    named = (Argument(k.arg or "**", module.segment(k.value), module.span(k.value)) for k in call.keywords)
    return (*found, *named)


class Recorder:
    """The stages found so far, by the place that makes them."""

    def __init__(self) -> None:
        self.drafts: dict[Key, Draft] = {}
        self.unresolved: set[Key] = set()
        self.registered: dict[str, Key] = {}
        self.views: dict[str, Keys] = {}
        self.called: set[str] = set()
        self.unread_sql = False

    def draft(self, key: Key) -> Draft | None:
        """The stage of a place, None where it makes none."""
        return self.drafts.get(key)

    def add(self, draft: Draft) -> Draft:
        """A new stage, or the one that this place already has with what this run adds."""
        known = self.drafts.get(draft.key)
        if known is None:
            draft.order = len(self.drafts)
            self.drafts[draft.key] = draft
            known = draft
        else:
            known.inputs |= draft.inputs
            known.udfs |= draft.udfs
            for function in draft.functions:
                if all(function.node is not other.node or function.name != other.name for other in known.functions):
                    known.functions.append(function)
        if draft.site.calls:
            known.call_sites.add(draft.site.calls)
        return known

    def use(self, udfs: Iterable[Key], site: Site, line: int) -> None:
        """UDFs are applied on this line."""
        for key in udfs:
            draft = self.drafts.get(key)
            if draft is not None:
                draft.used = True
                draft.used_at.add((site.module.path, line))

    def mark(self, udfs: Iterable[Key]) -> None:
        """UDFs are part of a stage."""
        for key in udfs:
            draft = self.drafts.get(key)
            if draft is not None:
                draft.used = True

    def stages(self, entry: str) -> tuple[Stage, ...]:
        """The stages in the order in which they are written, those of the entry file first."""
        kept = [draft for draft in self.drafts.values() if draft.used]
        kept.sort(
            key=lambda d: (d.site.module.path != entry, d.site.module.path, d.name_at, position(d.node)[2:], d.order)
        )
        ids = {draft.key: f"s{number}" for number, draft in enumerate(kept, 1)}
        return tuple(self._stage(draft, ids) for draft in kept)

    def _stage(self, draft: Draft, ids: dict[Key, str]) -> Stage:
        module = draft.site.module
        _, _, end_line, end_column = position(draft.node)
        end = (end_line, end_column)
        inputs = sorted((ids[key] for key in draft.inputs if key in ids and key != draft.key), key=_number)
        if draft.key in draft.inputs:
            draft.facts["loop"] = "yes"
        if draft.call_sites:
            draft.facts["call"] = ",".join(str(line) for line in sorted({site[-1][1] for site in draft.call_sites}))
            draft.facts["calls"] = "; ".join(
                sorted(" > ".join(f"{p}:{n}" for p, n in site) for site in draft.call_sites)
            )
        functions = [_function(module, shipped) for shipped in draft.functions]
        cost, makers = draft.cost, []
        for key in sorted(draft.udfs):
            maker = self.drafts.get(key)
            if maker is None:
                continue
            makers.append(ids.get(key, ""))
            functions.extend(self._made(maker))
            if not draft.maker:
                cost = _dearer(cost, maker.cost)
        if makers:
            draft.facts["udfs"] = ",".join(sorted(filter(None, makers), key=_number))
        return Stage(
            id=ids[draft.key],
            kind=draft.kind,
            symbol=draft.symbol,
            cost=cost,
            span=module.between(*draft.name_at, *end),
            chain=module.between(*draft.chain_at, *end),
            statement=module.span(draft.site.statement),
            scope=draft.site.scope,
            inputs=tuple(inputs),
            result=draft.result,
            args=tuple(draft.arguments),
            links=tuple(_link(link) for link in draft.links),
            functions=tuple(functions),
            heavy=draft.heavy,
            role=draft.role,
            used_at=tuple(sorted({line for path, line in draft.used_at if path == module.path})),
            facts=dict(draft.facts),
        )

    def _made(self, maker: Draft) -> list[PythonFunction]:
        place = maker.site.module.span(maker.node)
        return [
            PythonFunction(f.name, f.module.span(f.node) if f.module and f.node else None, f.declared, place)
            for f in maker.functions
        ]


def _function(module: Module, shipped: Shipped) -> PythonFunction:
    definition: Span | None = None
    if shipped.module is not None and shipped.node is not None:
        definition = shipped.module.span(shipped.node)
    return PythonFunction(shipped.name, definition, shipped.declared)


def _link(link: LinkAt) -> Link:
    _, _, end_line, end_column = position(link.node)
    return Link(
        link.symbol, arguments_of(link.module, link.call), link.module.between(*link.start, end_line, end_column)
    )


def _dearer(one: Cost, other: Cost) -> Cost:
    order = (Cost.NATIVE, Cost.DRIVER, Cost.UNKNOWN, Cost.ARROW, Cost.PYTHON)
    return max(one, other, key=order.index)


def _number(stage_id: str) -> int:
    return int(stage_id[1:])
