"""What each stage of a job would look like on Ray, before anything is placed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from migrate.catalogue import mappings
from migrate.emit.context import StageCall
from migrate.emit.flow import inside
from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.ir import Job, Stage
from migrate.mapping import Emission, NotCarried
from migrate.passes.place import is_native_shuffle
from migrate.translate.accumulators import uncounted
from migrate.translate.kept import kept_because
from migrate.translate.locate import call_of, deferred, functions


@dataclass(frozen=True)
class Plan:
    """For each stage id what to emit, or the reason why it cannot be carried."""

    emissions: dict[str, Emission]
    refusals: dict[str, str]

    def refusal(self, stage: Stage) -> str | None:
        """Why a stage cannot be carried to Ray, None when it can."""
        return self.refusals.get(stage.id)

    def why(self, stage: Stage) -> str:
        """Why a stage that blocks others stays on Spark, in words."""
        if stage.id in self.refusals:
            return self.refusals[stage.id]
        if is_native_shuffle(stage):
            return "a shuffle takes Ray longer than Spark, and no Python work comes behind it; --everything moves it"
        return "it needs a model, a value or an RDD that stays on Spark"

    def without(self, stages: Iterable[str], reason: str) -> Plan:
        """The same with these stages refused, and with them what covers them or is covered by them."""
        refused = set(stages)
        while True:
            tied = {
                one
                for stage, emission in self.emissions.items()
                if refused & {stage, *emission.claims}
                for one in (stage, *emission.claims)
            }
            if tied <= refused:
                break
            refused |= tied
        return replace(self, refusals={**dict.fromkeys(sorted(refused), reason), **self.refusals})


def plan(job: Job, module: Module, project: Project) -> Plan:
    """Asks the catalogue about every stage. A stage that another one's emission covers is carried with it."""
    emissions: dict[str, Emission] = {}
    refusals: dict[str, str] = {}
    for stage in job.stages:
        try:
            emissions[stage.id] = _emission(stage, job, module, project)
        except NotCarried as reason:
            refusals[stage.id] = str(reason)
    for emission in emissions.values():
        for claim in emission.claims:
            refusals.pop(claim, None)
    return Plan(emissions, {**uncounted(job, module, refusals), **refusals})


def _emission(stage: Stage, job: Job, module: Module, project: Project) -> Emission:
    mapping = mappings().get(stage.symbol)
    if mapping is None:
        raise NotCarried(kept_because(stage.symbol) or f"{stage.symbol} has no mapping yet")
    _refuse_place(stage, module)
    return mapping.emit(StageCall(stage, job, module, project))


def _refuse_place(stage: Stage, module: Module) -> None:
    """NotCarried for a stage that stands where the rewriter does not follow."""
    if stage.chain.path != module.path:
        raise NotCarried(f"it stands in {stage.chain.path}; only the job's own file is rewritten")
    if stage.scope and ("." in stage.scope or stage.scope not in functions(module)):
        raise NotCarried("it stands in a method, a nested or an async function; only plain functions are rewritten")
    if call_of(module, stage) in deferred(module):
        raise NotCarried("it stands in a lambda or a comprehension, where no statement can be put in its place")
    whole = module.span(call_of(module, stage))
    for link in stage.links:
        # An estimator is an object on both sides, so what configures it may stand anywhere.
        if not link.symbol.startswith("Estimator.") and not inside(link.span, whole):
            what = f"{link.symbol} on line {link.span.line}"
            raise NotCarried(f"its chain begins with {what}, in a statement of its own; write it as one chain")
    arguments = [*stage.args, *(argument for link in stage.links for argument in link.args)]
    if any(argument.name in {"*", "**"} for argument in arguments):
        raise NotCarried("its arguments are unpacked, so what they are cannot be read")
    if stage.facts.get("sure") == "no":
        raise NotCarried("what it is called on is only guessed to be a dataset of Spark's")
