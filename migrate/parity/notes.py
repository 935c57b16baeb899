"""What a reader of the figures must know about how they came to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import fmean

from migrate.ir import Engine
from migrate.parity.result import SideResult

# Above this share of the machine, what other programs do shows in the wall-clock.
_NOISY_PERCENT = 10
_PATHS_NAMED = 10


def of(sides: Sequence[SideResult], taken_over: int, undeclared: Sequence[str]) -> Iterator[str]:
    """The notes, a sentence each without its end. ``taken_over`` counts the sides that an earlier run has done.

    ``undeclared`` is what nobody has compared.
    """
    if undeclared:
        named = ", ".join(f"`{path}`" for path in undeclared[:_PATHS_NAMED])
        more = f" and {len(undeclared) - _PATHS_NAMED} more" if len(undeclared) > _PATHS_NAMED else ""
        yield f"not compared, because the spec does not declare it: {named}{more}"
    if taken_over:
        yield f"{taken_over} of {len(sides)} side runs were done by the run that this one goes on with"
    shares = {engine: [side.mean_others or 0.0 for side in sides if side.engine is engine] for engine in Engine}
    taken = {engine: fmean(found) for engine, found in shares.items() if found}
    if any(share > _NOISY_PERCENT for share in taken.values()):
        by_side = " and ".join(
            f"{share:.0f} % while {engine.value.capitalize()} ran" for engine, share in taken.items()
        )
        yield f"other programs used this machine too ({by_side}), so the times say less than they seem to"
    steps = [
        (f"{side.engine.value.capitalize()} side, step `{step.name}`", step) for side in sides for step in side.steps
    ]
    for name in dict.fromkeys(name for name, step in steps if not step.calls):
        yield f"{name}: no engine call was traced, so all of its time is `other`"
    for name in dict.fromkeys(name for name, step in steps if step.trace_failures):
        failures = [failure for other, step in steps if other == name for failure in step.trace_failures]
        yield f"{name}: the tracer failed {len(failures)} times, first with {failures[0]}"
