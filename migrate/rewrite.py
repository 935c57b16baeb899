"""One job rewritten: read, judged, placed, emitted, and written all at once or not at all."""

from __future__ import annotations

import difflib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from migrate.emit.assemble import Layout, ray_file, spark_file
from migrate.emit.flow import Flow, HandOff
from migrate.emit.plan import Plan, plan
from migrate.emit.spec import parity_spec
from migrate.emit.style import undefined_names
from migrate.errors import MigrateError
from migrate.findings import Finding, Severity
from migrate.frontend import read_job
from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.ir import Cost, Engine, Job, Stage, Verdict
from migrate.mapping import NotCarried
from migrate.passes import judge
from migrate.passes.place import is_udf_maker, place
from migrate.report.json import finding_document, stage_document


@dataclass(frozen=True)
class Rewrite:
    """What a rewrite would write: ``files`` by name, in ``folder``; ``run`` the job files in the order in which they run.

    ``complete`` says that every Python-heavy stage moved and nothing needs a person.
    """

    job: Job
    folder: Path
    files: dict[str, str]
    run: tuple[str, ...]
    complete: bool
    findings: tuple[Finding, ...]

    def changes(self) -> Iterator[tuple[str, str]]:
        """The files that differ from what is on disk, each with a unified diff."""
        for name, text in self.files.items():
            path = self.folder / name
            old = path.read_text(encoding="utf-8") if path.is_file() else ""
            if old != text:
                lines = difflib.unified_diff(old.splitlines(True), text.splitlines(True), str(path), str(path))
                yield name, "".join(lines)

    def write(self) -> None:
        """Put all files in place. They are written beside the folder first, so that a failure leaves nothing half-written."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{self.folder.name}.", dir=self.folder.parent))
        try:
            for name, text in self.files.items():
                (staging / name).write_text(text, encoding="utf-8", newline="")
            self.folder.mkdir(exist_ok=True)
            for name in self.files:
                os.replace(staging / name, self.folder / name)
        except OSError as error:
            raise MigrateError(f"{self.folder}: cannot be written ({error.strerror}); nothing was changed") from error
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def rewrite(path: Path, folder: Path | None = None, *, everything: bool = False) -> Rewrite:
    """The rewrite of the job at ``path``, into ``folder`` (default ``<stem>_ray`` beside it). Writes nothing.

    Raises MigrateError when the job cannot be read or has no entry point.
    """
    if not path.is_file():
        raise MigrateError(f"{path}: there is no such file; give the Python file of one Spark job")
    target = folder or path.parent / f"{path.stem}_ray"
    read, project = read_job(path)
    module = project.module(read.path)
    if module is None:
        raise MigrateError(f"{path}: cannot be parsed as Python")
    judged = judge(read)
    planned = plan(judged, module, project)
    placed = place(judged, planned.refusal, everything=everything)
    if not any(stage.engine is Engine.RAY for stage in placed.stages):
        return _left_alone(placed, planned, target, everything)
    try:
        files, run = _parts(placed, module, project, planned, path, target)
    except NotCarried as reason:
        raise MigrateError(f"{path}: {reason}; move that out of the way by hand, then rewrite again") from reason
    findings = (*placed.findings, *_blocked(placed, planned))
    way_back = Layout(path, target / "x").way_back
    files["parity.toml"] = parity_spec(
        placed,
        module,
        project,
        planned.emissions,
        path.stem,
        way_back,
        [f"{_seen(path, target)}{name}" for name in run],
    )
    complete = not any(_heavy(stage) and stage.engine is Engine.SPARK for stage in placed.stages)
    files["report.json"] = _report(placed, run, findings)
    return Rewrite(placed, target, files, tuple(run), complete, findings)


def _seen(path: Path, target: Path) -> str:
    """The emitted folder as seen from the job's own, with a slash at its end."""
    return os.path.relpath(target, path.parent).replace(os.sep, "/") + "/"


def _parts(
    job: Job, module: Module, project: Project, planned: Plan, path: Path, target: Path
) -> tuple[dict[str, str], list[str]]:
    flow = Flow(job, module, project, planned.emissions)
    handoffs: list[HandOff] = []
    ray = flow.part(Engine.RAY, handoffs)
    files, run = {}, []
    spark_name, ray_name = f"{path.stem}_spark.py", f"{path.stem}_ray.py"
    if any(stage.engine is Engine.SPARK and not is_udf_maker(stage) for stage in job.stages):
        spark = flow.part(Engine.SPARK, handoffs)
        note = f"The Spark part of {path.name}, up to the hand-off that {ray_name} goes on from."
        files[spark_name] = spark_file(spark, module, project, Layout(path, target / spark_name), note)
        run.append(spark_name)
        note = f"The Ray part of {path.name}: goes on from what {spark_name} hands over under HANDOFF_DIR."
    else:
        note = f"{path.name} on Ray."
    files[ray_name] = ray_file(ray, module, project, Layout(path, target / ray_name), note)
    for name in run + [ray_name]:
        lost = set(undefined_names(files[name], path)) - set(undefined_names(module.text, path))
        if lost:
            raise NotCarried(f"{name} would use {', '.join(sorted(lost))}, which only the other part has")
    return files, [*run, ray_name]


def _heavy(stage: Stage) -> bool:
    return stage.heavy is not None or stage.cost in {Cost.PYTHON, Cost.ARROW}


def _left_alone(job: Job, planned: Plan, target: Path, everything: bool) -> Rewrite:
    blocked = _blocked(job, planned)
    wanted = everything or job.verdict is not Verdict.KEEP_ON_SPARK
    return Rewrite(job, target, {}, (), not (wanted and blocked), (*job.findings, *blocked))


def _blocked(job: Job, planned: Plan) -> tuple[Finding, ...]:
    """One finding for each stage that keeps Python-heavy work on Spark."""
    names = {blocker for stage in job.stages for blocker in stage.blocked_by}
    return tuple(
        Finding(
            stage.code or "SR900",
            Severity.WARNING,
            f"{stage.symbol} stays on Spark: {planned.refusals[stage.id]}",
            stage.span.path,
            stage.span.line,
            stage.span.column,
        )
        for stage in job.stages
        if stage.id in names
    )


def _report(job: Job, run: list[str], findings: tuple[Finding, ...]) -> str:
    prints: dict[tuple[str, ...], str] = {}
    document = {
        "schema_version": 1,
        "job": job.path,
        "verdict": job.verdict.value if job.verdict else None,
        "run": run,
        "moved": [stage_document(stage, prints) for stage in job.stages if stage.engine is Engine.RAY],
        "kept": [stage_document(stage, prints) for stage in job.stages if stage.engine is Engine.SPARK],
        "blocked": [stage_document(stage, prints) for stage in job.stages if stage.blocked_by],
        "findings": [finding_document(finding, prints) for finding in findings],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
