"""Variables while the interpreter runs, with a trail that undoes what a branch did so that branches can be merged."""

from __future__ import annotations

import ast
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Any

from migrate.frontend.values import Value, joined

if TYPE_CHECKING:
    from migrate.frontend.module import Module

_ABSENT = object()
_Variables = dict[Any, Any]
Changes = dict[tuple[int, Hashable], tuple[_Variables, object]]


@dataclass(eq=False)
class Scope:
    """The variables of a module, class body or function call."""

    module: Module
    parent: Scope | None
    name: str
    is_class: bool = False
    node: ast.AST | None = None
    variables: dict[str, Value] = field(default_factory=dict)
    outer: dict[str, Scope] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)

    @property
    def top(self) -> Scope:
        """The module's scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def find(self, name: str) -> Value | None:
        """The value of a name as this scope sees it; None where it is not bound."""
        scope: Scope | None = self.outer.get(name, self)
        first = True
        while scope is not None:
            if first or not scope.is_class:
                value = scope.variables.get(name)
                if value is not None:
                    return value
            first = False
            scope = scope.parent
        return None

    def holder(self, name: str) -> Scope:
        """The scope that an assignment to the name changes."""
        return self.outer.get(name, self)


class Trail:
    """Records assignments, so that the two ways through a branch can be run one after the other and then joined."""

    def __init__(self) -> None:
        self._entries: list[tuple[_Variables, Hashable, object]] = []
        self._depth = 0

    def assign(self, variables: _Variables, name: Hashable, value: Value) -> None:
        """Set a variable."""
        if self._depth:
            self._entries.append((variables, name, variables.get(name, _ABSENT)))
        variables[name] = value

    def attempt(self, work: Callable[[], bool]) -> tuple[bool, Changes]:
        """Run one branch and undo it: whether it leaves the block, and what it changed."""
        start = len(self._entries)
        self._depth += 1
        try:
            leaves = work()
        finally:
            self._depth -= 1
            changes: Changes = {}
            for variables, name, _ in self._entries[start:]:
                changes[(id(variables), name)] = (variables, variables.get(name, _ABSENT))
            for variables, name, old in reversed(self._entries[start:]):
                if old is _ABSENT:
                    variables.pop(name, None)
                else:
                    variables[name] = old
            del self._entries[start:]
        return leaves, changes

    def merge(self, branches: list[Changes]) -> bool:
        """Set every variable that any branch changed to what it may be after all of them; whether any value is new."""
        changed = False
        for key in {key: None for branch in branches for key in branch}:
            variables, name = next(branch[key][0] for branch in branches if key in branch), key[1]
            before = variables.get(name, _ABSENT)
            values: list[Any] = [branch[key][1] if key in branch else before for branch in branches]
            values = [value for value in values if value is not _ABSENT]
            result = reduce(joined, values) if values else before
            if result is not before:
                self.assign(variables, name, result)
                changed = True
        return changed
