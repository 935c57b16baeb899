"""Accumulators: where a job makes them, what they become, and which stages let them count what Spark counts."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping

from migrate.frontend.module import Module
from migrate.ir import Engine, Job, Stage
from migrate.mapping import Edit
from migrate.translate.locate import root_name

NAME, HELPER = "Accumulator", "accumulator"

_UNEVEN = {"RDD.cartesian", "RDD.toDF", "RDD.toLocalIterator"}
_IN_PART = {"RDD.first", "RDD.isEmpty", "RDD.take"}
_AHEAD = {"RDD.coalesce", "RDD.union", "RDD.zip"}
"""Steps in front of which Spark computes elements ahead, and how many nobody knows, where only some are asked for."""


def accumulators_on_ray(job: Job, node: ast.AST, sessions: Collection[str]) -> list[ast.Call]:
    """The accumulators that a node makes of one of those sessions or contexts, and that functions on Ray add to."""
    on_ray = any(stage.engine is Engine.RAY and may_add(stage, job) for stage in job.stages)
    return [call for call in _made_in(node) if root_name(call.func) in sessions] if on_ray else []


def accumulator_edit(module: Module, call: ast.Call) -> Edit:
    """The edit that makes the emitted class's instead."""
    return Edit(module.span(call.func), NAME)


def may_add(stage: Stage, job: Job) -> bool:
    """Whether a stage calls functions of the job's, or makes the stages in front of it call theirs."""
    of_rdd = any(job.stage(source).symbol.startswith("RDD.") for source in stage.inputs)
    return bool(stage.functions) or stage.heavy is not None or of_rdd


def uncounted(job: Job, module: Module, refusals: Mapping[str, str]) -> dict[str, str]:
    """The stages that cannot move because the job has an accumulator, each with the reason.

    It is Spark's or Ray's as a whole: one stage that stays, or calls functions another number of times than Spark does,
    keeps all that may add to it.
    """
    if not _made_in(module.tree):
        return {}
    adding = [stage for stage in job.stages if may_add(stage, job)]
    symbols = {stage.symbol for stage in job.stages}
    uneven = _UNEVEN | (_IN_PART if symbols & _AHEAD else set())
    for stage in adding:
        counted = stage.symbol == "DataFrame.foreach" or stage.symbol.startswith("RDD.")
        if stage.id in refusals or stage.symbol in uneven or not counted:
            why = "stays on Spark" if stage.id in refusals else "calls functions as often as the engine pleases"
            reason = f"the job has an accumulator, and {stage.symbol} on line {stage.span.line} {why}"
            return {one.id: reason for one in adding}
    return {}


def added_by_both(job: Job, module: Module) -> set[str]:
    """The stages on Ray, by their ids, that may add to an accumulator which stages on Spark may add to as well."""
    adding = [stage for stage in job.stages if may_add(stage, job)] if _made_in(module.tree) else []
    if all(stage.engine is Engine.RAY for stage in adding):
        return set()
    return {stage.id for stage in adding if stage.engine is Engine.RAY}


def _made_in(node: ast.AST) -> list[ast.Call]:
    calls = (inner for inner in ast.walk(node) if isinstance(inner, ast.Call))
    return [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "accumulator"]
