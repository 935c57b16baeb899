"""Packages that only work beside Spark: a Ray job does not have them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

SPARK_PACKAGES = (
    "pyspark",
    "horovod",
    "sparkdl",
    "petastorm",
    "delta.DeltaTable",
    "delta.configure_spark_with_delta_pip",
    "delta.tables",
    "distkeras",
    "elephas",
    "graphframes",
    "mmlspark",
    "pysparkling",
    "spark_rapids_ml",
    "spark_sklearn",
    "spark_tensorflow_distributor",
    "sparkflow",
    "sparktorch",
    "sparkxgb",
    "synapse.ml",
    "tensorflowonspark",
    "xgboost.spark",
)
"""By dotted name: xgboost itself needs no Spark, its module xgboost.spark does."""


def package_of(name: str, packages: Iterable[str] = SPARK_PACKAGES) -> str | None:
    """The package that a dotted name is or belongs to, None where it belongs to none of them."""
    return next((package for package in packages if f"{name}.".startswith(f"{package}.")), None)


def imported_names(node: ast.AST, *aliases: ast.alias) -> list[str]:
    """The dotted names that an import statement brings, of all or of those ``aliases``.

    None for any other node, and for a relative import.
    """
    if isinstance(node, ast.Import):
        return [alias.name for alias in aliases or node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [f"{node.module}.{alias.name}" for alias in aliases or node.names]
    return []


def foreign_imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and package of every import of a package that a Ray job does not have."""
    for node in ast.walk(tree):
        packages = dict.fromkeys(package_of(name) for name in imported_names(node))
        for package in packages:
            if package is not None:
                yield getattr(node, "lineno", 0), package
