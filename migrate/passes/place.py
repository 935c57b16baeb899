"""Which engine runs which stage: Ray from the first Python stage on, Spark for the native work in front of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from migrate.ir import Boundary, Cost, Engine, Job, Kind, Span, Stage, Verdict
from migrate.passes.closure import reached
from migrate.passes.columns import columns_of
from migrate.translate.views import makers_read

_REACHED_BACK = {Kind.READ, Kind.PROJECT, Kind.FILTER}
_SHUFFLES = {Kind.AGGREGATE, Kind.JOIN, Kind.SORT, Kind.WINDOW}
_ENDS = {Kind.ACTION, Kind.WRITE}
_PYTHON = {Cost.PYTHON, Cost.ARROW}
_NO_DATASET = {Kind.ACTION, Kind.FIT, Kind.TRAIN, Kind.TUNE}


def place(job: Job, refusal: Callable[[Stage], str | None], *, everything: bool = False) -> Job:
    """The job with an engine for each stage, what blocks the stages that could not move, and its hand-offs.

    ``refusal`` says why a stage cannot be carried to Ray, None when it can. Ray takes every Python-heavy stage whose
    whole downstream can be carried, that downstream, and reads, projections and filters in front of it where these
    reach back to the read. A stage that cannot be carried keeps all stages whose data reaches it on Spark; so does one
    that needs a model or an RDD which stays on Spark. ``blocked_by`` names the first such stage on each way that the
    data goes. A shuffle without Python work behind it is such a stage too, for it takes Ray longer than Spark.
    ``everything`` moves what can be carried whatever the verdict, and then says of every other stage what blocks it.
    """
    flow = _Flow([stage for stage in job.stages if not is_udf_maker(stage)])
    # What only ends a chain goes where the chain is: nothing is handed over to be shown or written elsewhere.
    wanted = [stage.id for stage in flow.by_id.values() if is_heavy(stage) or (everything and stage.kind not in _ENDS)]
    if job.verdict is Verdict.KEEP_ON_SPARK and not everything:
        wanted = []
    refused = {stage.id for stage in flow.by_id.values() if refusal(stage) is not None}
    if not everything:
        refused |= _shuffles_at_the_end(flow)
    while True:
        held = reached(refused, flow.inputs)
        ray = reached((stage for stage in wanted if stage not in held), flow.consumers)
        ray |= _reached_back(flow, ray, refused)
        cut_off = _cut_off(flow, ray)
        if not cut_off:
            break
        refused |= cut_off
    blockers = _first_on_each_way(flow, refused)
    makers, lines = _udfs_that_move(flow, ray)
    placed = []
    for stage in job.stages:
        moves = stage.id in ray or (
            is_udf_maker(stage) and (stage.span in makers or not lines.isdisjoint(stage.used_at))
        )
        blocked = blockers.get(stage.id, []) if not moves and (everything or is_heavy(stage)) else []
        placed.append(
            replace(
                stage,
                engine=Engine.RAY if moves else Engine.SPARK,
                blocked_by=tuple(sorted(blocked, key=_number)),
            )
        )
    return replace(job, stages=tuple(placed), boundaries=_boundaries(placed, columns_of(job)))


def with_planned_cuts(job: Job) -> Job:
    """A placed job that moves nothing today with the hand-offs it would have if nothing blocked it, marked so."""
    if job.boundaries or any(stage.engine is Engine.RAY for stage in job.stages):
        return job
    planned = place(job, lambda stage: None).boundaries
    return replace(job, boundaries=tuple(replace(boundary, blocked=True) for boundary in planned))


def is_native_shuffle(stage: Stage) -> bool:
    """Whether a stage moves every row to another task and runs no Python of the job's."""
    whole = stage.kind in _SHUFFLES or stage.symbol.endswith((".distinct", ".dropDuplicates", ".drop_duplicates"))
    whole |= any(".over(" in argument.source for argument in stage.args)
    return whole and stage.symbol.startswith(("DataFrame.", "GroupedData.")) and not is_heavy(stage)


