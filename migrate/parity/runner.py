"""One side, run once: each step in its own session, watched, timed, and stopped with everything it started."""

from __future__ import annotations

import math
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from migrate.parity import environment, failure, inputs, interpreters, phases, sampling, stages
from migrate.parity.failure import SideFailed
from migrate.parity.family import Family
from migrate.parity.gpu import Meter
from migrate.parity.outputs import output_path
from migrate.parity.plan import PlannedRun, PlannedStep, fill
from migrate.parity.progress import Progress
from migrate.parity.redaction import Redactor
from migrate.parity.result import Cause, Failure, Purpose, SideResult, StepResult
from migrate.parity.spec import Stage

GRACE_SECONDS = 5.0
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_POLL_SECONDS = 0.1
# Ray puts `/ray/session_<time>_<pid>/sockets/plasma_store` below its folder, and a socket's path may hold 107 bytes.
_LONGEST_RAY_TMP = 40


@dataclass(frozen=True)
class Conditions:
    """What every side run of one parity run has in common."""

    run_dir: Path
    inputs: str | None
    outputs: tuple[str, ...]
    timeout: float | None
    redactor: Redactor
    meter: Meter
    progress: Progress
    stages: tuple[Stage, ...] = ()


@dataclass
class _Attempt:
    """A side run on its way."""

    run: PlannedRun
    conditions: Conditions
    folder: Path
    ground: environment.Ground
    family: Family
    sampler: sampling.Sampler
    load: sampling.Load
    began: float
    steps: list[StepResult] = field(default_factory=list)
    stopped: int = 0

    def result(self) -> SideResult:
        return SideResult(
            engine=self.run.side.engine,
            seed=self.run.seed,
            repeat=self.run.repeat,
            folder=self.folder.name,
            load=self.load,
            steps=tuple(self.steps),
            samples=tuple(self.sampler.samples),
            stopped=self.stopped,
            purpose=self.run.purpose,
        )

    def fail(self, cause: Cause, sentence: str, step: PlannedStep | None = None) -> NoReturn:
        log = None if step is None else self.folder / f"{step.name}.log"
        tail = () if log is None else failure.tail(log, self.conditions.redactor)
        found = Failure(
            cause=cause,
            sentence=f"{sentence[0].upper()}{sentence[1:]}.",
            engine=self.run.side.engine,
            step=step.name if step else None,
            seed=self.run.seed,
            log=str(log) if log else None,
            log_tail=tail,
        )
        raise SideFailed(found, self.result())


@dataclass(frozen=True)
class _Launch:
    """A step ready to start: nothing is left to be filled in."""

    step: PlannedStep
    command: list[str]
    environment: dict[str, str]
    trace_file: Path
    log: Path


def run_side(run: PlannedRun, conditions: Conditions) -> SideResult:
    """Run all steps of one side. Raises SideFailed; whatever happens, nothing that was started is left running."""
    attempt = _prepare(run, conditions)
    before = inputs.fingerprint(conditions.inputs)
    if run.is_cold:
        inputs.chill(conditions.inputs)
    conditions.progress.side_started(run)
    failed: SideFailed | None = None
    try:
        for step in run.steps:
            _run_step(attempt, step)
        _check_inputs(attempt, before)
        _check_outputs(attempt)
    except SideFailed as error:
        failed = error
    finally:
        attempt.stopped += _stop(attempt.family)
    failed = _leave(attempt, failed)
    result = attempt.result()
    if failed is not None:
        raise SideFailed(failed.failure, result)
    conditions.progress.side_finished(run, result)
    return result


def _prepare(run: PlannedRun, conditions: Conditions) -> _Attempt:
    folder = conditions.run_dir / "runs" / run.folder
    ground = environment.Ground(folder / "out", folder / "work", folder / "handoff", _ray_tmp())
    for each in (ground.out, ground.work, ground.handoff):
        each.mkdir(parents=True)
    family = Family(uuid.uuid4().hex)
    load = sampling.load()
    began = time.monotonic()
    sampler = sampling.Sampler(family, conditions.meter, began)
    return _Attempt(run, conditions, folder, ground, family, sampler, load, began)


def _ray_tmp() -> Path:
    usual = tempfile.gettempdir()
    return Path(tempfile.mkdtemp(prefix="mp-", dir=usual if len(usual) <= _LONGEST_RAY_TMP - 12 else "/tmp"))


def _run_step(attempt: _Attempt, step: PlannedStep) -> None:
    """Run one command to its end, add it to the attempt, and fail where it did not come through."""
    launch = _launch(attempt, step)
    oom_before = failure.oom_kills()
    start = time.monotonic()
    code: int | None = None
    trouble: tuple[Cause, str] | None = None
    try:
        code = _wait(attempt, launch)
    except (OSError, KeyboardInterrupt) as error:
        trouble = failure.of_error(attempt.run, step, error, attempt.conditions.timeout)
    end = time.monotonic()
    attempt.stopped += _stop(attempt.family)
    trace = phases.read(launch.trace_file, end)
    attempt.steps.append(
        StepResult(
            name=step.name,
            command=tuple(attempt.conditions.redactor.command(launch.command)),
            python=step.python,
            seconds=end - start,
            exit_code=code,
            segments=phases.timeline(trace, start, end, attempt.run.side, step.name),
            calls=len(trace.spans),
            trace_failures=trace.failures,
        )
    )
    if code:
        tail = failure.tail(launch.log, attempt.conditions.redactor)
        kills, no_room = failure.oom_kills() - oom_before, failure.no_room(attempt.folder)
        trouble = failure.of_exit(attempt.run, step, failure.Ending(code, end - start, tail, kills, no_room))
    if trouble is not None:
        cause, sentence = trouble
        attempt.fail(cause, sentence + failure.where(trace), step)


