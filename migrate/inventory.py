"""A tree of files as a report: every file accounted for, every job read, judged and placed."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path

from migrate import __version__
from migrate.cache import Cache, digest
from migrate.emit.assemble import Layout
from migrate.emit.cut import cut
from migrate.emit.plan import plan
from migrate.errors import MigrateError
from migrate.frontend.graph import build_job
from migrate.frontend.module import Module
from migrate.frontend.parsing import UNREADABLE
from migrate.frontend.project import Project, load, source_of
from migrate.ir import Engine, Job, Kind, Verdict
from migrate.passes import judge
from migrate.passes.place import is_udf_maker, place, with_planned_cuts
from migrate.passes.remarks import with_remarks
from migrate.passes.stay import with_stay
from migrate.report import FileRow, FileStatus, Library, Report

_OTHER_SOURCES = {".scala": "Scala", ".java": "Java", ".sql": "SQL"}
_SIGNS = (
    b"spark",
    b"horovod",
    b"petastorm",
    b"awsglue",
    b"elephas",
    b"koalas",
    b".orca",
    b"sqlcontext",
    b"sc.textfile",
    b"sc.parallelize",
)
_LEFT_OUT = {".git", ".hg", ".venv", "venv", "node_modules", "__pycache__", ".tox", ".migrate"}
# Two patterns that each begin with a literal: five times as fast as one that looks at the start of every line.
_IMPORTS = (re.compile(rb"from[ \t]+([\w.]+)[ \t]+import"), re.compile(rb"import[ \t]+([\w.]+)"))
_DEEPEST = 12_000
OUR_FAULT = "the analyzer failed on it, please report"
"""How the reason begins where a file is skipped for a mistake of the toolkit's own."""
_MODULES_KEPT = 400
"""Parsed modules that a process keeps before it forgets them all: what bounds the memory of a run over a large tree."""


@dataclass(frozen=True)
class Read:
    """What became of one file: its row, its lines, the job or library that it is, and the files that this hangs on."""

    row: FileRow
    lines: int = 0
    job: Job | None = None
    library: Library | None = None
    needs: tuple[str, ...] = ()


def analyze(
    paths: tuple[Path, ...],
    jobs: int,
    progress: Callable[[int, int], None] = lambda done, of: None,
    cache: Cache | None = None,
    exclude: tuple[str, ...] = (),
) -> Report:
    """The report on all files below ``paths``, in the order of their names, whatever the number of processes.

    ``progress`` is told how many of how many files are done. ``cache`` keeps what was found of files whose bytes, and
    those of the modules they import, stay the same. ``exclude`` are patterns of paths relative to the
    root (``tests/*``). MigrateError for a path that does not exist.
    """
    started = time.monotonic()
    for path in paths:
        if not path.exists():
            raise MigrateError(f"{path}: there is no such file or folder")
    root, shown = _root(paths)
    files = sorted({file.relative_to(root).as_posix() for path in paths for file in _files(path.resolve())})
    files = [file for file in files if not any(fnmatch(file, pattern) for pattern in exclude)]
    read, waiting, digests = _sorted_out(root, files)
    if cache is not None:
        cache.open(root, digests)
        for file in waiting:
            known = cache.known(file)
            if isinstance(known, Read):
                read[file] = known
        waiting = [file for file in waiting if file not in read]
    progress(len(files) - len(waiting), len(files))
    for number, (file, one) in enumerate(zip(waiting, _each(root, waiting, jobs), strict=False), 1):
        read[file] = one
        if cache is not None:
            cache.keep(file, one, one.needs)
        progress(len(files) - len(waiting) + number, len(files))
    if cache is not None:
        cache.save()
    ordered = [read[file] for file in files]
    return Report(
        root=shown,
        files=tuple(one.row for one in ordered),
        jobs=tuple(one.job for one in ordered if one.job),
        libraries=tuple(one.library for one in ordered if one.library),
        lines=sum(one.lines for one in ordered),
        seconds=round(time.monotonic() - started, 3),
        version=__version__,
    )


