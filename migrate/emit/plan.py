"""What each stage of a job would look like on Ray, before anything is placed."""

from __future__ import annotations

from dataclasses import dataclass

from migrate.catalogue import mappings
from migrate.emit.context import StageCall
from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.ir import Job, Stage
from migrate.mapping import Emission, NotCarried


@dataclass(frozen=True)
class Plan:
    """For each stage id what to emit, or the reason why it cannot be carried."""

    emissions: dict[str, Emission]
    refusals: dict[str, str]

    def refusal(self, stage: Stage) -> str | None:
        """Why a stage cannot be carried to Ray, None when it can."""
        return self.refusals.get(stage.id)


def plan(job: Job, module: Module, project: Project) -> Plan:
    """Asks the catalogue about every stage. A stage that another one's emission covers is carried with it."""
    emissions: dict[str, Emission] = {}
    refusals: dict[str, str] = {}
    for stage in job.stages:
        mapping = mappings().get(stage.symbol)
        if mapping is None:
            refusals[stage.id] = f"{stage.symbol} has no mapping yet"
        elif stage.chain.path != module.path:
            refusals[stage.id] = f"{stage.symbol} stands in {stage.chain.path}; only the job's own file is rewritten"
        else:
            try:
                emissions[stage.id] = mapping.emit(StageCall(stage, job, module, project))
            except NotCarried as reason:
                refusals[stage.id] = str(reason)
    for emission in emissions.values():
        for claim in emission.claims:
            refusals.pop(claim, None)
    return Plan(emissions, refusals)
