"""What the outputs, the training and the gates add up to."""

from __future__ import annotations

from collections.abc import Sequence

from migrate.parity.compared import OutputResult
from migrate.parity.gates import worst_mismatch
from migrate.parity.result import GateResult, TrainingResult
from migrate.parity.spec import Gates
from migrate.parity.verdict import Verdict

EXIT_EQUAL, EXIT_DIFFERENT, EXIT_INCONCLUSIVE = 0, 1, 3


def verdict_of(gates: Gates, outputs: Sequence[OutputResult], training: TrainingResult | None) -> Verdict:
    """The answer to whether anything changed; what nothing was compared for is never equal.

    Mismatched rows that a `max_mismatched_rows` of 1 or more lets pass are no difference where columns and types agree.
    """
    parts = [Verdict.EQUAL if is_accepted(output, gates, outputs) else output.verdict for output in outputs]
    if training is not None:
        parts.append(training.verdict)
    if Verdict.DIFFERENT in parts:
        return Verdict.DIFFERENT
    return Verdict.INCONCLUSIVE if not parts or Verdict.INCONCLUSIVE in parts else Verdict.EQUAL


def is_accepted(output: OutputResult, gates: Gates, outputs: Sequence[OutputResult]) -> bool:
    """Whether an output that differs does so in few enough rows for the gate that the spec's author set."""
    worst = worst_mismatch(outputs)
    if output.verdict is not Verdict.DIFFERENT or worst is None or not gates.max_mismatched_rows:
        return False
    return worst <= gates.max_mismatched_rows and output.differs_in_rows_only


def exit_code(verdict: Verdict, gates: Sequence[GateResult]) -> int:
    """What was found to be wrong comes before what could not be found out: a gate is missed by a figure alone."""
    if verdict is Verdict.DIFFERENT or any(gate.missed for gate in gates):
        return EXIT_DIFFERENT
    return EXIT_EQUAL if verdict is Verdict.EQUAL and all(gate.met for gate in gates) else EXIT_INCONCLUSIVE


def headline(
    verdict: Verdict,
    gates: Gates,
    outputs: Sequence[OutputResult],
    training: TrainingResult | None,
    gated: Sequence[GateResult],
) -> str:
    """What the answer rests on, as one line."""
    missed = [gate.sentence for gate in gated if gate.missed]
    unknown = [gate.sentence for gate in gated if gate.got is None]
    if verdict is Verdict.DIFFERENT:
        text = "; ".join(_named(outputs, training, Verdict.DIFFERENT))
    elif verdict is Verdict.INCONCLUSIVE:
        text = "; ".join(_named(outputs, training, Verdict.INCONCLUSIVE) or ["The spec declares nothing to compare"])
    else:
        text = "; ".join(_agreement(gates, outputs, training))
    parts = [text, *(f"missed gate {each}" for each in missed), *(f"open gate {each}" for each in unknown)]
    return "; ".join(parts)


def _named(outputs: Sequence[OutputResult], training: TrainingResult | None, verdict: Verdict) -> list[str]:
    paths = dict.fromkeys(output.path for output in outputs if output.verdict is verdict)
    named = [f"`{path}` {_how(path, outputs, verdict)}" for path in paths]
    return named + ([training.sentence] if training is not None and training.verdict is verdict else [])


def _how(path: str, outputs: Sequence[OutputResult], verdict: Verdict) -> str:
    found = [output for output in outputs if output.path == path and output.verdict is verdict]
    noise = next((output.noise.sentence for output in found if output.noise), None)
    if verdict is Verdict.INCONCLUSIVE:
        return f"({noise})" if noise else "is empty on both sides"
    rows = max(output.mismatched_rows for output in found)
    notes = [note for output in found for note in output.comparison.get("notes", ())]
    how = str(notes[0]).rstrip(".") if notes else f"differs in {rows} rows" if rows else "differs"
    return f"({how})" if notes else how


def _agreement(gates: Gates, outputs: Sequence[OutputResult], training: TrainingResult | None) -> list[str]:
    parts = []
    paths = {output.path for output in outputs}
    accepted = [output for output in outputs if is_accepted(output, gates, outputs)]
    if accepted:
        parts.append(f"{worst_mismatch(outputs)} mismatched rows, {gates.max_mismatched_rows} accepted by the gate")
    elif paths:
        seeds = len({output.seed for output in outputs})
        count = "The declared output agrees" if len(paths) == 1 else f"All {len(paths)} declared outputs agree"
        noisy = sum(any(output.noise for output in outputs if output.path == path) for path in paths)
        within = f", {noisy} of them within the noise of Spark" if noisy else ""
        parts.append(count + (f" on each of {seeds} seeds" if seeds > 1 else "") + within)
    if training is not None:
        how = "within" if training.interval is None else "equivalent within"
        parts.append(f"`{training.metric}` is {how} {training.margin:g}")
    return parts