def _launch(attempt: _Attempt, step: PlannedStep) -> _Launch:
    values = {
        "python": step.python,
        "out": str(attempt.ground.out),
        "inputs": attempt.conditions.inputs or "",
        "workdir": str(attempt.ground.work),
        "seed": str(attempt.run.seed),
    }
    trace_file = attempt.folder / f"{step.name}.trace.jsonl"
    variables = environment.build(
        interpreters.probe(step.python),
        attempt.ground,
        attempt.family.run_id,
        trace_file,
        {name: fill(value, values) for name, value in step.env.items()},
        _stages(attempt),
    )
    command = [fill(word, values) for word in step.command]
    return _Launch(step, command, variables, trace_file, attempt.folder / f"{step.name}.log")


def _stages(attempt: _Attempt) -> Path | None:
    if attempt.run.purpose is not Purpose.STAGES:
        return None
    return stages.order(attempt.folder, len(attempt.steps), attempt.conditions.stages)


def _wait(attempt: _Attempt, launch: _Launch) -> int:
    """Start the command and wait for its exit code, looking after it meanwhile. Raises TimeoutError."""
    run, timeout = attempt.run, attempt.conditions.timeout
    left = math.inf if timeout is None else timeout - sum(done.seconds for done in attempt.steps)
    deadline = time.monotonic() + left
    with launch.log.open("wb") as log:
        process = subprocess.Popen(
            launch.command,
            cwd=run.side.cwd,
            env=launch.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    attempt.family.add(process)
    live = phases.Live(launch.trace_file, run.side, launch.step.name)
    while True:
        try:
            return process.wait(_POLL_SECONDS)
        except subprocess.TimeoutExpired:
            if time.monotonic() > deadline:
                raise TimeoutError from None
            attempt.sampler.look()
            attempt.conditions.progress.tick(run, launch.step, live.phase(), time.monotonic() - attempt.began)


def _check_inputs(attempt: _Attempt, before: inputs.Fingerprint) -> None:
    changed = inputs.difference(before, inputs.fingerprint(attempt.conditions.inputs))
    if changed:
        sentence = f"{failure.who(attempt.run)} wrote into its inputs: it {changed} under {attempt.conditions.inputs}"
        attempt.fail(Cause.INPUTS, f"{sentence}, so what the other side reads is not what this one read")


def _check_outputs(attempt: _Attempt) -> None:
    for path in attempt.conditions.outputs:
        if output_path(attempt.ground.out, path) is None:
            sentence = f"{failure.who(attempt.run)} ended well and did not write the declared output `{path}`"
            attempt.fail(Cause.MISSING_OUTPUT, sentence, attempt.run.steps[-1])


def _leave(attempt: _Attempt, failed: SideFailed | None) -> SideFailed | None:
    """Leave behind what is evidence and nothing else. Returns the failure; that there is no room for it is one."""
    redactor = attempt.conditions.redactor
    try:
        sampling.write(attempt.sampler.samples, attempt.folder / "samples.jsonl")
        for log in attempt.folder.glob("*.log"):
            _redact(log, redactor)
        if failed is not None:
            for logs in attempt.ground.ray_tmp.glob("ray/session_2*/logs"):
                shutil.copytree(logs, attempt.folder / "ray_logs" / logs.parent.name, symlinks=True)
    except OSError as error:
        sentence = f"The evidence of {failure.who(attempt.run)} cannot be kept: {redactor.text(str(error))}."
        failed = failed or SideFailed(Failure(Cause.DISK, sentence, attempt.run.side.engine, seed=attempt.run.seed))
    finally:
        shutil.rmtree(attempt.ground.ray_tmp, ignore_errors=True)
        shutil.rmtree(attempt.ground.work, ignore_errors=True)
    return failed


def _stop(family: Family) -> int:
    with _deaf_to_interrupts():
        return family.stop(GRACE_SECONDS)


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """A second Ctrl-C must not keep the first one from stopping everything."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in ENDING_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _redact(log: Path, redactor: Redactor) -> None:
    """Take the secrets out of a log on disk, if there are any."""
    if not redactor.values:
        return
    clean = log.with_suffix(".clean")
    # Bytes that are no UTF-8 and line ends of any kind come out as they went in.
    with (
        log.open(encoding="utf-8", errors="surrogateescape", newline="") as source,
        clean.open("w", encoding="utf-8", errors="surrogateescape", newline="") as target,
    ):
        target.writelines(redactor.text(line) for line in source)
    clean.replace(log)
