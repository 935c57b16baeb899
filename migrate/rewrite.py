"""One job rewritten: read, judged, placed, emitted, and written all at once or not at all."""

from __future__ import annotations

import ast
import difflib
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from migrate.emit.assemble import Layout, finished
from migrate.emit.cut import cut
from migrate.emit.plan import Plan, plan
from migrate.emit.siblings import siblings
from migrate.emit.spec import parity_spec
from migrate.errors import MigrateError
from migrate.findings import Finding, Severity
from migrate.frontend import read_job
from migrate.frontend.module import Module
from migrate.frontend.project import Project
from migrate.frontend.source import decode
from migrate.ir import Engine, Job, Stage, Verdict
from migrate.passes import judge
from migrate.passes.place import is_heavy
from migrate.report.json import Fingerprints, finding_document, stage_document
from migrate.translate.foreign import foreign_imports

_REPORT, _SPEC = "report.json", "parity.toml"


@dataclass(frozen=True)
class Rewrite:
    """What a rewrite would write: ``files`` by name, in ``folder``; ``run`` the job files in their order.

    ``files`` is empty where nothing moves. ``report`` is the text of ``report.json``, made even where it is not
    written. ``complete`` says that every Python-heavy stage moved and nothing needs a person.
    """

    job: Job
    folder: Path
    files: dict[str, str]
    run: tuple[str, ...]
    complete: bool
    findings: tuple[Finding, ...]
    report: str

    def changes(self) -> Iterator[tuple[str, str]]:
        """The files that differ from what is on disk, each with a unified diff."""
        for name, text in self.files.items():
            path = self.folder / name
            old = path.read_bytes() if path.is_file() else b""
            if old != text.encode("utf-8"):
                before = old.decode("utf-8", errors="replace").splitlines(True)
                lines = difflib.unified_diff(before, text.splitlines(True), str(path), str(path))
                yield name, "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)

    def write(self) -> None:
        """Put all files in place, or none: what was there is put back when one of them cannot be written.

        MigrateError where a file is in the way that no rewrite of this job has written.
        """
        self._refuse_strangers()
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            staging = Path(tempfile.mkdtemp(prefix=f".{self.folder.name}.", dir=self.folder.parent))
        except OSError as error:
            raise MigrateError(f"{self.folder}: cannot be written ({error.strerror}); nothing was changed") from error
        made = not self.folder.exists()
        placed: list[str] = []
        try:
            for name, text in self.files.items():
                (staging / name).write_text(text, encoding="utf-8", newline="")
            self.folder.mkdir(exist_ok=True)
            for name in self.files:
                if (self.folder / name).exists():
                    (self.folder / name).replace(staging / f"{name}.old")
                placed.append(name)
                (staging / name).replace(self.folder / name)
        except OSError as error:
            self._put_back(staging, placed, made)
            raise MigrateError(f"{self.folder}: cannot be written ({error.strerror}); nothing was changed") from error
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _put_back(self, staging: Path, placed: list[str], made: bool) -> None:
        for name in placed:
            old = staging / f"{name}.old"
            if old.exists():
                old.replace(self.folder / name)
            else:
                (self.folder / name).unlink(missing_ok=True)
        if made and self.folder.is_dir():
            self.folder.rmdir()

    def _refuse_strangers(self) -> None:
        """Nothing is overwritten but what the report beside it says an earlier rewrite of this job wrote."""
        ours = _written_before(self.folder / _REPORT, self.job.path)
        for name in self.files:
            path = self.folder / name
            if path.exists() and (name not in ours or not path.is_file()):
                raise MigrateError(
                    f"{path}: is there already and was not written by a rewrite of {self.job.path}; "
                    f"move it away or name another folder with --out"
                )


