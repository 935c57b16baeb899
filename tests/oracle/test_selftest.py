"""The published faults and harmless changes: each gets the verdict it deserves, and deserves the verdict it gets."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from migrate.oracle import Comparison, Status, Verdict
from migrate.oracle.selftest import answer, run
from migrate.oracle.selftest.cases import Case, cases

from .plain_model import meaning

CASES = list(cases())
PARQUET_GROUPS = ("columns", "rows", "schema", "storage")
SPILLING = 20_000


def named(chosen: list[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", chosen, ids=[case.name for case in chosen])


def test_there_are_cases_enough_of_every_group_and_no_name_twice() -> None:
    names = Counter((case.group, case.name) for case in CASES)
    assert [name for name, often in names.items() if often > 1] == []
    groups = Counter(case.group for case in CASES)
    assert set(groups) == {*PARQUET_GROUPS, "files", "options", "csv", "json", "text"}
    assert sum(groups.values()) >= 500 and min(groups.values()) >= 5


@named(CASES)
def test_verdict(case: Case, tmp_path: Path) -> None:
    found = answer(case, tmp_path)
    assert found.verdict is case.expected
    paired = {found.rows_left - found.only_left, found.rows_right - found.only_right}
    assert len(paired) == 1 and 0 <= found.changed <= paired.pop()
    differing = [column for column in found.columns if column.status is not Status.EQUAL]
    lacking = found.only_left + found.only_right
    if case.expected is Verdict.DIFFERENT:
        assert (differing or lacking) and found.notes
    else:
        assert not (differing or lacking or found.changed or found.samples)
    if case.group in PARQUET_GROUPS:
        # The expected verdict is itself what the data says.
        same = meaning(tmp_path / "left") == meaning(tmp_path / "right")
        assert same is (case.expected is Verdict.EQUAL)


@named([case for case in CASES if case.group in ("rows", "options")])
def test_the_verdict_is_the_same_when_rows_spill_to_disk(case: Case, tmp_path: Path) -> None:
    assert answer(replace(case, options=replace(case.options, memory=SPILLING)), tmp_path).verdict is case.expected


@named([case for case in CASES if case.group in ("rows", "options")])
def test_the_verdict_does_not_depend_on_which_side_is_which(case: Case, tmp_path: Path) -> None:
    # A relative tolerance is of the right side, so those cases have a direction.
    if any(tolerance.rel for tolerance in case.options.tolerances.values()):
        pytest.skip("a relative tolerance has a direction")
    assert answer(replace(case, left=case.right, right=case.left), tmp_path).verdict is case.expected


@pytest.fixture
def some_cases(monkeypatch: pytest.MonkeyPatch) -> list[Case]:
    chosen = CASES[::25]
    monkeypatch.setattr("migrate.oracle.selftest.cases", lambda: iter(chosen))
    return chosen


def test_the_command_reports_its_rates(some_cases: list[Case]) -> None:
    said: list[str] = []
    outcome = run(said.append)
    assert outcome.passed and outcome.faults + outcome.harmless == len(some_cases)
    assert said[0] == f"{outcome.faults} of {outcome.faults} faults caught (100.0 %)."
    assert said[1] == f"0 false alarms on {outcome.harmless} harmless changes (0.0 %)."


@pytest.mark.parametrize("verdict", [Verdict.EQUAL, Verdict.DIFFERENT])
def test_a_comparer_that_always_says_the_same_is_found_out(
    verdict: Verdict, some_cases: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("migrate.oracle.selftest.answer", lambda case, folder: Comparison(verdict, 0, 0))
    said: list[str] = []
    outcome = run(said.append)
    wrong = [case.name for case in some_cases if case.expected is not verdict]
    assert not outcome.passed and sorted([*outcome.missed, *outcome.alarmed]) == sorted(wrong)
    assert bool(outcome.missed) is (verdict is Verdict.EQUAL) and len(said) == len(wrong) + 3