def sources_of(report: Report) -> dict[str, str]:
    """The text of every file that a stage or finding of the report stands in, by its path."""
    stages = [stage for job in report.jobs for stage in job.stages]
    stages += [stage for library in report.libraries for stage in library.stages]
    paths = {stage.span.path for stage in stages}
    paths |= {finding.path for job in report.jobs for finding in job.findings}
    paths |= {finding.path for library in report.libraries for finding in library.findings}
    texts: dict[str, str] = {}
    for path in sorted(paths):
        with contextlib.suppress(OSError, ValueError):
            texts[path] = source_of(path, (Path(report.root) / path).read_bytes()).text
    return texts


def _root(paths: tuple[Path, ...]) -> tuple[Path, str]:
    """The folder that holds all paths, and how to show it: as it was given where that can be, which diffs well."""
    folders = [path if path.is_dir() else path.parent for path in paths]
    root = Path(os.path.commonpath([folder.resolve() for folder in folders]))
    if all(folder.is_absolute() == folders[0].is_absolute() for folder in folders):
        given = Path(os.path.commonpath(folders) or ".")
        if given.resolve() == root:
            return root, _in_utf8(given.as_posix())
    return root, _in_utf8(root.as_posix())


def _in_utf8(path: str) -> str:
    r"""The path with ``\udcff`` written for each byte that is not UTF-8."""
    return path.encode("utf-8", errors="backslashreplace").decode("utf-8")


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for folder, below, names in os.walk(path):
        below[:] = sorted(name for name in below if name not in _LEFT_OUT)
        for name in names:
            if Path(name).suffix in {".py", ".ipynb", *_OTHER_SOURCES}:
                yield Path(folder) / name


def _sorted_out(root: Path, files: list[str]) -> tuple[dict[str, Read], list[str], dict[str, str]]:
    """The files that need no parsing, those that do, and the digest of every file that was read."""
    done: dict[str, Read] = {}
    signs: list[str] = []
    digests: dict[str, str] = {}
    others: dict[str, tuple[set[bytes], int]] = {}
    for file in files:
        if file != _in_utf8(file):
            done[file] = Read(FileRow(_in_utf8(file), FileStatus.SKIPPED, "its name is not UTF-8 text"))
            continue
        language = _OTHER_SOURCES.get(Path(file).suffix)
        if language:
            done[file] = Read(FileRow(file, FileStatus.SKIPPED, f"{language} source: listed, not analysed"))
            continue
        try:
            data = _bytes_of(root / file)
        except OSError as error:
            done[file] = Read(FileRow(file, FileStatus.SKIPPED, f"cannot be read: {error.strerror}"))
            continue
        digests[file] = digest(data)
        small = data.lower()
        if any(sign in small for sign in _SIGNS) or data.startswith((b"\xff\xfe", b"\xfe\xff")):
            signs.append(file)
        else:
            others[file] = {name for pattern in _IMPORTS for name in pattern.findall(data)}, data.count(b"\n") + 1
    imports_one_of = _importers(Project(root), set(signs))
    for file, (names, lines) in others.items():
        # A script may start a job that lives in a module it imports without a word about Spark of its own.
        if imports_one_of(file, names):
            signs.append(file)
        else:
            done[file] = Read(FileRow(file, FileStatus.NO_SPARK), lines)
    return done, sorted(signs), digests


def _importers(project: Project, wanted: set[str]) -> Callable[[str, set[bytes]], bool]:
    """Whether a file that imports these names, dots in front of relative ones, imports a module of ``wanted``."""
    paths = [Path(file) for file in wanted]
    last_parts = {path.parent.name if path.stem == "__init__" else path.stem for path in paths}

    def imports(file: str, names: set[bytes]) -> bool:
        for name in names:
            dotted = name.decode().lstrip(".")
            if dotted.rpartition(".")[2] in last_parts:
                level = len(name) - len(dotted)
                if project.locate(file, project.imported(file, level, dotted) if level else dotted) in wanted:
                    return True
        return False

    return imports


