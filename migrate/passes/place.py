"""Which engine runs which stage: Ray from the first Python stage on, Spark for the native work in front of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from migrate.ir import Boundary, Cost, Engine, Job, Kind, Stage, Verdict
from migrate.passes.columns import columns_of

_REACHED_BACK = {Kind.READ, Kind.PROJECT, Kind.FILTER}
_PYTHON = {Cost.PYTHON, Cost.ARROW}
_NO_DATASET = {Kind.ACTION, Kind.FIT, Kind.TRAIN, Kind.TUNE}


def place(job: Job, refusal: Callable[[Stage], str | None], *, everything: bool = False) -> Job:
    """The job with an engine for each stage, what blocks the stages that could not move, and its hand-offs.

    ``refusal`` says why a stage cannot be carried to Ray, None when it can. Ray takes every Python-heavy stage whose
    whole downstream can be carried, that downstream, and reads, projections and filters in front of it where these
    reach back to the read. A stage that cannot be carried keeps all stages whose data reaches it on Spark, and is
    named in their ``blocked_by``; so does one that needs a model which stays on Spark. ``everything`` moves what
    can be carried whatever the verdict.
    """
    flow = [stage for stage in job.stages if not is_udf_maker(stage)]
    downstream = _downstream(flow)
    refused = {stage.id for stage in flow if refusal(stage) is not None}
    blockers: dict[str, tuple[str, ...]] = {}
    ray: set[str] = set()
    while True:
        blockers = {stage.id: tuple(sorted(downstream[stage.id] & refused, key=_number)) for stage in flow}
        ray = set()
        if everything or job.verdict is not Verdict.KEEP_ON_SPARK:
            for stage in flow:
                if (everything or _is_heavy(stage)) and not blockers[stage.id]:
                    ray |= downstream[stage.id]
            ray |= _reached_back(flow, ray, refused)
        cut_off = _without_their_models(flow, ray)
        if not cut_off:
            break
        refused |= cut_off
    placed = []
    for stage in job.stages:
        engine = (
            Engine.RAY if stage.id in ray or (is_udf_maker(stage) and _user_moves(stage, flow, ray)) else Engine.SPARK
        )
        blocked = blockers.get(stage.id, ()) if engine is Engine.SPARK and _is_heavy(stage) else ()
        placed.append(replace(stage, engine=engine, blocked_by=blocked))
    return replace(job, stages=tuple(placed), boundaries=_boundaries(placed, columns_of(job)))


def with_planned_cuts(job: Job) -> Job:
    """A placed job that moves nothing today with the hand-offs it would have if nothing blocked it, marked so."""
    if job.boundaries or any(stage.engine is Engine.RAY for stage in job.stages):
        return job
    planned = place(job, lambda stage: None).boundaries
    return replace(job, boundaries=tuple(replace(boundary, blocked=True) for boundary in planned))


def is_udf_maker(stage: Stage) -> bool:
    """Whether a stage only stands for the making of a UDF: it has no data of its own, its uses are stages of theirs."""
    return not stage.inputs and bool(stage.used_at)


def _is_heavy(stage: Stage) -> bool:
    return stage.heavy is not None or stage.cost in _PYTHON


def _number(stage_id: str) -> tuple[int, str]:
    digits = stage_id.lstrip("s")
    return int(digits) if digits.isdigit() else 0, stage_id


def _without_their_models(flow: list[Stage], ray: set[str]) -> set[str]:
    """The stages on Ray that need what only a dataset can be handed over as: a model, a value on the driver."""
    by_id = {stage.id: stage for stage in flow}
    return {
        stage.id
        for stage in flow
        if stage.id in ray
        and any(source not in ray and by_id[source].kind in _NO_DATASET for source in stage.inputs if source in by_id)
    }


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
    for stage_id in sorted(ray):
        for source in by_id[stage_id].inputs:
            if source in by_id and source not in ray | taken:
                taken |= _path_to_read(source, by_id, ray | taken, refused)
    return taken


def _path_to_read(stage_id: str, by_id: dict[str, Stage], beyond: set[str], refused: set[str]) -> set[str]:
    """The stages from this one back to the read, where all their data goes to the stages ``beyond``; else none."""
    stage = by_id[stage_id]
    consumers = {other.id for other in by_id.values() if stage_id in other.inputs}
    if stage.kind not in _REACHED_BACK or stage_id in refused | beyond or not consumers <= beyond:
        return set()
    if stage.kind is Kind.READ:
        return {stage_id}
    if len(stage.inputs) != 1 or stage.inputs[0] not in by_id:
        return set()
    rest = _path_to_read(stage.inputs[0], by_id, beyond | {stage_id}, refused)
    return {stage_id} | rest if rest else set()


def _boundaries(stages: list[Stage], columns: Mapping[str, tuple[str, ...] | None]) -> tuple[Boundary, ...]:
    by_id = {stage.id: stage for stage in stages}
    found = []
    for stage in stages:
        for source in stage.inputs:
            before = by_id[source]
            if before.engine is not stage.engine:
                direction = "spark_to_ray" if stage.engine is Engine.RAY else "ray_to_spark"
                path = f"{before.result or before.id}"
                found.append(Boundary(source, stage.id, direction, columns[source], path))
    return tuple(found)
