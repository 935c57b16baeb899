"""How a job that stays on Spark stays: it could change its engine without a change of code, or is best left alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from migrate.frontend.module import Module
from migrate.ir import Cost, Job, Kind, Reason, Stage, Stay, Verdict
from migrate.passes.evidence import streams

_PLAIN = (
    "DataFrame.",
    "DataFrameNaFunctions.",
    "DataFrameReader.",
    "DataFrameStatFunctions.",
    "DataFrameWriter.",
    "DataFrameWriterV2.",
    "GroupedData.",
    "SparkSession.",
    "SQLContext.",
)
"""Spark's DataFrame and SQL interface: the part that other engines speak."""
_JVM = frozenset({"_jvm", "_jdf", "_jsc", "_jrdd", "_jsparkSession", "_gateway"})
_PLATFORM = frozenset({"dbutils", "mssparkutils", "notebookutils"})


def with_stay(job: Job, module: Module) -> Job:
    """A judged job that stays on Spark with how it stays, and the reason; any other job as it is."""
    if job.verdict is not Verdict.KEEP_ON_SPARK:
        return job
    bound = next(_bound(job, module), None)
    if bound is None:
        message = (
            "it uses Spark's DataFrame and SQL interface alone: an accelerated engine that speaks it (Photon, Gluten, "
            "Comet, RAPIDS) runs it unchanged"
        )
        return replace(job, stay=Stay.PORTABLE, reasons=(*job.reasons, Reason("SR936", message, None)))
    line, what = bound
    message = f"it is bound to this engine by {what}, and nothing is gained on Ray: leave it as it is"
    return replace(job, stay=Stay.UNTOUCHED, reasons=(*job.reasons, Reason("SR937", message, line)))


def _bound(job: Job, module: Module) -> Iterator[tuple[int, str]]:
    """What ties a job to its engine, with the line that shows it."""
    for stage in job.stages:
        what = _tie(stage)
        if what is not None:
            yield stage.span.line, what
    if not any(name in module.text for name in _JVM | _PLATFORM):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in _JVM:
            yield node.lineno, f"the JVM object {node.attr}"
        elif isinstance(node, ast.Name) and node.id in _PLATFORM:
            yield node.lineno, f"its platform's {node.id}"


def _tie(stage: Stage) -> str | None:
    if stage.kind is Kind.OPAQUE:
        return f"{stage.symbol}, which could not be followed"
    if streams(stage):
        return f"{stage.symbol} on a stream"
    if stage.cost in (Cost.PYTHON, Cost.ARROW):
        return f"{stage.symbol}, which runs Python"
    if not stage.symbol.startswith(_PLAIN):
        return stage.symbol
    return next((link.symbol for link in stage.links if not link.symbol.startswith(_PLAIN)), None)
