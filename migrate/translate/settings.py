"""Spark settings that the emitted code has to know, as a job writes them down."""

from __future__ import annotations

import ast

from migrate.frontend.module import Module
from migrate.mapping import NotCarried

ANSI = "spark.sql.ansi.enabled"
ZONE = "spark.sql.session.timeZone"
ARROW = "spark.sql.execution.arrow.pyspark.enabled"
ROWS = "spark.sql.execution.arrow.maxRecordsPerBatch"
PARTITIONS = "spark.sql.shuffle.partitions"
GPUS = "spark.task.resource.gpu.amount"
_SETTERS = {"config", "set"}


def setting(module: Module, key: str) -> str | None:
    """The value that a module gives a setting, None where it leaves the default.

    NotCarried for a value that is not a literal, and for more than one.
    """
    calls = (node for node in ast.walk(module.tree) if isinstance(node, ast.Call) and _sets(node, key))
    found = {_literal(call.args[1], key) for call in calls}
    if len(found) > 1:
        raise NotCarried(f"{key} is set to more than one value")
    return next(iter(found), None)


def _sets(node: ast.Call, key: str) -> bool:
    return (
        isinstance(node.func, ast.Attribute)
        and node.func.attr in _SETTERS
        and len(node.args) == 2
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value == key
    )


def _literal(node: ast.expr, key: str) -> str:
    if not isinstance(node, ast.Constant):
        raise NotCarried(f"{key} is set to a value that is not a literal")
    return str(node.value)


def pandas_options(module: Module, *keys: str) -> str:
    """The keyword arguments by which an emitted helper feeds pandas as the session did, empty for the defaults.

    ``keys`` are the settings that matter to the helper.
    """
    found = {key: setting(module, key) for key in keys}
    zone, rows = found.get(ZONE), found.get(ROWS)
    if rows is not None and not (rows.isdecimal() and int(rows)):
        raise NotCarried(f"{ROWS} is set to {rows}")
    options = [f', zone="{zone}"'] if zone is not None else []
    options += [f", rows={rows}"] if rows is not None else []
    return "".join(options)


def gpu_option(module: Module) -> str:
    """The keyword argument that gives each task the share of a GPU that the job sets, empty where it sets none."""
    share = setting(module, GPUS)
    try:
        return "" if share is None else f", num_gpus={float(share):g}"
    except ValueError:
        raise NotCarried(f"{GPUS} is set to {share}") from None
