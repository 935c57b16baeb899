"""``migrate analyze``: which job is what, and what should become of it."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from migrate.cli.output import colored, write_all

_TERMINAL = Path("-")
_REDRAWN_AFTER = 0.1
"""Seconds between two pictures of the progress bar."""
_KEYS = {"baseline", "exclude", "fail-on", "jobs"}


@click.command(short_help="Read Spark jobs and say what each is, and whether it should move to Ray.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "forms", multiple=True, type=click.Choice(["text", "json", "sarif", "html", "markdown"]))
@click.option(
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    help="One for each --format, in the same order; - is the terminal.",
)
@click.option("--jobs", type=click.IntRange(1), help="Processes; one a core by default.")
@click.option("--baseline", type=click.Path(dir_okay=False, path_type=Path), help="A JSON report to compare with.")
@click.option("--fail-on", type=click.Choice(["none", "new", "any"]), help="When to exit with 1; none by default.")
@click.option("--no-cache", is_flag=True, help="Read every file anew and remember nothing.")
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A TOML file; by default [tool.migrate] of the nearest pyproject.toml.",
)
def analyze(
    paths: tuple[Path, ...],
    forms: tuple[str, ...],
    outputs: tuple[Path, ...],
    jobs: int | None,
    baseline: Path | None,
    fail_on: str | None,
    no_cache: bool,
    config: Path | None,
) -> int:
    """Read the Python files and notebooks below PATHS: which are Spark jobs, what each does, what should move."""
    from migrate.cache import Cache, default_folder
    from migrate.inventory import analyze as analyzed
    from migrate.inventory import sources_of
    from migrate.report import render
    from migrate.report.baseline import against, counted, read_baseline, suppress

    forms = forms or ("text",)
    outputs = outputs or tuple(_TERMINAL for _ in forms)
    if len(outputs) != len(forms):
        raise click.UsageError("give one --output for each --format, in the same order; - is the terminal")
    files = [output for output in outputs if output != _TERMINAL]
    if len({file.resolve() for file in files}) < len(files):
        raise click.UsageError("two formats cannot have the same --output")
    settings = _settings(config, paths[0])
    fail_on = fail_on or str(settings.get("fail-on", "none"))
    baseline = baseline or settings.get("baseline")
    processes = jobs or int(settings.get("jobs", os.cpu_count() or 1))
    cache = None if no_cache else Cache(default_folder())
    with _bar() as show:
        report = analyzed(paths, processes, show, cache, tuple(settings.get("exclude", ())))
    sources = sources_of(report)
    report = suppress(report, sources)
    if baseline is not None:
        report = against(report, sources, read_baseline(_text(baseline), str(baseline)))
    color = colored(sys.stdout)
    texts = [
        render(report, form, sources, color=color and to == _TERMINAL) for form, to in zip(forms, outputs, strict=True)
    ]
    write_all({to: text for to, text in zip(outputs, texts, strict=True) if to != _TERMINAL})
    for to, text in zip(outputs, texts, strict=True):
        if to == _TERMINAL:
            click.echo(text, nl=not text.endswith("\n"))
    failed = fail_on != "none" and counted(report, sources, only_new=fail_on == "new")
    return 1 if failed else 0


def _settings(config: Path | None, near: Path) -> dict[str, Any]:
    """The settings of the file given, else of the nearest pyproject.toml; MigrateError for an unknown key.

    The path of a baseline counts from the file that names it.
    """
    from migrate.errors import MigrateError

    path = config or next(
        (f for f in (p / "pyproject.toml" for p in (near.resolve(), *near.resolve().parents)) if f.is_file()), None
    )
    if path is None:
        return {}
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        document = tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        if config is None:
            return {}
        raise MigrateError(f"{path}: is no TOML ({error}); correct it or leave --config out") from error
    settings: dict[str, Any] = document.get("tool", {}).get(
        "migrate", {} if path.name == "pyproject.toml" else document
    )
    unknown = sorted(set(settings) - _KEYS)
    if unknown:
        raise MigrateError(
            f"{path}: [tool.migrate] has no setting {unknown[0]!r}; known are {', '.join(sorted(_KEYS))}"
        )
    if "baseline" in settings:
        settings["baseline"] = path.parent / settings["baseline"]
    if settings.get("fail-on", "none") not in ("none", "new", "any"):
        raise MigrateError(f"{path}: fail-on is none, new or any, not {settings['fail-on']!r}")
    return settings


def _text(path: Path) -> str:
    from migrate.errors import MigrateError

    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MigrateError(f"{path}: cannot be read; give a file that exists and is UTF-8 text") from error


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal, gone when the run ends; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("reading files"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # Redrawn from here and not from a thread of its own: processes are forked while it is shown.
    with Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False) as progress:
        task = progress.add_task("", total=None)
        drawn = 0.0

        def show(done: int, of: int) -> None:
            nonlocal drawn
            progress.update(task, completed=done, total=of)
            if done == of or time.monotonic() - drawn > _REDRAWN_AFTER:
                progress.refresh()
                drawn = time.monotonic()

        yield show
