"""`migrate explain`: the page of a rule, or the list of all rules."""

from __future__ import annotations

import difflib
import shutil

import click

from migrate.errors import MigrateError
from migrate.rules import Family, Rule, rules
from migrate.rules.page import markdown, summary

_NEAREST = 3


@click.command()
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Print the page of CODE (SR403): what it matches, why it matters, what to do, known differences, an example.

    Without CODE every rule is listed. A rule's name (map-in-pandas) is as good as its code.
    """
    if code is None:
        _list_all()
    else:
        _show(find(code))


def find(code: str) -> Rule:
    """The rule of that code or name, in any case. MigrateError, naming the nearest, when there is none."""
    by_name = {rule.name: rule for rule in rules().values()}
    name = code.strip().lower().replace("_", "-")
    found = rules().get(name.upper()) or by_name.get(name)
    if found is None:
        nearest = [f"{near.code} ({near.name})" for near in _nearest(name)]
        advice = f"the nearest are {', '.join(nearest)}" if nearest else "`migrate explain` lists all rules"
        raise MigrateError(f"There is no rule {code!r}; {advice}.")
    return found


def _nearest(name: str) -> list[Rule]:
    """The rules whose code or name holds what was asked for, else those that are spelt most like it."""
    keys = {rule.code.lower(): rule for rule in rules().values()} | {rule.name: rule for rule in rules().values()}
    holding = sorted((key for key in keys if len(name) > 2 and name in key), key=lambda key: not key.startswith(name))
    found = holding or difflib.get_close_matches(name, keys, _NEAREST, 0.6)
    return [keys[key] for key in found[:_NEAREST]]


def _show(rule: Rule) -> None:
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console()
    if console.is_terminal:
        console.print(Markdown(markdown(rule)))
    else:
        # Piped into a file or a pager, the page is the Markdown it is written in.
        click.echo(markdown(rule), nl=False)


def _list_all() -> None:
    columns = shutil.get_terminal_size((100, 24)).columns
    widest = max(len(rule.name) for rule in rules().values())
    for family in Family:
        click.echo(f"{family.value} {family.title}")
        for rule in rules().values():
            if rule.family is family:
                click.echo(f"  {rule.code}  {rule.name:<{widest}}  {summary(rule)}"[:columns].rstrip())
        click.echo()
