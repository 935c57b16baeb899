"""The command line's front door: names the commands, loads the one that is called, turns errors into exit codes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from migrate import __version__
from migrate.errors import MigrateError

# One line of help per command stands here, so that `migrate --help` imports none of them.
COMMANDS = {
    "analyze": "Read Spark jobs and say what each is, and whether it should move to Ray.",
    "rewrite": "Write the Ray version of one job beside it.",
    "parity": "Run a job on both engines and compare every output and the wall-clock.",
    "compare": "Compare two datasets, to the last bit unless told otherwise.",
    "explain": "Print the page of a rule: what it matches, what is emitted, what differs.",
    "doctor": "Say what this machine can run: Java, Spark, Ray, torch, Horovod, GPUs.",
}
EXIT_CANNOT_RUN = 2
EXIT_INTERRUPTED = 130


class LazyGroup(click.Group):
    """A click group whose commands live in `migrate.cli.<name>` and are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(f"migrate.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(__version__, prog_name="migrate")
def cli() -> None:
    """Move Python-heavy PySpark jobs to Ray, and prove that nothing changed."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code; an expected failure is one sentence on stderr and exit 2."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    try:
        result: Any = cli.main(args=arguments, prog_name="migrate", standalone_mode=False)
    except MigrateError as error:
        click.echo(f"migrate: {error}", err=True)
        return EXIT_CANNOT_RUN
    except click.ClickException as error:
        error.show()
        return EXIT_CANNOT_RUN
    except (click.Abort, KeyboardInterrupt):
        click.echo("migrate: interrupted.", err=True)
        return EXIT_INTERRUPTED
    # Outside standalone mode click returns the code of `ctx.exit(n)`, and otherwise whatever the command returned.
    return result if isinstance(result, int) else 0
