"""Reads jobs: source files in, stages out."""

from __future__ import annotations

from pathlib import Path

from migrate.errors import MigrateError
from migrate.frontend.graph import build_job
from migrate.frontend.project import Project
from migrate.ir import Job


def read_job(path: Path, root: Path | None = None) -> tuple[Job, Project]:
    """The job whose entry point is ``path``, and the project that its modules belong to.

    ``root`` is the folder that paths are relative to, the file's own by default. MigrateError where the file cannot be
    read or is not Python.
    """
    root = (root or path.parent).resolve()
    project = Project(root)
    try:
        relative = path.resolve().relative_to(root).as_posix()
    except ValueError:
        raise MigrateError(f"{path} is not inside {root}: name a root folder that holds the job.") from None
    module = project.module(relative)
    if module is None:
        raise MigrateError(f"{path} cannot be read as Python source: check the path and the syntax.")
    return build_job(project, module), project
