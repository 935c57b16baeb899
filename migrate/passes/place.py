"""Which engine runs which stage: Ray from the first Python stage on, Spark for the native work in front of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from migrate.ir import Boundary, Cost, Engine, Job, Kind, Stage, Verdict

_REACHED_BACK = {Kind.READ, Kind.PROJECT, Kind.FILTER}
_PYTHON = {Cost.PYTHON, Cost.ARROW}


def place(job: Job, refusal: Callable[[Stage], str | None], *, everything: bool = False) -> Job:
    """The job with an engine for each stage, what blocks the stages that could not move, and its hand-offs.

    ``refusal`` says why a stage cannot be carried to Ray, None when it can. Ray takes every Python-heavy stage whose whole
    downstream can be carried, that downstream, and reads, projections and filters in front of it where these reach back
    to the read. A stage that cannot be carried keeps all stages whose data reaches it on Spark, and is named in their
    ``blocked_by``. ``everything`` moves what can be carried whatever the verdict.
    """
    flow = [stage for stage in job.stages if not is_udf_maker(stage)]
    refused = {stage.id for stage in flow if refusal(stage) is not None}
    downstream = _downstream(flow)
    blockers = {stage.id: tuple(other for other in sorted(downstream[stage.id] & refused)) for stage in flow}
    ray: set[str] = set()
    if everything or job.verdict is not Verdict.KEEP_ON_SPARK:
        for stage in flow:
            heavy = everything or stage.cost in _PYTHON or stage.heavy is not None
            if heavy and not blockers[stage.id]:
                ray |= downstream[stage.id]
        ray |= _reached_back(flow, ray, refused)
    placed = []
    for stage in job.stages:
        engine = (
            Engine.RAY if stage.id in ray or (is_udf_maker(stage) and _user_moves(stage, flow, ray)) else Engine.SPARK
        )
        blocked = (
            blockers.get(stage.id, ()) if engine is Engine.SPARK and (stage.heavy or stage.cost in _PYTHON) else ()
        )
        placed.append(replace(stage, engine=engine, blocked_by=blocked))
    return replace(job, stages=tuple(placed), boundaries=_boundaries(placed))


def is_udf_maker(stage: Stage) -> bool:
    """Whether a stage only stands for the making of a UDF: it has no data of its own, its uses are stages of theirs."""
    return not stage.inputs and bool(stage.used_at)


def _user_moves(maker: Stage, flow: list[Stage], ray: set[str]) -> bool:
    return any(
        stage.id in ray and any(function.maker == maker.span for function in stage.functions) for stage in flow
    ) or any(stage.id in ray and stage.span.line in maker.used_at for stage in flow)


def _downstream(flow: list[Stage]) -> dict[str, set[str]]:
    """For each stage, itself and all stages that its data reaches."""
    consumers: dict[str, set[str]] = {stage.id: set() for stage in flow}
    for stage in flow:
        for source in stage.inputs:
            consumers.setdefault(source, set()).add(stage.id)
    reached: dict[str, set[str]] = {}
    for start in consumers:
        seen, open_ = {start}, [start]
        while open_:
            for following in consumers[open_.pop()] - seen:
                seen.add(following)
                open_.append(following)
        reached[start] = seen
    return reached


def _reached_back(flow: list[Stage], ray: set[str], refused: set[str]) -> set[str]:
    """Reads, projections and filters whose data goes to Ray alone, where they reach back to a read without a gap."""
    by_id = {stage.id: stage for stage in flow}
    taken: set[str] = set()

    def chain(stage_id: str) -> set[str] | None:
        stage = by_id[stage_id]
        consumers = {other.id for other in flow if stage_id in other.inputs}
        if stage.kind not in _REACHED_BACK or stage_id in refused or not consumers <= ray | taken | path:
            return None
        path.add(stage_id)
        if stage.kind is Kind.READ:
            return set(path)
        return chain(stage.inputs[0]) if len(stage.inputs) == 1 else None

    for stage_id in sorted(ray):
        for source in by_id[stage_id].inputs:
            if source not in ray | taken:
                path: set[str] = set()
                taken |= chain(source) or set()
    return taken


def _boundaries(stages: list[Stage]) -> tuple[Boundary, ...]:
    by_id = {stage.id: stage for stage in stages}
    found = []
    for stage in stages:
        for source in stage.inputs:
            before = by_id[source]
            if before.engine is not stage.engine:
                direction = "spark_to_ray" if stage.engine is Engine.RAY else "ray_to_spark"
                path = f"{before.result or before.id}"
                found.append(Boundary(source, stage.id, direction, None, path))
    return tuple(found)
