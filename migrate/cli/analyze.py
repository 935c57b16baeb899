"""``migrate analyze``: which job is what, and what should become of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click


@click.command(short_help="Read Spark jobs and say what each is, and whether it should move to Ray.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "forms", multiple=True, type=click.Choice(["text", "json", "sarif", "html", "markdown"]))
@click.option("--output", "outputs", multiple=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count(), show_default="one a core", help="Processes.")
@click.option("--fail-on", type=click.Choice(["none", "new", "any"]), default="none", show_default=True)
def analyze(
    paths: tuple[Path, ...], forms: tuple[str, ...], outputs: tuple[Path, ...], jobs: int, fail_on: str
) -> None:
    """Read every Python file below PATHS and say which are Spark jobs, what each does, and what should move."""
    from migrate.inventory import analyze as analyzed
    from migrate.inventory import sources_of
    from migrate.report import render

    forms = forms or ("text",)
    if outputs and len(outputs) != len(forms):
        raise click.UsageError("give one --output for each --format, in the same order")
    report = analyzed(paths, jobs, _bar())
    sources = sources_of(report)
    for index, form in enumerate(forms):
        color = not outputs and sys.stdout.isatty()
        text = render(report, form, sources, color=color)
        if outputs:
            outputs[index].write_text(text, encoding="utf-8")
        else:
            click.echo(text, nl=not text.endswith("\n"))
    found = sum(len(job.findings) for job in report.jobs) + report.summary.heavy
    sys.exit(1 if fail_on != "none" and found else 0)


def _bar() -> Callable[[int, int], None]:
    """Shows how far the run is, on a terminal; says nothing elsewhere."""
    if not sys.stderr.isatty():
        return lambda done, of: None

    def show(done: int, of: int) -> None:
        end = "\n" if done == of else ""
        click.echo(f"\rreading {done:,} of {of:,} files", nl=False, err=True)
        click.echo(end, nl=False, err=True)

    return show