def _bytes_of(path: Path) -> bytes:
    """The content of a file; OSError where it has none, as a pipe that would be waited for has not."""
    if path.exists() and not path.is_file():
        raise OSError(0, "it is not a regular file")
    return path.read_bytes()


def _each(root: Path, files: list[str], jobs: int) -> Iterator[Read]:
    if jobs <= 1 or len(files) < 20:
        project = Project(root)
        for file in files:
            yield read_file(root, file, project)
        return
    with ProcessPoolExecutor(jobs, initializer=_start, initargs=(root,)) as pool:
        yield from pool.map(_in_pool, files, chunksize=8)


_shared: list[Project] = []


def _start(root: Path) -> None:
    _shared[:] = [Project(root)]


def _in_pool(file: str) -> Read:
    return read_file(_shared[0].root, file, _shared[0])


def read_file(root: Path, file: str, project: Project) -> Read:
    """One file of the tree: skipped with its reason, without Spark, a library or a job."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _DEEPEST))
    try:
        project.begin(_MODULES_KEPT)
        return replace(_read(root, file, project), needs=project.touched())
    except RecursionError:
        return Read(FileRow(file, FileStatus.SKIPPED, "is nested too deeply to be read"))
    except Exception as error:  # noqa: BLE001 - a mistake of ours in one odd file must not cost the report on all others
        return Read(FileRow(file, FileStatus.SKIPPED, f"{OUR_FAULT}: {_place_of(error)}"))
    finally:
        sys.setrecursionlimit(limit)


def _place_of(error: Exception) -> str:
    """What was raised and where, without anything that differs from run to run."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"


def _read(root: Path, file: str, project: Project) -> Read:
    module = project.module(file)
    if module is None:
        return Read(FileRow(file, FileStatus.SKIPPED, _why_unreadable(root, file)))
    lines = len(module.lines)
    job = build_job(project, module)
    if not job.stages and "starts" not in job.facts:
        return Read(FileRow(file, FileStatus.NO_SPARK), lines)
    if not _is_entry(job):
        own = tuple(stage for stage in job.stages if stage.span.path == file)
        library = with_remarks(judge(replace(job, stages=own)), module)
        status = FileStatus.LIBRARY if own else FileStatus.NO_SPARK
        return Read(
            FileRow(file, status), lines, library=Library(file, library.stages, library.findings) if own else None
        )
    judged = with_stay(with_remarks(judge(job), module), module)
    if judged.verdict is Verdict.KEEP_ON_SPARK:
        # Nothing of it moves, so that nobody has to ask the catalogue what each stage would become.
        placed = replace(judged, stages=tuple(replace(stage, engine=Engine.SPARK) for stage in judged.stages))
    else:
        placed = with_planned_cuts(_placed(judged, module, project, root / file))
    return Read(FileRow(file, FileStatus.JOB), lines, job=placed)


def _placed(job: Job, module: Module, project: Project, path: Path) -> Job:
    """The job as a rewrite would place it; a notebook is not rewritten, so nobody has to ask how it would be cut."""
    planned = plan(job, module, project)
    if module.repairs or module.notebook:
        return place(job, planned.refusal)
    return cut(job, planned, module, project, Layout(path, path.parent / f"{path.stem}_ray")).job


def _why_unreadable(root: Path, file: str) -> str:
    try:
        load(file, (root / file).read_bytes())
    except SyntaxError as error:
        return f"cannot be parsed as Python: {error.msg}, line {error.lineno}"
    except (RecursionError, MemoryError):
        return "is nested too deeply to be parsed"
    except (OSError, *UNREADABLE) as error:
        return f"cannot be read: {str(error).splitlines()[0]}"
    return "cannot be read"


def _is_entry(job: Job) -> bool:
    """Whether running the file runs Spark: its top level reaches a stage that does something, or starts a session."""
    return "starts" in job.facts or any(
        stage.facts.get("reached") != "no"
        and stage.kind is not Kind.OPAQUE
        and not is_udf_maker(stage)
        and not stage.symbol.startswith("petastorm.make_")
        for stage in job.stages
    )
