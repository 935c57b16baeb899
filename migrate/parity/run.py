"""A whole parity run: both sides in turn, every pair compared, and a result whatever happens."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from statistics import fmean
from types import FrameType
from typing import Any

from migrate.errors import MigrateError
from migrate.ir import Engine
from migrate.parity import gpu, ground, judge, rundir, training
from migrate.parity.failure import SideFailed
from migrate.parity.family import adopting_orphans
from migrate.parity.plan import Options, Pair, Plan, plan
from migrate.parity.progress import Progress
from migrate.parity.redaction import Redactor
from migrate.parity.result import Cause, Curve, Failure, Metric, OutputResult, Result, SideResult, Verdict
from migrate.parity.runner import ENDING_SIGNALS, Conditions, is_glob, run_side
from migrate.parity.spec import Format, Spec, load

EXIT_FAILED = 2
# Above this share of the machine, what other programs do shows in the wall-clock.
_NOISY_PERCENT = 10


@dataclass
class _Findings:
    """What has been found so far."""

    sides: list[SideResult] = field(default_factory=list)
    outputs: list[OutputResult] = field(default_factory=list)
    metrics: dict[int, list[Metric]] = field(default_factory=dict)
    curves: list[Curve] = field(default_factory=list)
    equal_folders: list[str] = field(default_factory=list)
    failure: Failure | None = None


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
    run_dir = rundir.create(planned, options.run_dir, started, redactor)
    findings = _Findings()
    with adopting_orphans(), _signals_interrupt(), gpu.metering() as meter:
        conditions = Conditions(
            run_dir, planned.inputs, _needed(spec), options.timeout, redactor, meter, progress or Progress()
        )
        _run_pairs(planned, options, conditions, findings)
    result = _result(planned, findings, run_dir, started, environment)
    if result.verdict is Verdict.EQUAL and not options.keep:
        rundir.drop_outputs(run_dir, findings.equal_folders)
    _write(result, run_dir)
    return result


def _run_pairs(planned: Plan, options: Options, conditions: Conditions, findings: _Findings) -> None:
    """Run and compare pair by pair until all are done or one side fails."""
    try:
        for pair in planned.pairs:
            for run in (pair.spark, pair.ray):
                findings.sides.append(run_side(run, conditions))
            conditions.progress.comparing(pair)
            _compare(planned.spec, pair, conditions.run_dir, findings)
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


def _compare(spec: Spec, pair: Pair, run_dir: Path, findings: _Findings) -> None:
    """Compare all outputs of a pair and note its metrics. Raises SideFailed where one cannot be read."""
    seed, repeat = pair.spark.seed, pair.spark.repeat
    folders = (pair.spark.folder, pair.ray.folder)
    spark_out, ray_out = (run_dir / "runs" / folder / "out" for folder in folders)
    try:
        outputs = [judge.compare_output(output, seed, repeat, spark_out, ray_out) for output in spec.outputs]
        findings.outputs += outputs
        if spec.training is not None:
            name, file = spec.training.metric, spec.training.output
            spark, ray = (training.read_metric(out / file, name) for out in (spark_out, ray_out))
            findings.metrics.setdefault(seed, []).append(Metric(seed, spark, ray))
        if repeat == 1:
            for path in _metrics_files(spec):
                spark_file, ray_file = (training.read_document(out / path) for out in (spark_out, ray_out))
                findings.curves += training.curves(seed, spark_file, ray_file)
    except MigrateError as error:
        raise SideFailed(Failure(Cause.UNREADABLE_OUTPUT, str(error), seed=seed)) from error
    if all(output.verdict is Verdict.EQUAL for output in outputs):
        findings.equal_folders += folders


def _metrics_files(spec: Spec) -> list[str]:
    files = [output.path for output in spec.outputs if output.format is Format.METRICS and not is_glob(output.path)]
    return list(dict.fromkeys([*files, *([spec.training.output] if spec.training else [])]))


def _result(
    planned: Plan, findings: _Findings, run_dir: Path, started: datetime, environment: dict[str, Any]
) -> Result:
    """All findings as one result: a failure until it is judged."""
    spec = planned.spec
    outputs, failed = tuple(findings.outputs), findings.failure is not None
    judged = None
    if spec.training is not None and findings.metrics and not failed:
        means = [
            Metric(seed, fmean(each.spark for each in found), fmean(each.ray for each in found))
            for seed, found in findings.metrics.items()
        ]
        judged = training.judge(spec.training, means)
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
        notes=tuple(_notes(findings.sides)),
        environment=environment,
    )
    return result if failed else _judged(result, spec)


def _judged(result: Result, spec: Spec) -> Result:
    gates = judge.gate_results(spec.gates, result.outputs, result.speed)
    verdict = judge.verdict_of(spec.gates, result.outputs, result.training)
    return replace(
        result,
        verdict=verdict,
        exit_code=judge.exit_code(verdict, gates),
        headline=judge.headline(verdict, spec.gates, result.outputs, result.training, gates),
        gates=gates,
    )


def _notes(sides: list[SideResult]) -> Iterator[str]:
    """What a reader of the figures must know about how they came to be."""
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


def _needed(spec: Spec) -> tuple[str, ...]:
    paths = dict.fromkeys(output.path for output in spec.outputs)
    if spec.training is not None:
        paths[spec.training.output] = None
    return tuple(paths)


def _redactor(planned: Plan) -> Redactor:
    steps = [step for pair in planned.pairs[:1] for run in (pair.spark, pair.ray) for step in run.steps]
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
