"""The command line's front door: fast help, lazy commands, errors as sentences and exit codes."""

from __future__ import annotations

import resource
import subprocess
import sys
from types import ModuleType

import click
import pytest

from migrate import __version__
from migrate.cli import COMMANDS, LazyGroup, cli, run
from migrate.errors import MigrateError

HEAVY = {"pyarrow", "jinja2", "rich", "numpy", "sqlglot", "pyspark", "ray", "torch"}


def python(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)


def test_help_lists_every_command_and_loads_nothing_heavy() -> None:
    answer = python("import sys; from migrate.cli import run; run(['--help']); print('LOADED', *sys.modules)")
    text, loaded = answer.stdout.split("LOADED ")
    assert answer.returncode == 0
    for name, line in COMMANDS.items():
        assert name in text and line.split()[0] in text
    tops = {module.split(".")[0] for module in loaded.split()}
    assert not tops & HEAVY
    assert not {f"migrate.cli.{name}" for name in COMMANDS} & set(loaded.split())


def test_help_costs_under_300_ms() -> None:
    def processor_seconds() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "migrate", "--help"], capture_output=True, check=True, timeout=60)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    # Processor time, not the clock: it is the wait on an idle machine, and a busy one does not stretch it.
    # The best of a few leaves out the first run, which may compile the modules.
    assert min(processor_seconds() for _ in range(3)) < 0.3


@pytest.mark.parametrize("name", COMMANDS)
def test_every_listed_command_is_there(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.name == name
    assert command.help, f"`migrate {name} --help` says nothing"


def test_commands_follow_the_order_of_the_work() -> None:
    assert isinstance(cli, LazyGroup)
    assert cli.list_commands(click.Context(cli)) == ["analyze", "rewrite", "parity", "compare", "explain", "doctor"]


def fails(ctx: click.Context) -> None:
    raise MigrateError("job.py, line 3: this is not Python; name a Python file.")


def is_interrupted(ctx: click.Context) -> None:
    raise KeyboardInterrupt


def exits_with_three(ctx: click.Context) -> None:
    ctx.exit(3)


def returns_nothing(ctx: click.Context) -> None:
    click.echo("done")


def has_a_bug(ctx: click.Context) -> None:
    raise ZeroDivisionError


@pytest.fixture
def command(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A command of the test's own, behind the same door as the real ones."""
    name = "probe"
    module = ModuleType(f"migrate.cli.{name}")
    setattr(module, name, click.command(name)(click.pass_context(request.param)))
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(COMMANDS, name, "A command of a test.")
    return name


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        pytest.param(fails, 2, "migrate: job.py, line 3: this is not Python; name a Python file.\n", id="expected"),
        pytest.param(is_interrupted, 130, "migrate: interrupted.\n", id="interrupted"),
        pytest.param(exits_with_three, 3, "", id="its own exit code"),
        pytest.param(returns_nothing, 0, "", id="done"),
    ],
    indirect=["command"],
)
def test_exit_codes(command: str, code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([command]) == code
    assert capsys.readouterr().err.lstrip("\n") == said


@pytest.mark.parametrize("command", [pytest.param(has_a_bug, id="bug")], indirect=True)
def test_our_own_mistakes_are_not_dressed_up(command: str) -> None:
    with pytest.raises(ZeroDivisionError):
        run([command])


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        pytest.param(["analyse"], "No such command", id="unknown command"),
        pytest.param(["--fast"], "No such option", id="unknown option"),
        pytest.param(["doctor", "--format", "xml"], "'xml' is not one of", id="bad choice"),
    ],
)
def test_wrong_usage_exits_2(arguments: list[str], word: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert word in capsys.readouterr().err


def test_version() -> None:
    answer = subprocess.run([sys.executable, "-m", "migrate", "--version"], capture_output=True, text=True, timeout=60)
    assert (answer.returncode, answer.stdout) == (0, f"migrate, version {__version__}\n")