def _shuffles_at_the_end(flow: _Flow) -> set[str]:
    """The native shuffles whose data reaches no Python work."""
    heavy = [stage.id for stage in flow.by_id.values() if is_heavy(stage)]
    between = reached(heavy, flow.inputs)
    return {stage.id for stage in flow.by_id.values() if is_native_shuffle(stage)} - between


def is_udf_maker(stage: Stage) -> bool:
    """Whether a stage only stands for the making of a UDF: it has no data of its own, its uses are stages of theirs."""
    return not stage.inputs and bool(stage.used_at)


def is_heavy(stage: Stage) -> bool:
    """Whether Spark runs Python for a stage."""
    return stage.heavy is not None or stage.cost in _PYTHON


def _number(stage_id: str) -> tuple[int, str]:
    digits = stage_id.lstrip("s")
    return int(digits) if digits.isdigit() else 0, stage_id


class _Flow:
    """The stages by id, and for each the stages that its data comes from and goes to."""

    def __init__(self, stages: list[Stage]) -> None:
        self.by_id = {stage.id: stage for stage in stages}
        makers = makers_read(stages)
        self.inputs = {
            stage.id: [source for source in (*stage.inputs, *makers[stage.id]) if source in self.by_id]
            for stage in stages
        }
        self.consumers: dict[str, list[str]] = {stage.id: [] for stage in stages}
        for stage_id, sources in self.inputs.items():
            for source in sources:
                self.consumers[source].append(stage_id)


def _first_on_each_way(flow: _Flow, refused: set[str]) -> dict[str, list[str]]:
    """For each stage the refused ones that its data meets first: itself where it is one, never one behind another."""
    carried = {stage: [one for one in sources if one not in refused] for stage, sources in flow.inputs.items()}
    met: dict[str, list[str]] = {}
    for cause in refused:
        for stage in reached([cause], carried):
            met.setdefault(stage, []).append(cause)
    return met


def _cut_off(flow: _Flow, ray: set[str]) -> set[str]:
    """The stages on Ray that need what stays on Spark and is no DataFrame: a model, a value on the driver, an RDD."""
    return {
        stage
        for stage in ray
        if any(source not in ray and not is_handed_over(flow.by_id[source]) for source in flow.inputs[stage])
    }


def is_handed_over(stage: Stage) -> bool:
    """Whether what a stage makes is a DataFrame, which Parquet can carry to the other engine."""
    is_rdd = stage.symbol.startswith(("RDD.", "SparkContext.")) and not stage.symbol.endswith(".toDF")
    return stage.kind not in _NO_DATASET and not is_rdd


def _udfs_that_move(flow: _Flow, ray: set[str]) -> tuple[set[Span | None], set[int]]:
    """Where the UDFs are made that stages on Ray apply, and the lines that apply one."""
    moved = [flow.by_id[stage] for stage in ray]
    return {function.maker for stage in moved for function in stage.functions}, {stage.span.line for stage in moved}


def _reached_back(flow: _Flow, ray: set[str], refused: set[str]) -> set[str]:
    """Reads, projections and filters whose data goes to Ray alone, where they reach back to a read without a gap."""
    light = {
        stage.id
        for stage in flow.by_id.values()
        if stage.kind in _REACHED_BACK
        and stage.id not in refused
        and stage.id not in ray
        and flow.consumers[stage.id]
        and (stage.kind is Kind.READ or len(stage.inputs) == 1)
    }
    needed_by_spark = reached(flow.by_id.keys() - light - ray, flow.inputs)
    light -= needed_by_spark
    behind_reads = {stage: [one for one in flow.consumers[stage] if one in light] for stage in light}
    return reached((stage for stage in light if flow.by_id[stage].kind is Kind.READ), behind_reads)


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
