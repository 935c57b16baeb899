"""A whole parity run: both sides in turn, every pair compared, and a result whatever happens."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from types import FrameType
from typing import Any

from migrate.errors import MigrateError
from migrate.parity import (
    bisect,
    gates,
    gpu,
    ground,
    history,
    identity,
    judge,
    notes,
    predictions,
    resume,
    rundir,
    training,
)
from migrate.parity.compared import Parting
from migrate.parity.failure import SideFailed
from migrate.parity.family import adopting_orphans
from migrate.parity.findings import Compared, Findings, compare
from migrate.parity.plan import Options, Pair, Plan, plan
from migrate.parity.progress import Progress
from migrate.parity.redaction import Redactor
from migrate.parity.result import Cause, Failure, Result
from migrate.parity.runner import ENDING_SIGNALS, Conditions, run_side
from migrate.parity.spec import Spec
from migrate.parity.spec_file import load
from migrate.parity.verdict import Verdict

EXIT_FAILED = 2
_SHOWN_RUNS = 60


def parity(spec_file: Path, options: Options, progress: Progress | None = None) -> Result:
    """Run both sides, compare, and leave `result.json` and `report.html` in the run directory.

    Raises MigrateError for what is wrong before anything ran: the spec, an interpreter, the inputs, the run directory.
    A side that fails is a result, with the verdict FAILED.
    """
    spec = load(spec_file)
    if options.gpu:
        gpu.require()
    planned = plan(spec, options)
    redactor = _redactor(planned)
    environment = ground.describe(planned)
    started = _now()
    run_dir = rundir.create(planned, options, started, redactor)
    findings = Findings()
    with adopting_orphans(), _signals_interrupt(), gpu.metering() as meter:
        conditions = Conditions(
            run_dir,
            planned.inputs,
            spec.needed,
            options.timeout,
            redactor,
            meter,
            progress or Progress(),
            spec.stages,
        )
        _run_pairs(planned, options, conditions, findings)
        if options.bisect:
            _bisect(planned, conditions, findings)
    result = _result(planned, findings, run_dir, started, environment)
    if result.verdict is Verdict.EQUAL and not options.keep:
        rundir.drop_outputs(run_dir, findings.equal_folders)
    result = _remembered(result, spec, options)
    _write(result, run_dir)
    return result


def _run_pairs(planned: Plan, options: Options, conditions: Conditions, findings: Findings) -> None:
    """Run and compare pair by pair until all are done or one side fails."""
    try:
        for pair in planned.pairs:
            findings.take(pair, _run_pair(planned, pair, conditions, findings))
            # A training is judged over all seeds: until then its models are evidence.
            if planned.spec.training is None and not options.keep:
                rundir.drop_outputs(conditions.run_dir, findings.equal_folders)
    except SideFailed as error:
        findings.failure = error.failure
        if error.side is not None:
            findings.sides.append(error.side)
    except MigrateError as error:
        findings.failure = Failure(Cause.INPUTS, str(error))
    except OSError as error:
        findings.failure = Failure(Cause.DISK, f"{error.filename or conditions.run_dir}: {error.strerror}.")
    except KeyboardInterrupt:
        findings.failure = Failure(Cause.INTERRUPTED, "Interrupted while neither side was running.")


def _run_pair(planned: Plan, pair: Pair, conditions: Conditions, findings: Findings) -> Compared:
    """Run what an earlier run in this run directory has not finished, and compare."""
    spec, run_dir = planned.spec, conditions.run_dir
    keys = [resume.key_of(planned, run) for run in pair.runs]
    earlier = resume.earlier(run_dir, spec, pair, keys, conditions.outputs)
    for run, key, side in zip(pair.runs, keys, earlier.sides, strict=True):
        if side is None:
            findings.sides.append(run_side(run, conditions))
            resume.remember_side(run_dir, key, findings.sides[-1])
        else:
            findings.sides.append(side)
            findings.taken_over += 1
            conditions.progress.side_taken_over(run)
    if earlier.compared is not None:
        return earlier.compared
    conditions.progress.comparing(pair)
    compared = compare(spec, pair, run_dir)
    resume.remember_pair(run_dir, spec, pair, keys, compared)
    return compared


def _bisect(planned: Plan, conditions: Conditions, findings: Findings) -> None:
    """Look for where the first pair parts that differs. What goes wrong with that changes no verdict."""
    pair = findings.first_different(planned.pairs)
    if findings.failure is not None or pair is None:
        return
    try:
        findings.parting = bisect.part(planned, pair, conditions, findings.sides)
    except (MigrateError, OSError) as error:
        findings.parting = Parting((), None, f"Where the sides part cannot be said: {str(error).rstrip('.')}")
    except KeyboardInterrupt:
        findings.parting = Parting((), None, "Interrupted while looking for where the sides part")


def _result(planned: Plan, findings: Findings, run_dir: Path, started: datetime, environment: dict[str, Any]) -> Result:
    """All findings as one result: a failure until it is judged."""
    spec = planned.spec
    outputs, failed = tuple(findings.outputs), findings.failure is not None
    judged = None
    if spec.training is not None and findings.metrics and not failed:
        judged = training.judge(spec.training, findings.metrics)
        if spec.training.predictions is not None:
            judged = predictions.judge(judged, spec.training.predictions, tuple(findings.agreements))
    result = Result(
        name=spec.name,
        spec=str(spec.file),
        run_dir=str(run_dir),
        started=_iso(started),
        ended=_iso(_now()),
        verdict=Verdict.FAILED,
        exit_code=EXIT_FAILED,
        headline=findings.failure.sentence if findings.failure else "",
        sides=tuple(findings.sides),
        outputs=outputs,
        training=judged,
        curves=tuple(findings.curves),
        gates=(),
        failure=findings.failure,
        notes=tuple(notes.of(findings.sides, findings.taken_over, findings.undeclared)),
        environment=environment,
        prices=spec.prices,
        parting=findings.parting,
    )
    return result if failed else _judged(result, spec)


def _judged(result: Result, spec: Spec) -> Result:
    held = gates.results(spec.gates, result)
    verdict = judge.verdict_of(spec.gates, result.outputs, result.training)
    return replace(
        result,
        verdict=verdict,
        exit_code=judge.exit_code(verdict, held),
        headline=judge.headline(verdict, spec.gates, result.outputs, result.training, held),
        gates=held,
    )


def _remembered(result: Result, spec: Spec, options: Options) -> Result:
    """The result with its place in the history of its spec; that there is trouble with it becomes a note."""
    usual = history.usual_file(spec.name)
    file = options.history or (usual if Path(result.run_dir).parent == usual.parent else None)
    if file is None:
        return result
    try:
        entry = history.entry_of(result, identity.of_spec(spec))
        if entry is not None:
            history.append(file, entry)
        return replace(result, history=history.read(file)[-_SHOWN_RUNS:] if file.exists() else ())
    except MigrateError as error:
        return replace(result, notes=(*result.notes, str(error).rstrip(".")))


def _redactor(planned: Plan) -> Redactor:
    steps = [step for pair in planned.pairs[:1] for run in pair.runs for step in run.steps]
    return Redactor([step.env for step in steps], [step.command for step in steps])


def _write(result: Result, run_dir: Path) -> None:
    from migrate.parity.report import document, html

    try:
        (run_dir / "result.json").write_text(json.dumps(document.to_json(result), indent=2) + "\n", encoding="utf-8")
        (run_dir / "report.html").write_text(html.write(result), encoding="utf-8")
    except OSError as error:
        # Where a side has failed already, for the same lack of room most likely, its own sentence says more.
        if result.failure is None:
            raise MigrateError(f"{run_dir}: the result cannot be written: {error.strerror}.") from error


@contextmanager
def _signals_interrupt() -> Iterator[None]:
    """While it holds, being told to end is an interrupt: the sides are stopped before this process goes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    # Under nohup a hang-up is to be ignored, and stays so.
    heeded = [n for n in ENDING_SIGNALS if n is not signal.SIGHUP or signal.getsignal(n) is not signal.SIG_IGN]
    before = {number: signal.signal(number, interrupt) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _now() -> datetime:
    return datetime.now(timezone.utc)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
