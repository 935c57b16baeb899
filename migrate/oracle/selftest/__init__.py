"""The oracle put to the test: right data damaged in every known way must be found out, harmless changes must not."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from migrate.oracle.model import Comparison, Verdict
from migrate.oracle.selftest.cases import Case, cases


@dataclass(frozen=True)
class Outcome:
    """What came of all cases; `missed` and `alarmed` are the names of those that got a wrong answer."""

    faults: int
    missed: tuple[str, ...]
    harmless: int
    alarmed: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not (self.missed or self.alarmed)


def answer(case: Case, folder: Path) -> Comparison:
    """The oracle's answer to one case, written below `folder`."""
    from migrate.oracle import compare

    left, right = folder / "left", folder / "right"
    for side, write in ((left, case.left), (right, case.right)):
        side.mkdir(parents=True)
        write(side)
    return compare(left, right, case.options)


def run(say: Callable[[str], object]) -> Outcome:
    """Run every case, and say how many faults were caught and how many harmless changes raised an alarm."""
    start = time.perf_counter()
    right_answers = {True: 0, False: 0}
    wrong: dict[bool, list[str]] = {True: [], False: []}
    with tempfile.TemporaryDirectory(prefix="migrate-selftest-") as folder:
        for number, case in enumerate(cases()):
            # A case that must not be called equal is one in which something was damaged.
            faulty = case.expected is not Verdict.EQUAL
            verdict = answer(case, Path(folder) / str(number)).verdict
            if verdict is case.expected:
                right_answers[faulty] += 1
            else:
                wrong[faulty].append(case.name)
                say(f"{case.name}: {verdict.value} where {case.expected.value} is right.")
    outcome = Outcome(
        right_answers[True] + len(wrong[True]),
        tuple(wrong[True]),
        right_answers[False] + len(wrong[False]),
        tuple(wrong[False]),
    )
    seconds = time.perf_counter() - start
    say(f"{right_answers[True]} of {outcome.faults} faults caught ({_percent(right_answers[True], outcome.faults)}).")
    alarms = len(outcome.alarmed)
    say(f"{alarms} false alarms on {outcome.harmless} harmless changes ({_percent(alarms, outcome.harmless)}).")
    say(f"{outcome.faults + outcome.harmless} cases in {seconds:.1f} s.")
    return outcome


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"
