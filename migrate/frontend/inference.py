"""Guesses the type of an unknown variable from the attributes that the code around it reads from it."""

from __future__ import annotations

import ast
import builtins
import sys

from migrate.frontend import symbols
from migrate.frontend.machine import Machine
from migrate.frontend.reach import LIBRARIES
from migrate.frontend.spark_api import ENDINGS, NAMES, SHELL
from migrate.frontend.values import Spark, Unknown, Value

_NOT_SPARK = LIBRARIES | frozenset(
    {
        "boto3",
        "dask",
        "datasets",
        "duckdb",
        "matplotlib",
        "optuna",
        "plotly",
        "polars",
        "pyarrow",
        "ray",
        "seaborn",
        "sqlalchemy",
        "toml",
        "yaml",
    }
)
"""Libraries whose objects are never Spark's, whatever their methods are called."""


def inferred(m: Machine, name: str, value: Unknown) -> Value:
    """A Spark value where the uses of the variable, or else its customary name, say so; else the value itself."""
    if m.worker or elsewhere(value.origin):
        return value
    body = m.scope.node or m.module.tree
    if body not in m.guesses:
        m.guesses[body] = _owners(body)
    owner = m.guesses[body].get(name)
    if owner is None and not value.local and not value.origin:
        owner = NAMES.get(name.lstrip("_")) or next((t for end, t in ENDINGS.items() if name.endswith(end)), None)
        if owner == "DataFrame" and not _mentions_spark(m):
            owner = None
    if owner is None:
        return value
    return Spark(owner, udfs=value.udfs, sure=name in SHELL)


def elsewhere(origin: str) -> bool:
    """Whether what a value was made by is a library that has nothing to do with Spark."""
    root = origin.split(".", 1)[0]
    return root in _NOT_SPARK or root in sys.stdlib_module_names or hasattr(builtins, root)


def _owners(body: ast.AST) -> dict[str, str]:
    """The types that the variables of a function or module must have, by the distinctive attributes read from them."""
    chains: dict[str, str] = {}
    called: set[ast.AST] = set()
    for node in ast.walk(body):
        if isinstance(node, ast.Call):
            called.add(node.func)
        if not isinstance(node, ast.Attribute) or (node in called and _only_read(node.attr)):
            continue
        attributes: list[str] = []
        root: ast.expr = node
        while True:
            if isinstance(root, ast.Attribute):
                attributes.append(root.attr)
                root = root.value
            elif isinstance(root, ast.Call):
                root = root.func
            else:
                break
        if isinstance(root, ast.Name) and root.id not in chains and symbols.owner_of(attributes[0]):
            owner = symbols.guess(tuple(reversed(attributes)))
            # Half of all libraries have something to fit: what is fitted to a dataset is an estimator, see the call.
            if owner not in (None, "Estimator"):
                chains[root.id] = owner
    return chains


def _only_read(attribute: str) -> bool:
    owner = symbols.owner_of(attribute)
    op = symbols.of_type(owner, attribute) if owner else None
    return op is not None and "attr" in op.flags


def _mentions_spark(m: Machine) -> bool:
    """Whether the file under way imports anything of Spark."""
    path = m.module.path
    if path not in m.spark_files:
        m.spark_files[path] = any(
            "spark" in (getattr(node, "module", "") or "")
            or "awsglue" in (getattr(node, "module", "") or "")
            or any("spark" in alias.name for alias in node.names)
            for node in ast.walk(m.module.tree)
            if isinstance(node, (ast.Import, ast.ImportFrom))
        )
    return m.spark_files[path]
