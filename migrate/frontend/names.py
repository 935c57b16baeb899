"""Where a name of a module comes from: imports and definitions, by the scope that holds them."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


@dataclass
class _Frame:
    node: ast.AST
    parent: _Frame | None
    prefix: str
    bound: dict[str, str | None] = field(default_factory=dict)
    rebound: set[str] = field(default_factory=set)
    stars: list[str] = field(default_factory=list)


def absolute(module: str, is_package: bool, level: int, target: str | None) -> str:
    """The dotted name that a relative import means."""
    if not level:
        return target or ""
    parts = module.split(".") if module else []
    keep = len(parts) - level + (1 if is_package else 0)
    base = ".".join(parts[: max(keep, 0)])
    return ".".join(p for p in (base, target) if p)


class Names:
    """The bindings of one module, found in one pass over its tree."""

    def __init__(self, tree: ast.Module, module: str, is_package: bool) -> None:
        self._module = module
        self._is_package = is_package
        self._absent: set[ast.expr] = set()
        self._frame_of: dict[ast.AST, _Frame] = {}
        self._top = _Frame(tree, None, module)
        self._walk(tree, self._top)

    def resolve(self, node: ast.expr) -> str | None:
        """The dotted origin of a name or attribute; None for a local value or an unknown name."""
        attributes: list[str] = []
        while isinstance(node, ast.Attribute):
            attributes.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        origin = self._lookup(node.id, self._frame_of.get(node, self._top))
        return ".".join([origin, *reversed(attributes)]) if origin else None

    def _lookup(self, name: str, frame: _Frame | None) -> str | None:
        first = frame
        while frame is not None:
            if name in frame.rebound:
                return None
            if name in frame.bound and (frame is first or not isinstance(frame.node, ast.ClassDef)):
                return frame.bound[name]
            frame = frame.parent
        if self._top.stars and not hasattr(builtins, name):
            return f"{self._top.stars[-1]}.{name}"
        return None

    def _walk(self, root: ast.AST, frame: _Frame) -> None:
        stack: list[tuple[ast.AST, _Frame]] = [(child, frame) for child in _children(root)]
        while stack:
            node, frame = stack.pop()
            self._frame_of[node] = frame
            self._bind(node, frame)
            inner = frame
            if isinstance(node, _SCOPES):
                name = getattr(node, "name", "<lambda>")
                inner = _Frame(node, frame, f"{frame.prefix}.{name}" if frame.prefix else name)
                if not isinstance(node, ast.ClassDef):
                    arguments = node.args
                    for argument in [
                        *arguments.posonlyargs,
                        *arguments.args,
                        *arguments.kwonlyargs,
                        arguments.vararg,
                        arguments.kwarg,
                    ]:
                        if argument is not None:
                            inner.bound[argument.arg] = None
            stack.extend((child, inner) for child in _children(node))

    def _bind(self, node: ast.AST, frame: _Frame) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.split(".", 1)[0]
                frame.bound[name] = alias.name if alias.asname else name
        elif isinstance(node, ast.ImportFrom):
            base = absolute(self._module, self._is_package, node.level, node.module)
            for alias in node.names:
                if alias.name == "*":
                    self._top.stars.append(base)
                else:
                    frame.bound[alias.asname or alias.name] = f"{base}.{alias.name}"
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            frame.bound[node.name] = f"{frame.prefix}.{node.name}" if frame.prefix else node.name
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and node.value.value is None:
            # ``torch = None`` beside a failed import says what the name would be, not that it is another.
            self._absent.update(node.targets)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node not in self._absent:
            frame.rebound.add(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            frame.bound[node.name] = None


def _children(node: ast.AST) -> Iterator[ast.AST]:
    return ast.iter_child_nodes(node)