def _written_before(report: Path, job: str) -> set[str]:
    """The files that an earlier rewrite of the job left, by its report."""
    try:
        document = json.loads(report.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return set()
    if not isinstance(document, dict) or document.get("job") != job or not isinstance(document.get("run"), list):
        return set()
    return {*map(str, document["run"]), _SPEC, _REPORT}


def rewrite(path: Path, folder: Path | None = None, *, everything: bool = False) -> Rewrite:
    """The rewrite of the job at ``path``, into ``folder`` (default ``<stem>_ray`` beside it). Writes nothing.

    Raises MigrateError when the job cannot be read or is no plain Python file.
    """
    target = folder or path.parent / f"{path.stem}_ray"
    read, project, module = _read(path)
    judged = judge(read)
    layout = Layout(path, target)
    made = cut(judged, plan(judged, module, project), module, project, layout, everything=everything)
    placed, planned = made.job, made.plan
    blocked = _blocked(placed, planned)
    if not made.parts:
        wanted = everything or placed.verdict is not Verdict.KEEP_ON_SPARK
        findings = (*placed.findings, *(blocked if wanted else ()))
        report = _report(placed, [], findings)
        return Rewrite(placed, target, {}, (), not (wanted and blocked), findings, report)
    run = list(made.parts)
    files = {name: finished(text, module, layout, _note(name, run, layout)) for name, text in made.parts.items()}
    spark_bound = _spark_bound(files[run[-1]], module, project)
    said = tuple(Finding("SR900", Severity.NOTE, f"this {note}", module.path, line) for line, note in made.notes)
    findings = (*placed.findings, *blocked, *spark_bound, *said, *_notes(placed, planned))
    parts = [f"{layout.way_there}/{name}" for name in run]
    files[_SPEC] = parity_spec(placed, module, project, planned.emissions, path.stem, layout.way_back, parts)
    files[_REPORT] = _report(placed, run, findings)
    left = any(is_heavy(stage) and stage.engine is Engine.SPARK for stage in placed.stages)
    return Rewrite(placed, target, files, tuple(run), not (left or spark_bound), findings, files[_REPORT])


def _read(path: Path) -> tuple[Job, Project, Module]:
    if not path.is_file():
        raise MigrateError(f"{path}: there is no such file; give the Python file of one Spark job")
    if path.suffix == ".ipynb":
        raise MigrateError(f"{path}: is a notebook, which is analysed but not rewritten; export it as a Python file")
    job, project = read_job(path)
    module = project.module(job.path)
    if module is None:
        raise MigrateError(f"{path}: cannot be parsed as Python; correct its syntax")
    if module.text != decode(path.read_bytes()) or module.repairs:
        raise MigrateError(
            f"{path}: is not plain Python 3 (a notebook, Python 2, or a syntax error), so it is not rewritten"
        )
    return job, project, module


def _note(name: str, run: list[str], layout: Layout) -> str:
    """The comment in the head of an emitted file: which part of the job it is."""
    if len(run) == 1:
        return f"{layout.job.name} on Ray."
    if name == layout.spark_name:
        return f"The Spark part of {layout.job.name}, up to the hand-off that {layout.ray_name} goes on from."
    return f"The Ray part of {layout.job.name}: goes on from what {layout.spark_name} hands over under HANDOFF_DIR."


def _blocked(job: Job, planned: Plan) -> tuple[Finding, ...]:
    """One finding for each stage that keeps Python-heavy work on Spark."""
    names = {blocker for stage in job.stages for blocker in stage.blocked_by}
    return tuple(
        _finding(stage, Severity.WARNING, f"{stage.symbol} stays on Spark: {planned.why(stage)}")
        for stage in job.stages
        if stage.id in names
    )


def _notes(job: Job, planned: Plan) -> tuple[Finding, ...]:
    """What the mappings say about the stages that moved."""
    return tuple(
        _finding(stage, Severity.NOTE, note)
        for stage in job.stages
        if stage.engine is Engine.RAY and stage.id in planned.emissions
        for note in planned.emissions[stage.id].notes
    )


def _finding(stage: Stage, severity: Severity, message: str) -> Finding:
    span = stage.span
    return Finding(stage.code or "SR900", severity, message, span.path, span.line, span.column)


def _spark_bound(text: str, module: Module, project: Project) -> tuple[Finding, ...]:
    """One finding for each of the job's own modules that the Ray part imports and that imports Spark."""
    return tuple(
        Finding(
            "SR900",
            Severity.WARNING,
            f"{path} imports {package}, so the Ray part needs {package} too; move what runs on the workers to a module "
            f"of its own",
            path,
            line,
        )
        for path, sibling in siblings(ast.parse(text), module, project).items()
        for line, package in foreign_imports(sibling.tree)
    )


def _report(job: Job, run: list[str], findings: tuple[Finding, ...]) -> str:
    prints: Fingerprints = {}
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
