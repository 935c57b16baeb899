"""Takes out what the move left without a use: imports, functions at the top of a file, and variables."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from migrate.emit.uses import loads
from migrate.frontend.module import Module
from migrate.ir import Span
from migrate.mapping import Edit
from migrate.translate.edits import Lines, apply, stands_alone, with_gap
from migrate.translate.foreign import imported_names, package_of
from migrate.translate.udfs import FORMS

_BUILDERS = (
    *("pyspark.", "pyarrow.", "pa.", "logging.getLogger", "os.path.", "os.environ.", "re."),
    *(form.name for form in FORMS),
)


def prune(text: str, before: ast.Module, foreign: Iterable[str]) -> str:
    """The text without imports of the ``foreign`` packages, and without names that only the moved code used.

    What nothing used before either stays as it is.
    """
    once = loads(before) | loads(ast.parse(text))
    read = {function.name: loads(function) for function in _functions(before)}
    packages = tuple(foreign)
    while True:
        module = Module("", text, ast.parse(text), "")
        edits = [*_edits(module, once, packages), *_locals(module, read)]
        if not edits:
            return text
        text = apply(text, edits)


def _edits(module: Module, once: set[str], packages: tuple[str, ...]) -> Iterable[Edit]:
    lines = Lines(module.text)
    for statement in module.tree.body:
        others = [s for s in module.tree.body if s is not statement]
        used = set().union(*(loads(s) for s in others), set())
        if isinstance(statement, ast.Import | ast.ImportFrom):
            yield from _import(module, lines, statement, used, once, packages)
        elif isinstance(statement, ast.FunctionDef | ast.ClassDef):
            foreign = any(_foreign(node, packages) for node in ast.walk(statement))
            foreign = foreign or any(_made_by(module, node, packages) for node in statement.decorator_list)
            idle = statement.name in once or foreign
            if statement.name not in used and idle:
                yield _gone(lines, _with_decorators(module, statement))
        elif _idle(module, statement, used, once):
            yield _gone(lines, module.span(statement))


def _locals(module: Module, before: dict[str, set[str]]) -> Iterable[Edit]:
    """The same for the variables of functions; ``before`` has the names that each function read."""
    lines = Lines(module.text)
    for function in _functions(module.tree):
        for statement in function.body if len(function.body) > 1 else []:
            used = set().union(*(loads(other) for other in function.body if other is not statement))
            if _idle(module, statement, used, before.get(function.name, set())):
                yield _gone(lines, module.span(statement))


def _functions(tree: ast.Module) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def _idle(module: Module, statement: ast.stmt, used: set[str], once: set[str]) -> bool:
    """Whether a statement only gives values to names that were ``once`` read, and are ``used`` no more."""
    if not isinstance(statement, ast.Assign) or not all(isinstance(t, ast.Name) for t in statement.targets):
        return False
    names = {t.id for t in statement.targets if isinstance(t, ast.Name)}
    return bool(names & once) and not names & used and _only_builds(module, statement.value)


def _only_builds(module: Module, value: ast.expr) -> bool:
    """Whether an expression makes a value and does nothing else: what trains or writes stays, used or not."""
    calls = [node for node in ast.walk(value) if isinstance(node, ast.Call)]
    return all((module.resolve(call.func) or ast.unparse(call.func)).startswith(_BUILDERS) for call in calls)


def _made_by(module: Module, decorator: ast.expr, packages: tuple[str, ...]) -> bool:
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    return package_of(module.resolve(function) or "", packages) is not None


def _foreign(node: ast.AST, packages: tuple[str, ...]) -> bool:
    return any(package_of(name, packages) for name in imported_names(node))


def _import(
    module: Module,
    lines: Lines,
    statement: ast.Import | ast.ImportFrom,
    used: set[str],
    once: set[str],
    packages: tuple[str, ...],
) -> Iterable[Edit]:
    def stays(alias: ast.alias) -> bool:
        if any(package_of(name, packages) for name in imported_names(statement, alias)):
            return False
        bound = alias.asname or alias.name.split(".")[0]
        return bound in used or bound not in once

    kept = [alias for alias in statement.names if stays(alias)]
    if len(kept) == len(statement.names):
        return
    span = module.span(statement)
    if not kept:
        yield _gone(lines, span)
        return
    names = ", ".join(ast.unparse(alias) for alias in kept)
    if isinstance(statement, ast.ImportFrom):
        yield Edit(span, f"from {'.' * statement.level}{statement.module or ''} import {names}")
    else:
        yield Edit(span, f"import {names}")


def _with_decorators(module: Module, statement: ast.FunctionDef | ast.ClassDef) -> Span:
    span = module.span(statement)
    first = min([span.line, *(module.span(decorator).line for decorator in statement.decorator_list)])
    return Span(span.path, first, 0, span.end_line, span.end_column)


def _gone(lines: Lines, span: Span) -> Edit:
    return Edit(with_gap(lines, span), "") if stands_alone(lines, span) else Edit(span, "pass")
