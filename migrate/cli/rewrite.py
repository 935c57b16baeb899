"""``migrate rewrite``: the Ray version of one job."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from migrate.errors import MigrateError

if TYPE_CHECKING:
    from migrate.rewrite import Rewrite


@click.command(short_help="Write the Ray version of one job beside it.")
@click.argument("job", type=click.Path(path_type=Path))
@click.option(
    "--out", "folder", type=click.Path(path_type=Path), help="Where to write; default <stem>_ray beside the job."
)
@click.option("--target", type=click.Choice(["ray", "ray-on-spark", "raydp"]), default="ray", show_default=True)
@click.option("--diff", is_flag=True, help="Print what would change, write nothing.")
@click.option("--check", is_flag=True, help="Exit 1 when a rewrite would change what is on disk; write nothing.")
@click.option("--everything", is_flag=True, help="Move all that can be carried faithfully, whatever the verdict.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def rewrite(job: Path, folder: Path | None, target: str, diff: bool, check: bool, everything: bool, form: str) -> None:
    """Write the Ray version of JOB: what moves as <stem>_ray.py, Spark's part as <stem>_spark.py, and parity.toml."""
    from migrate.rewrite import rewrite as rewritten

    if target != "ray":
        raise MigrateError(f"--target {target} is not built yet; use --target ray")
    result = rewritten(job, folder, everything=everything)
    changes = list(result.changes())
    if result.files and not (diff or check):
        result.write()
    if form == "json":
        click.echo(result.report, nl=False)
    elif diff:
        click.echo("".join(text for _, text in changes), nl=False)
    else:
        _tell(result, [name for name, _ in changes], check)
    if check:
        sys.exit(1 if changes else 0)
    sys.exit(0 if result.complete else 1)


def _tell(result: Rewrite, changed: list[str], check: bool) -> None:
    job = result.job.path
    if result.run:
        done = "would change" if check else "wrote"
        click.echo(f"{job}: {done} {', '.join(changed) or 'nothing'} in {result.folder}/")
        click.echo(f"  runs in this order: {', '.join(result.run)}")
    elif result.complete:
        verdict = result.job.verdict.value if result.job.verdict else "keep_on_spark"
        click.echo(f"{job}: left alone ({verdict}); nothing in it is worth moving to Ray.")
        for reason in result.job.reasons:
            click.echo(f"  {reason.message}" + (f" (line {reason.line})" if reason.line else ""))
    else:
        click.echo(f"{job}: left alone; what could move to Ray is held back by what cannot yet:")
    for finding in result.findings:
        click.echo(f"  {finding.path}:{finding.line} {finding.code} {finding.message}")
