"""Refuses a statement whose ways would leave a name to both engines."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from migrate.emit.flow import CannotCut, Flow
from migrate.emit.uses import blocks, stores


def check_branches(flow: Flow, statement: ast.stmt, removed: Iterable[ast.stmt]) -> None:
    """One name bound on one branch by Spark's part and on another by Ray's would be missing on one of them."""
    if not isinstance(statement, ast.If | ast.Try | ast.Match):
        return
    went, ways = set(removed), []
    for block in blocks(statement):
        inner = [s for top in block for s in ast.walk(top) if isinstance(s, ast.stmt)]
        binds = [s for s in inner if isinstance(s, ast.Assign | ast.AnnAssign) and s not in went]
        gone = set().union(*(stores(s) for s in inner if s in went))
        ways.append((gone, set().union(*(stores(s) for s in binds))))
    for one, (gone, _) in enumerate(ways):
        for other, (_, kept) in enumerate(ways):
            if one != other and gone & kept:
                name = min(gone & kept)
                raise CannotCut(
                    f"line {statement.lineno}: one branch of this statement makes {name} on Spark and another on Ray",
                    flow.moved(statement),
                )
