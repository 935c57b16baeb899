"""Runs the interpreter over an entry point and everything it reaches, and gives its stages as a job."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from migrate.findings import Finding, Severity
from migrate.frontend import calls, expressions, statements
from migrate.frontend.machine import Frame, Machine
from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.frontend.reach import reach_of
from migrate.frontend.scope import Scope
from migrate.frontend.values import UNKNOWN, Class, Function, Instance
from migrate.frontend.vocabulary import vocabulary
from migrate.ir import Job, Kind


def build_job(project: Project, entry: Module) -> Job:
    """The job of an entry point: its stages, and how many uses of a dataset could not be followed."""
    machine = interpret(project, entry)
    name = PurePosixPath(entry.path).stem
    stages = machine.recorder.stages(entry.path)
    on_rdds = any(stage.heavy and stage.symbol.startswith("RDD.") for stage in stages)
    facts = {"vocabulary": ",".join(vocabulary(entry))} if on_rdds else {}
    if machine.starts:
        facts["starts"] = "yes"
    return Job(
        path=entry.path,
        name=name,
        stages=stages,
        findings=_unused(machine, entry),
        unresolved=len(machine.recorder.unresolved),
        facts=facts,
    )


def _unused(machine: Machine, entry: Module) -> tuple[Finding, ...]:
    """The UDFs of the entry's own file that nothing uses."""
    found = []
    for draft in machine.recorder.drafts.values():
        if draft.maker and not draft.used and draft.site.module is entry:
            span = entry.span(draft.node)
            name = draft.result or (draft.functions[0].name if draft.functions else draft.symbol)
            message = f"the UDF {name} is made here and never used"
            advice = "Delete it, or find the query that uses it."
            place = (span.path, span.line, span.column)
            found.append(Finding("SR416", Severity.WARNING, message, *place, advice, span.cell, span.cell_line))
    return tuple(found)


def interpret(project: Project, entry: Module) -> Machine:
    """Run a file's top level and the functions that it hands to others, then those that nothing calls.

    Last comes what Spark's workers run.
    """
    machine = Machine(project, entry)
    machine.evaluate = expressions.evaluate
    machine.attribute = expressions.attribute_of_value
    machine.run_block = statements.run_block
    machine.call = calls.call_function
    scope = Scope(entry, None, "")
    machine.modules[entry.path] = scope
    machine.frames.append(Frame(scope, ""))
    machine.run_block(machine, entry.tree.body)
    _run_rest(machine, entry, lambda: machine.escaped)
    reached = set(machine.recorder.drafts)
    machine.starts = _starts(machine, entry)
    _run_rest(machine, entry, lambda: {**machine.escaped, **machine.functions})
    for key, draft in machine.recorder.drafts.items():
        if (key not in reached and not draft.maker) or draft.site.scope in machine.tests - {""}:
            draft.facts["reached"] = "no"
    _run_shipped(machine)
    _settle_udfs(machine, entry)
    _look_into_functions(machine)
    return machine


def _starts(machine: Machine, entry: Module) -> bool:
    """Whether running the file makes a session for work that could not be followed, and no test does."""
    leads_on = machine.session_handed_on or any(statements.is_main_guard(one) for one in entry.tree.body)
    return machine.session_made and leads_on and not machine.tests


def _look_into_functions(machine: Machine) -> None:
    """Say of each stage what its functions reach: one that trains is a training whatever mechanism carries it."""
    for draft in machine.recorder.drafts.values():
        for shipped in draft.functions:
            if shipped.module is None or shipped.node is None:
                continue
            reach = machine.reaches.get(shipped.node)
            if reach is None:
                reach = machine.reaches[shipped.node] = reach_of(machine.project, shipped.module, shipped.node)
            draft.facts["size"] = str(int(draft.facts.get("size", "0")) + reach.size)
            if reach.libraries:
                draft.facts["libraries"] = ",".join(
                    sorted(reach.libraries | set(filter(None, draft.facts.get("libraries", "").split(","))))
                )
            if reach.trains:
                draft.facts["does"] = "train"
                if draft.kind in (Kind.MAP_BATCHES, Kind.MAP_ROWS) and not draft.maker:
                    draft.kind = Kind.TRAIN
            elif reach.predicts and draft.heavy and draft.role is None and draft.kind not in (Kind.TRAIN, Kind.TUNE):
                draft.role = "model_inference"


