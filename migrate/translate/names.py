"""The names that a piece of syntax asks for."""

from __future__ import annotations

import ast


def names_used(tree: ast.AST) -> set[str]:
    """Every name that a tree reads."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def members_used(tree: ast.AST) -> set[str]:
    """The names of all attributes that a tree asks for, of all keywords that it passes, and ``Name[`` of subscripts."""
    nodes = list(ast.walk(tree))
    found = {node.arg for node in nodes if isinstance(node, ast.keyword) and node.arg is not None}
    found |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return found | {
        f"{node.value.id}[" for node in nodes if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name)
    }


def asked_of(tree: ast.AST) -> set[str]:
    """All of both: what a tree may ask of the helpers beside it."""
    return names_used(tree) | members_used(tree)
