"""Finds names of the user's that the emitted code would take over."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from migrate.emit.uses import parameters
from migrate.frontend.module import Module
from migrate.mapping import NotCarried
from migrate.translate.stand_ins import stand_ins


def refuse_collisions(text: str, inserted: str, imports: Iterable[str], edited: Iterable[str], module: Module) -> None:
    """NotCarried where a name that the emitted code brings means something else in the user's.

    ``text`` is the file without what is brought: ``inserted`` definitions and ``imports``. ``edited`` are the texts
    that stand in the place of the user's; a name in these is meant.
    """
    brought: dict[str, str | None] = {name: None for _, name, _ in _bindings(ast.parse(inserted), deep=False)}
    for line in imports:
        brought |= {name: origin for _, name, origin in _bindings(ast.parse(line), deep=False)}
    tree = ast.parse(text)
    for _, name, origin in _bindings(tree, deep=True):
        if name in brought and (origin is None or origin != brought[name]):
            lines = [line for line, other, what in _bindings(module.tree, deep=True) if (other, what) == (name, origin)]
            raise NotCarried(f"line {min(lines, default=1)} uses the name {name}, which the emitted code needs")
    ours = set(re.findall(r"\w+", " ".join(edited)))
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    for line_number, name, origin in _bindings(module.tree, deep=True):
        lost = name in brought and name in read and name not in ours and origin is not None
        if lost and origin != brought[name] and origin not in stand_ins():
            raise NotCarried(
                f"line {line_number} imports {name} from {(origin or '').rpartition('.')[0]}, which the Ray part does "
                f"not have; the emitted code has a {name} of its own"
            )


def _bindings(tree: ast.AST, *, deep: bool) -> Iterator[tuple[int, str, str | None]]:
    """Line, name and dotted origin (None for what is not an import) of every binding; ``deep`` looks into functions."""
    for node in ast.walk(tree) if deep else ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.split(".")[0]
                yield node.lineno, name, alias.name if alias.asname else name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node.lineno, alias.asname or alias.name, f"{node.module or ''}.{alias.name}"
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name, None
            if not isinstance(node, ast.ClassDef) and deep:
                yield from ((node.lineno, name, None) for name in parameters(node.args))
        elif isinstance(node, ast.Lambda):
            yield from ((node.lineno, name, None) for name in parameters(node.args))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id, None
        elif isinstance(node, ast.Assign) and not deep:
            yield from ((node.lineno, target.id, None) for target in node.targets if isinstance(target, ast.Name))