def _run_rest(machine: Machine, entry: Module, left: Callable[[], Mapping[ast.AST, Function]]) -> None:
    """Functions that no code of the program calls, as long as there are more of them: read with unknown arguments."""
    done: set[ast.AST] = set()
    found = True
    while found:
        found = False
        for function in list(left().values()):
            if function.node not in done and _is_left(machine, function, entry):
                found = True
                done.add(function.node)
                _run_unreached(machine, function)


def _run_unreached(machine: Machine, function: Function) -> None:
    owner = _owner_of(machine, function)
    if owner is not None:
        function = Function(function.node, function.scope, function.name, owner)
    machine.frame.statement = function.node
    frame = Frame(function.scope, function.scope.name, worker=False)
    frame.statement = function.node
    machine.frames.append(frame)
    machine.call(machine, function, [], {}, function.node)
    machine.frames.pop()


def _is_left(machine: Machine, function: Function, entry: Module) -> bool:
    return (
        function.node not in machine.evaluated
        and function.scope.module is entry
        and not isinstance(function.node, ast.Lambda)
    )


def _owner_of(machine: Machine, function: Function) -> Instance | None:
    if not function.scope.is_class or not isinstance(function.node, ast.FunctionDef):
        return None
    decorators = {d.id for d in function.node.decorator_list if isinstance(d, ast.Name)}
    if "staticmethod" in decorators:
        return None
    cls = machine.classes.get(function.scope.node) if function.scope.node else None
    return _instance(machine, cls) if cls is not None else None


def _instance(machine: Machine, cls: Class) -> Instance:
    known = machine.instances.get(cls.node)
    if known is None:
        known = Instance(cls)
        machine.instances[cls.node] = known
        start = calls_member(machine, known)
        if start is not None:
            machine.call(machine, start, [], {}, cls.node)
    return known


def calls_member(machine: Machine, instance: Instance) -> Function | None:
    """The ``__init__`` of an object, bound to it."""
    start = machine.attribute(machine, instance, "__init__", None)
    return start if isinstance(start, Function) else None


def _run_shipped(machine: Machine) -> None:
    """What Spark's workers run makes no stages, but for readers of training data that are a migration's business."""
    done: set[ast.AST] = set()
    while waiting := [function for node, function in machine.shipped.items() if node not in done]:
        for function in waiting:
            done.add(function.node)
            frame = Frame(function.scope, function.scope.name, worker=True)
            frame.statement = function.node
            machine.frames.append(frame)
            count = len(function.node.args.args) + len(function.node.args.posonlyargs)
            machine.call(machine, function, [UNKNOWN] * count, {}, function.node)
            machine.frames.pop()


def _settle_udfs(machine: Machine, entry: Module) -> None:
    """A UDF counts as used where its file reads its name anywhere, or SQL calls it by its registered name."""
    recorder = machine.recorder
    for name, key in recorder.registered.items():
        if recorder.unread_sql or name in recorder.called:
            recorder.drafts[key].used = True
    for draft in recorder.drafts.values():
        if draft.maker and not draft.used:
            module = draft.site.module
            loaded = machine.loaded(module)
            for name in _bound_names(draft.node, draft.site.statement) & loaded.keys():
                draft.used = True
                draft.used_at |= {(module.path, line) for line in loaded[name]}


def _bound_names(node: ast.AST, statement: ast.AST) -> set[str]:
    if (
        isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        and node in statement.decorator_list
    ):
        return {statement.name}
    if isinstance(statement, ast.Assign) and statement.value is node:
        return {t.id for t in statement.targets if isinstance(t, ast.Name)} | {
            t.attr for t in statement.targets if isinstance(t, ast.Attribute)
        }
    return set()
