"""`migrate compare`: the oracle alone, over two datasets."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from migrate.cli.output import colored, write_all
from migrate.errors import MigrateError

if TYPE_CHECKING:
    from migrate.oracle import Comparison, Tolerance
    from migrate.oracle.executors import Progress

FORMATS = ("text", "json", "html")
INPUT_FORMATS = ("parquet", "csv", "json", "text")
REST = "*"


@click.command(short_help="Compare two datasets, to the last bit unless told otherwise.")
@click.argument("left", required=False, type=click.Path(path_type=Path))
@click.argument("right", required=False, type=click.Path(path_type=Path))
@click.option("--key", "keys", multiple=True, metavar="COLUMN", help="Pair rows by this column. Repeatable.")
@click.option("--ordered", is_flag=True, help="Compare each row with the row at the same place.")
@click.option("--abs-tol", multiple=True, metavar="[COLUMN=]X", help="Floats agree up to X apart. Repeatable.")
@click.option("--rel-tol", multiple=True, metavar="[COLUMN=]X", help="... or up to X times the right one. Repeatable.")
@click.option("--ignore", multiple=True, metavar="COLUMN", help="Leave this column out. Repeatable.")
@click.option("--allow-empty", is_flag=True, help="Two sides without rows are equal.")
@click.option("--samples", type=click.IntRange(0), default=10, show_default=True, help="Differing rows to show.")
@click.option("--input-format", type=click.Choice(INPUT_FORMATS), help="What the files are, where names do not say.")
@click.option(
    "--engine",
    type=click.Choice(("local", "ray")),
    default="local",
    show_default=True,
    help="Where it runs: on this machine, or on the Ray cluster at RAY_ADDRESS. The answer is the same.",
)
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the answer here, not to stdout.")
@click.option("--selftest", is_flag=True, help="Damage right data in every known way, and count what is caught.")
def compare(
    left: Path | None,
    right: Path | None,
    keys: Sequence[str],
    ordered: bool,
    abs_tol: Sequence[str],
    rel_tol: Sequence[str],
    ignore: Sequence[str],
    allow_empty: bool,
    samples: int,
    input_format: str | None,
    engine: str,
    format_: str,
    output: Path | None,
    selftest: bool,
) -> int:
    """Compare the datasets LEFT and RIGHT: a file, a directory or a glob of Parquet, CSV, JSON lines or text.

    Exit: 0 equal, 1 different, 2 a side is missing, damaged or has no data file, 3 inconclusive.
    """
    if selftest:
        return _selftest()
    if left is None or right is None:
        raise click.UsageError("Name two datasets, LEFT and RIGHT.")
    from migrate.oracle import Options
    from migrate.oracle import compare as compare_datasets

    options = Options(
        keys=tuple(keys),
        ordered=ordered,
        tolerances=tolerances(abs_tol, rel_tol),
        ignore=tuple(ignore),
        allow_empty=allow_empty,
        samples=samples,
    )
    with progress_bar(sys.stderr) as progress:
        comparison = compare_datasets(
            left,
            right,
            options,
            format=input_format,  # type: ignore[arg-type]  # a Choice
            engine=engine,  # type: ignore[arg-type]  # a Choice
            progress=progress,
        )
    report = _report(comparison, format_, left, right, color=output is None and colored(sys.stdout))
    if output is None:
        click.echo(report, nl=False)
    else:
        write_all({output: report})
    return comparison.verdict.exit_code


@contextmanager
def progress_bar(stream: TextIO) -> Iterator[Progress]:
    """A line that says what is being done and how far it is, where somebody is watching a terminal."""
    from migrate.oracle.executors import silent

    if not stream.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Bar(*columns, console=Console(file=stream), transient=True) as bar:
        task = bar.add_task("opening", total=None)
        yield lambda what, done, total: bar.update(task, description=what, completed=done, total=total)


def tolerances(absolute: Sequence[str], relative: Sequence[str]) -> dict[str, Tolerance]:
    """The tolerances of `[COLUMN=]X` options by column, "*" for those that name none."""
    from migrate.oracle import Tolerance

    found: dict[str, dict[str, float]] = {}
    for kind, option, texts in (("abs", "--abs-tol", absolute), ("rel", "--rel-tol", relative)):
        for text in texts:
            # A column's name may hold the sign itself; the number never does.
            column, _, number = text.rpartition("=")
            try:
                found.setdefault(column or REST, {})[kind] = float(number)
            except ValueError:
                raise MigrateError(f"{option} {text}: {number!r} is not a number; write [COLUMN=]X.") from None
    return {column: Tolerance(**values) for column, values in found.items()}


def _report(comparison: Comparison, format_: str, left: Path, right: Path, *, color: bool) -> str:
    if format_ == "json":
        return json.dumps(comparison.to_json(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    if format_ == "html":
        from migrate.oracle.render import html

        return html.write(comparison, str(left), str(right))
    from migrate.oracle.render import text

    return text.write(comparison, color=color)


def _selftest() -> int:
    from migrate.oracle.selftest import run

    result = run(click.echo)
    return 0 if result.passed else 1
