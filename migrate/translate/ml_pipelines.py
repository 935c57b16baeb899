"""The estimators that a job makes: stages and pipelines, read where they are built."""

from __future__ import annotations

import ast

from migrate.mapping import Call, NotCarried
from migrate.translate.ml_stages import check_stage
from migrate.translate.names import members_used
from migrate.translate.stand_ins import chained, check_uses, class_name, offer_of, stand_ins

PIPELINES = ("pyspark.ml.Pipeline", "pyspark.ml.pipeline.Pipeline")


def made_as(call: Call, node: ast.expr, what: str) -> tuple[str, ast.Call]:
    """The class of an object that is made in place or bound to a name, and the call that makes it.

    NotCarried, with ``what`` it is, where that cannot be told or the class has no mapping.
    """
    maker = call.bound(node.id) if isinstance(node, ast.Name) else node
    makers = list(chained(maker)) if isinstance(maker, ast.Call) else []
    if not makers:
        raise NotCarried(f"the {what} {call.text(node)} is not built where it can be read")
    origin = call.resolve(makers[-1].func) or call.text(makers[-1].func)
    if origin not in stand_ins():
        raise NotCarried(f"{class_name(origin)} is not mapped yet")
    return origin, makers[-1]


def stages_of(call: Call, maker: ast.Call) -> list[str]:
    """The classes of the stages of a pipeline; NotCarried for a stage that is not mapped as the job uses it."""
    stages = next((keyword.value for keyword in maker.keywords if keyword.arg == "stages"), None)
    if not isinstance(stages, ast.List) or len(maker.keywords) != 1 or maker.args:
        raise NotCarried("the stages of the pipeline are not a literal list")
    if not stages.elts:
        raise NotCarried("the pipeline has no stages")
    origins = [made_as(call, stage, "pipeline stage")[0] for stage in stages.elts]
    for origin in origins:
        check_estimator(call, origin)
    return origins


def check_estimator(call: Call, origin: str) -> None:
    """NotCarried where a job asks of a stage, made for something else to fit it, what its stand-in does not have."""
    offer = offer_of(origin, frozenset(members_used(call.module.tree)))
    check_uses(call.module, origin, offer, set())
    if "fit" not in offer.members:
        raise NotCarried(f"{class_name(origin)} is mapped where it is applied, and not in a pipeline yet")
    check_stage(origin, call)
