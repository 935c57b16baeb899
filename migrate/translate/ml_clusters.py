"""What the mappings of clusters share: how many of them come out as on Spark."""

from __future__ import annotations

import ast

from migrate.mapping import NotCarried


def check_count(count: ast.expr | None) -> None:
    """NotCarried but for a literal 2 or 3: up to there bisecting k-means cuts one cluster at a time."""
    if not (isinstance(count, ast.Constant) and count.value in (2, 3)):
        raise NotCarried(
            "with more than 3 clusters, which numbers MLlib's generator gives to which of them depends on its "
            "partitions; only a literal 2 or 3 is mapped"
        )
