"""A tree of files as a report: every file accounted for, every job read, judged and placed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from migrate import __version__
from migrate.emit.plan import plan
from migrate.errors import MigrateError
from migrate.frontend.graph import build_job
from migrate.frontend.project import Project
from migrate.frontend.source import decode
from migrate.ir import Job, Kind
from migrate.passes import judge
from migrate.passes.place import is_udf_maker, place
from migrate.report import FileRow, FileStatus, Library, Report

_OTHER_SOURCES = {".scala": "Scala", ".java": "Java", ".sql": "SQL"}
_SIGNS = ("spark", "horovod", "petastorm", "glue", "elephas")
_LEFT_OUT = {".git", ".hg", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".migrate"}


@dataclass(frozen=True)
class Read:
    """What became of one file: its row, the lines read, and the job or library that it is."""

    row: FileRow
    lines: int = 0
    job: Job | None = None
    library: Library | None = None


def analyze(paths: tuple[Path, ...], jobs: int, progress: Callable[[int, int], None] = lambda done, of: None) -> Report:
    """The report on all files below ``paths``, in the order of their names, whatever the number of processes.

    ``progress`` is told how many of how many files are done. MigrateError for a path that does not exist.
    """
    started = time.monotonic()
    for path in paths:
        if not path.exists():
            raise MigrateError(f"{path}: there is no such file or folder")
    root = _root(paths)
    files = sorted({file.relative_to(root).as_posix() for path in paths for file in _files(path.resolve())})
    read: list[Read] = []
    for number, one in enumerate(_each(root, files, jobs), 1):
        read.append(one)
        progress(number, len(files))
    return Report(
        root=str(root),
        files=tuple(one.row for one in read),
        jobs=tuple(one.job for one in read if one.job),
        libraries=tuple(one.library for one in read if one.library),
        lines=sum(one.lines for one in read),
        seconds=round(time.monotonic() - started, 3),
        version=__version__,
    )


def sources_of(report: Report) -> dict[str, str]:
    """The text of every file that a stage or finding of the report stands in, by its path."""
    project = Project(Path(report.root))
    stages = [stage for job in report.jobs for stage in job.stages]
    stages += [stage for library in report.libraries for stage in library.stages]
    modules = (project.module(path) for path in sorted({stage.span.path for stage in stages}))
    return {module.path: module.text for module in modules if module is not None}


def _root(paths: tuple[Path, ...]) -> Path:
    resolved = [path.resolve() for path in paths]
    folders = [path if path.is_dir() else path.parent for path in resolved]
    return Path(os.path.commonpath(folders))


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for folder, below, names in os.walk(path):
        below[:] = sorted(name for name in below if name not in _LEFT_OUT)
        for name in names:
            if Path(name).suffix in {".py", ".ipynb", *_OTHER_SOURCES}:
                yield Path(folder) / name


def _each(root: Path, files: list[str], jobs: int) -> Iterator[Read]:
    if jobs <= 1 or len(files) < 50:
        project = Project(root)
        for file in files:
            yield read_file(root, file, project)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(_in_pool, [root] * len(files), files, chunksize=max(1, len(files) // (jobs * 8)))


def _in_pool(root: Path, file: str) -> Read:
    return read_file(root, file, Project(root))


def read_file(root: Path, file: str, project: Project) -> Read:
    """One file of the tree: skipped with its reason, without Spark, a library or a job."""
    suffix = Path(file).suffix
    if suffix in _OTHER_SOURCES:
        return Read(FileRow(file, FileStatus.SKIPPED, f"{_OTHER_SOURCES[suffix]} source: listed, not analysed"))
    try:
        text = decode((root / file).read_bytes())
    except OSError as error:
        return Read(FileRow(file, FileStatus.SKIPPED, f"cannot be read: {error.strerror}"))
    lines = text.count("\n") + 1
    if not any(sign in text.lower() for sign in _SIGNS):
        return Read(FileRow(file, FileStatus.NO_SPARK), lines)
    module = project.module(file)
    if module is None:
        return Read(FileRow(file, FileStatus.SKIPPED, "cannot be parsed as Python"), lines)
    try:
        job = build_job(project, module)
    except RecursionError:
        return Read(FileRow(file, FileStatus.SKIPPED, "is nested too deeply to be read"), lines)
    if not job.stages:
        return Read(FileRow(file, FileStatus.NO_SPARK), lines)
    own = tuple(stage for stage in job.stages if stage.span.path == file)
    if not _is_entry(job):
        return Read(
            FileRow(file, FileStatus.LIBRARY), lines, library=Library(file, judge(replace(job, stages=own)).stages)
        )
    judged = judge(job)
    placed = place(judged, plan(judged, module, project).refusal)
    return Read(FileRow(file, FileStatus.JOB), lines, job=placed)


def _is_entry(job: Job) -> bool:
    """Whether running the file runs Spark: a stage that does something is reached from its top level."""
    return any(
        stage.facts.get("reached") != "no"
        and stage.kind is not Kind.OPAQUE
        and not is_udf_maker(stage)
        and not stage.symbol.startswith("petastorm.make_")
        for stage in job.stages
    )
