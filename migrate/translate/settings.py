"""Spark settings that the emitted code has to know, as a job writes them down."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from migrate.frontend.module import Module
from migrate.mapping import NotCarried

ANSI = "spark.sql.ansi.enabled"
ZONE = "spark.sql.session.timeZone"
ARROW = "spark.sql.execution.arrow.pyspark.enabled"
ROWS = "spark.sql.execution.arrow.maxRecordsPerBatch"
PARTITIONS = "spark.sql.shuffle.partitions"
GPUS = "spark.task.resource.gpu.amount"
GPUS_OF_EXECUTOR = "spark.executor.resource.gpu.amount"
CPUS = "spark.task.cpus"
_LOCAL = re.compile(r"local(?:\[(\d+)(?:, *\d+)?\])?")
_SETTERS = {"config", "set"}
_ASKERS = {"contains", "get", "getConf", "isModifiable"}
_SQL = re.compile(r"\s*SET\s+([\w.]+)\s*=\s*(.*?)[\s;]*", re.IGNORECASE | re.DOTALL)


def setting(module: Module, key: str) -> str | None:
    """The value that a module gives a setting, None where it leaves the default.

    NotCarried for a value that is not a literal, for more than one, and where the module names the setting in a way
    that is not understood.
    """
    values, understood = set[str](), set[int]()
    for node in ast.walk(module.tree):
        for name, value in _pairs(node):
            if _names(name, key):
                understood.add(id(name))
                values |= set() if value is None else {_literal(value, key)}
    mentions = (node for node in ast.walk(module.tree) if isinstance(node, ast.Constant) and id(node) not in understood)
    for node in mentions:
        stated = _SQL.fullmatch(node.value) if isinstance(node.value, str) else None
        if stated and stated[1] == key:
            values.add(stated[2])
        elif _names(node, key):
            raise NotCarried(f"line {node.lineno} names {key} in a way that is not understood")
    if len(values) > 1:
        raise NotCarried(f"{key} is set to more than one value")
    return next(iter(values), None)


def _names(node: ast.expr, key: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == key


def _pairs(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """What a piece of syntax may set, with its value: ``conf.set(key, value)``, ``[(key, value)]``, ``{key: value}``.

    The value is None where it only asks: ``conf.get(key)``.
    """
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        named = {keyword.arg: keyword.value for keyword in node.keywords}
        first = node.args[0] if node.args else named.get("key")
        second = node.args[1] if len(node.args) > 1 else named.get("value")
        if first is not None and node.func.attr in _ASKERS:
            yield first, None
        elif first is not None and second is not None and node.func.attr in _SETTERS:
            yield first, second
    elif isinstance(node, ast.Tuple) and len(node.elts) == 2:
        yield node.elts[0], node.elts[1]
    elif isinstance(node, ast.Dict):
        yield from ((name, value) for name, value in zip(node.keys, node.values, strict=True) if name is not None)


def ansi(modules: Iterable[Module]) -> bool:
    """Whether a job, all of its modules together, asks for Spark's ANSI mode, which Spark 3.5 does not by default."""
    values = {value.lower() for value in (setting(module, ANSI) for module in modules) if value is not None}
    if len(values) > 1:
        raise NotCarried(f"{ANSI} is set to more than one value")
    return values == {"true"}


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


def asks_for_gpus(module: Module) -> bool:
    """Whether a job asks Spark for GPUs, by a share that is not 0 or that only the run tells."""
    for key in (GPUS, GPUS_OF_EXECUTOR):
        try:
            if float(setting(module, key) or 0) > 0:
                return True
        except (NotCarried, ValueError):
            return True
    return False


def cpus_per_task(module: Module) -> int:
    """``spark.task.cpus``, which is 1 by default. NotCarried where it is no whole number in plain sight."""
    return _count(module, CPUS) or 1


def stage_attempts(module: Module) -> int:
    """How often Spark tries a barrier stage: ``spark.stage.maxConsecutiveAttempts``, 4 by default."""
    return _count(module, "spark.stage.maxConsecutiveAttempts") or 4


def task_attempts(module: Module) -> int:
    """How often Spark tries a task: ``spark.task.maxFailures``, 4 by default."""
    return _count(module, "spark.task.maxFailures") or 4


def parallelism(module: Module) -> int | None:
    """Spark's ``defaultParallelism``, None where the job does not state what it follows from.

    That is ``spark.default.parallelism``, the cores of a local master, or all cores of a fixed number of executors.
    """
    stated = _count(module, "spark.default.parallelism")
    if stated is not None:
        return stated
    masters = _masters(module)
    if masters:
        local = _LOCAL.fullmatch(masters.pop()) if len(masters) == 1 else None
        return int(local[1] or 1) if local else None
    if setting(module, "spark.dynamicAllocation.enabled") not in (None, "False", "false"):
        return None
    executors, cores = _count(module, "spark.executor.instances"), _count(module, "spark.executor.cores")
    return executors * cores if executors and cores else None


def _masters(module: Module) -> set[str]:
    """What a job names as master, ``?`` for what is no literal."""
    stated = setting(module, "spark.master")
    calls = (node for node in ast.walk(module.tree) if isinstance(node, ast.Call) and len(node.args) == 1)
    named = (c.args[0] for c in calls if isinstance(c.func, ast.Attribute) and c.func.attr in {"master", "setMaster"})
    found = {str(node.value) if isinstance(node, ast.Constant) else "?" for node in named}
    return found | ({stated} if stated is not None else set())


def _count(module: Module, key: str) -> int | None:
    """A setting that is a whole number above 0. NotCarried for anything else."""
    value = setting(module, key)
    if value is not None and not (value.isdecimal() and int(value)):
        raise NotCarried(f"{key} is set to {value}")
    return None if value is None else int(value)
