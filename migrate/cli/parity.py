"""`migrate parity`: run a job on both engines and compare every output and the wall-clock."""

from __future__ import annotations

import json
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import click

from migrate.cli.output import colored, write_all
from migrate.errors import MigrateError

if TYPE_CHECKING:
    from migrate.parity.result import Result

FORMATS = ("text", "json", "html", "junit")


@click.command(short_help="Run a job on both engines and compare every output and the wall-clock.")
@click.argument("spec", type=click.Path(path_type=Path))
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the report here, not to stdout.")
@click.option("--repeat", type=click.IntRange(1), default=1, show_default=True, help="Run each side this many times.")
@click.option("--timeout", type=click.FloatRange(0, min_open=True), help="Seconds that one side run may take.")
@click.option("--calibrate", is_flag=True, help="Run Spark twice and judge Ray against Spark's own noise.")
@click.option(
    "--bisect", is_flag=True, help="On a difference, run both once more and name the first stage that differs."
)
@click.option("--keep", is_flag=True, help="Keep the outputs of both sides, also when they are equal.")
@click.option("--gpu", is_flag=True, help="Refuse to run where no NVIDIA GPU is visible.")
@click.option("--inputs", metavar="PATH", help="What {inputs} stands for, in place of the spec's own.")
@click.option("--spark-python", metavar="PYTHON", envvar="MIGRATE_SPARK_PYTHON", help="Interpreter of the Spark steps.")
@click.option("--ray-python", metavar="PYTHON", envvar="MIGRATE_RAY_PYTHON", help="Interpreter of the Ray steps.")
@click.option("--history", is_flag=True, help="Run nothing: show the runs so far and check the spec's cutover rule.")
@click.option("--history-file", type=click.Path(dir_okay=False, path_type=Path), help="The file that keeps the runs.")
@click.option("--resume", type=click.Path(path_type=Path), help="Go on with the run in this run directory.")
@click.option("--run-dir", type=click.Path(path_type=Path), help="Where the run leaves its evidence.")
def parity(
    spec: Path,
    format_: str,
    output: Path | None,
    repeat: int,
    timeout: float | None,
    calibrate: bool,
    bisect: bool,
    keep: bool,
    gpu: bool,
    inputs: str | None,
    spark_python: str | None,
    ray_python: str | None,
    history: bool,
    history_file: Path | None,
    resume: Path | None,
    run_dir: Path | None,
) -> int:
    """Run both sides of SPEC (a parity.toml, or the folder that holds one) and compare what they wrote.

    Exit: 0 equal and every gate met, 1 different or a gate missed, 2 a side failed or the spec is wrong,
    3 inconclusive. With --history: 0 the cutover rule is met, 1 it is not, 2 there is no history.
    """
    if resume is not None and run_dir is not None:
        raise MigrateError("--resume goes on in the run directory that it names: leave --run-dir out.")
    if history:
        return _check_history(spec, history_file, format_, output)
    from migrate.parity.plan import Options
    from migrate.parity.progress import shown
    from migrate.parity.run import parity as run_parity

    options = Options(
        repeat=repeat,
        timeout=timeout,
        calibrate=calibrate,
        bisect=bisect,
        keep=keep,
        gpu=gpu,
        inputs=inputs,
        spark_python=_own(spark_python),
        ray_python=_own(ray_python),
        run_dir=run_dir,
        history=history_file,
        resume=resume,
    )
    with shown() as progress:
        result = run_parity(spec, options, progress)
    report = _report(result, format_, color=output is None and colored(sys.stdout))
    if output is not None:
        write_all({output: report})
    else:
        # A run that could not be done has no report; what it says as text is an error message.
        click.echo(report, nl=False, err=result.failure is not None and format_ == "text")
    if result.failure is not None and (output is not None or format_ != "text"):
        click.echo(f"migrate: {result.failure.sentence}", err=True)
    return result.exit_code


def _check_history(spec_file: Path, file: Path | None, format_: str, output: Path | None) -> int:
    from migrate.parity import history, identity
    from migrate.parity.report import trend
    from migrate.parity.spec_file import load

    if format_ not in {"text", "json"}:
        raise MigrateError(f"--history has no {format_} report: take text or json; each run's page shows the trend.")
    spec = load(spec_file)
    file = file or history.usual_file(spec.name)
    today = datetime.now(timezone.utc).date()
    found = history.judge(spec.name, file, history.read(file), spec.cutover, identity.of_spec(spec), today)
    if format_ == "json":
        report = json.dumps(trend.to_json(found), indent=2) + "\n"
    else:
        report = trend.write(found, color=output is None and colored(sys.stdout))
    if output is not None:
        write_all({output: report})
    else:
        click.echo(report, nl=False)
    return 0 if found.met else 1


def _own(python: str | None) -> str | None:
    """A path given on the command line counts from here, unlike one in the spec."""
    return str(Path(python).absolute()) if python and "/" in python else python


def _report(result: Result, format_: str, *, color: bool) -> str:
    if format_ == "json":
        from migrate.parity.report import document

        return json.dumps(document.to_json(result), indent=2) + "\n"
    if format_ == "junit":
        from migrate.parity.report import junit

        return junit.write(result)
    if format_ == "html":
        from migrate.parity.report import html

        return html.write(result)
    from migrate.parity.report import text

    return text.write(result, color=color)
