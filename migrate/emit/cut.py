"""A judged job placed and cut into its parts: where it cannot be cut, the stages in the way stay on Spark."""

from __future__ import annotations

from dataclasses import dataclass, field

from migrate.emit.assemble import Layout, ray_text, spark_text
from migrate.emit.flow import CannotCut, Flow, HandOff
from migrate.emit.guard import check_repeats
from migrate.emit.plan import Plan
from migrate.emit.splice import marks, part_of
from migrate.emit.style import undefined_names
from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.ir import Engine, Job, Stage
from migrate.mapping import NotCarried
from migrate.passes.place import is_heavy, is_udf_maker, place


@dataclass(frozen=True)
class Cut:
    """A placed job, what is known of its stages by now, and its parts.

    ``parts`` are the texts of the emitted files by name, not yet formatted, in the order in which they run; there are
    none where nothing moves. ``notes`` are sentences on the cut for the report, with their lines.
    """

    job: Job
    plan: Plan
    parts: dict[str, str] = field(default_factory=dict)
    notes: tuple[tuple[int, str], ...] = ()


def cut(job: Job, plan: Plan, module: Module, project: Project, layout: Layout, *, everything: bool = False) -> Cut:
    """Places a judged job so that its parts do together what it does.

    Each time that they would not, the stages that stand in the way are refused for that reason and the job is placed
    anew, until it can be cut or nothing moves. ``layout`` says where its file and the emitted ones stand.
    """
    while True:
        placed = place(job, plan.refusal, everything=everything)
        on_ray = [stage for stage in placed.stages if stage.engine is Engine.RAY and not is_udf_maker(stage)]
        if not on_ray:
            return Cut(placed, plan)
        try:
            return _parts(placed, plan, module, project, layout)
        except NotCarried as reason:
            named = reason.stages if isinstance(reason, CannotCut) else frozenset()
            culprits = [stage.id for stage in on_ray if stage.id in named] or _last(on_ray)
            plan = plan.without(culprits, str(reason))


def _last(stages: list[Stage]) -> list[str]:
    """The stages whose data goes to none of the others: where they stay on Spark, so do all."""
    feeding = {source for stage in stages for source in stage.inputs}
    return [stage.id for stage in stages if stage.id not in feeding] or [stage.id for stage in stages]


def _parts(job: Job, plan: Plan, module: Module, project: Project, layout: Layout) -> Cut:
    """The parts of a placed job; NotCarried where they would not do together what it does."""
    flow = Flow(job, module, project, plan.emissions)
    handoffs: list[HandOff] = []
    ray = part_of(flow, Engine.RAY, handoffs)
    texts: dict[str, str] = {}
    notes = list(ray.notes)
    if flow.has_spark:
        spark = part_of(flow, Engine.SPARK, handoffs, ray.left)
        notes += spark.notes
        check_repeats(flow, ray, spark)
        spark.edits += marks(flow, _sentences(job, plan))
        texts[layout.spark_name] = spark_text(spark, flow, layout)
    texts[layout.ray_name] = ray_text(ray, flow, layout)
    for name, text in texts.items():
        lost = set(undefined_names(text, layout.job)).difference(undefined_names(module.text, layout.job))
        if lost:
            raise CannotCut(f"{name} would use {', '.join(sorted(lost))}, which only the other part has")
    return Cut(job, plan, texts, tuple(notes))


def _sentences(job: Job, plan: Plan) -> dict[str, str]:
    """For each Python-heavy stage that stays, the comment that stands above its statement."""
    found = {}
    for stage in job.stages:
        for blocker in map(job.stage, stage.blocked_by[:1] if is_heavy(stage) else ()):
            place = "" if blocker.id == stage.id else f", held by {blocker.symbol} on line {blocker.span.line}"
            why = plan.why(blocker)
            found[stage.id] = f"MIGRATE({stage.code or 'SR900'}): {stage.symbol} stays on Spark{place}: {why}"
    return found
