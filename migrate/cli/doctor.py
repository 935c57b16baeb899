"""`migrate doctor`: say what this machine can run."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.table import Table

    from migrate.doctor import Check, Diagnosis

_EXECUTABLE = click.Path(exists=True, dir_okay=False, executable=True)
_GIB = 2**30


@click.command()
@click.option("--spark-python", type=_EXECUTABLE, help="Interpreter of the Spark side, looked at too.")
@click.option("--ray-python", type=_EXECUTABLE, help="Interpreter of the Ray side, looked at too.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def doctor(spark_python: str | None, ray_python: str | None, form: str) -> None:
    """Say what this machine can run: Java, Spark, Ray, torch, Horovod, GPUs, each with its version and how to get it.

    Missing things are no failure: the exit code is 0 whatever is found.
    """
    from migrate.doctor import Role, diagnose

    named = {Role.THIS: sys.executable, Role.SPARK: spark_python, Role.RAY: ray_python}
    diagnosis = diagnose({role: path for role, path in named.items() if path is not None}, Path.cwd())
    if form == "json":
        click.echo(json.dumps(diagnosis.to_json(), indent=2))
    else:
        _print(diagnosis)


def _print(diagnosis: Diagnosis) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    memory = "" if diagnosis.memory is None else f", {diagnosis.memory / _GIB:.0f} GiB of memory"
    console.print(f"[bold]This machine[/]  {diagnosis.platform}, {diagnosis.cores} cores{memory}")
    console.print(_table(diagnosis.machine))
    for environment in diagnosis.environments:
        title = "This interpreter" if environment.role.value == "this" else f"{environment.role.value.title()} side"
        console.print(f"\n[bold]{title}[/]  {environment.python}", soft_wrap=True)
        console.print(_table(environment.checks))


def _table(checks: tuple[Check, ...]) -> Table:
    from rich.table import Table
    from rich.text import Text

    marks = {"ok": ("ok", "green"), "missing": ("-", "dim"), "problem": ("problem", "red")}
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2))
    for check in checks:
        word, style = marks[check.status.value]
        # Not markup: a path or a message of another program may hold square brackets.
        said = Text(", ".join(part for part in (check.detail, check.fix and f"get it: {check.fix}") if part))
        table.add_row(f"  {check.name}", Text(word, style=style), check.version or "", said)
    return table
