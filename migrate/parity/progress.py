"""What a person sees while the engines run: a live line on a terminal, plain lines in a log."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from migrate.parity.plan import Pair, PlannedRun, PlannedStep
from migrate.parity.result import SideResult
from migrate.parity.spec import Phase

if TYPE_CHECKING:
    from rich.console import Console


class Progress:
    """Says nothing: what a caller that is not a command line gets."""

    def side_started(self, run: PlannedRun) -> None: ...

    def tick(self, run: PlannedRun, step: PlannedStep, phase: Phase, seconds: float) -> None: ...

    def side_finished(self, run: PlannedRun, side: SideResult) -> None: ...

    def side_taken_over(self, run: PlannedRun) -> None: ...

    def comparing(self, pair: Pair) -> None: ...


class Lines(Progress):
    """A line when something begins or ends, and when a step goes over to another phase."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last: tuple[int, str, Phase] | None = None

    def side_started(self, run: PlannedRun) -> None:
        self._say(f"{run.title}: started")

    def tick(self, run: PlannedRun, step: PlannedStep, phase: Phase, seconds: float) -> None:
        now = (run.number, step.name, phase)
        if phase is not Phase.OTHER and self._last != now:
            self._last = now
            self._say(f"{run.title}: step {step.name}, {phase.value} ({seconds:.0f} s)")

    def side_finished(self, run: PlannedRun, side: SideResult) -> None:
        self._say(f"{run.title}: done in {side.seconds:.1f} s")

    def side_taken_over(self, run: PlannedRun) -> None:
        self._say(f"{run.title}: done by an earlier run")

    def comparing(self, pair: Pair) -> None:
        self._say(f"comparing the outputs of {pair.title}")

    def _say(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False)


class Spinner(Progress):
    """One live line for what runs now; a lasting line for each side that is done."""

    def __init__(self, console: Console, status: Any) -> None:
        self._console, self._status = console, status

    def side_started(self, run: PlannedRun) -> None:
        self._status.update(f"[bold]{run.title}[/]  starting")

    def tick(self, run: PlannedRun, step: PlannedStep, phase: Phase, seconds: float) -> None:
        part = f"step {step.name}, " if len(run.steps) > 1 else ""
        self._status.update(f"[bold]{run.title}[/]  {part}{phase.value}  [dim]{seconds:.0f} s[/]")

    def side_finished(self, run: PlannedRun, side: SideResult) -> None:
        spent = ", ".join(f"{phase.value} {seconds:.1f}" for phase, seconds in side.phases.items() if seconds >= 0.05)
        self._console.print(f"[green]✓[/] {run.title}  [bold]{side.seconds:.1f} s[/]  [dim]{spent}[/]", highlight=False)

    def side_taken_over(self, run: PlannedRun) -> None:
        self._console.print(f"[green]✓[/] {run.title}  [dim]done by an earlier run[/]", highlight=False)

    def comparing(self, pair: Pair) -> None:
        self._status.update(f"comparing the outputs of {pair.title}")


@contextmanager
def shown() -> Iterator[Progress]:
    """Progress on stderr, so that stdout holds the report alone."""
    from rich.console import Console

    console = Console(file=sys.stderr)
    if not console.is_terminal:
        yield Lines(console)
        return
    with console.status("reading the spec") as status:
        yield Spinner(console, status)
