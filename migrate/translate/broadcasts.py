"""Broadcast variables: where a job makes them, and what they become."""

from __future__ import annotations

import ast

from migrate.frontend.module import Module
from migrate.mapping import Edit
from migrate.translate.locate import root_name

NAME, HELPER = "Broadcast", "broadcast"


def is_broadcast(node: ast.AST, sessions: set[str]) -> bool:
    """Whether a node is ``sc.broadcast(value)`` of one of those sessions or contexts."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "broadcast"
        and len(node.args) == 1
        and not node.keywords
        and root_name(node.func.value) in sessions
    )


def broadcasts_in(statement: ast.stmt, sessions: set[str]) -> list[ast.Call]:
    """The broadcasts that a statement makes."""
    return [node for node in ast.walk(statement) if isinstance(node, ast.Call) and is_broadcast(node, sessions)]


def broadcast_edit(module: Module, call: ast.Call) -> Edit:
    """The edit that puts the value into Ray's object store instead."""
    return Edit(module.span(call), f"{NAME}({module.segment(call.args[0])})")


def frees_broadcast(statement: ast.stmt, module: Module, sessions: set[str]) -> bool:
    """Whether a statement is ``variable.unpersist()`` or ``destroy()``, which the object store does not need."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in {"unpersist", "destroy"}
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in _names(module, sessions)
    )


def _names(module: Module, sessions: set[str]) -> set[str]:
    """The variables that hold broadcasts."""
    return {
        target.id
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Assign) and is_broadcast(node.value, sessions)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
