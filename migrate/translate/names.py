"""The names that a piece of syntax asks for."""

from __future__ import annotations

import ast


def names_used(tree: ast.AST) -> set[str]:
    """Every name that a tree reads."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def members_used(tree: ast.AST) -> set[str]:
    """The names of all attributes that a tree asks for and of all keywords that it passes."""
    nodes = list(ast.walk(tree))
    keywords = {node.arg for node in nodes if isinstance(node, ast.keyword) and node.arg is not None}
    return keywords | {node.attr for node in nodes if isinstance(node, ast.Attribute)}
