"""`migrate explain`: a page, the list, and one sentence for a code that is not there."""

from __future__ import annotations

import pytest

from migrate.cli import run
from migrate.rules import rules
from migrate.rules.page import markdown


def test_a_page_that_is_piped_is_its_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "SR403"]) == 0
    assert capsys.readouterr().out == markdown(rules()["SR403"])


@pytest.mark.parametrize("spelling", ["sr403", " SR403 ", "map-in-pandas", "map_in_pandas", "Map-In-Pandas"])
def test_a_rule_is_found_by_code_or_name(spelling: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", spelling]) == 0
    assert capsys.readouterr().out.startswith("# SR403 ")


def test_the_list_names_every_code_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain"]) == 0
    codes = [line.split()[0] for line in capsys.readouterr().out.splitlines() if line.startswith("  SR")]
    assert codes == list(rules())


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        pytest.param("SR499", "the nearest are SR", id="a code that is not there"),
        pytest.param("SR40", "SR401 (python-udf), SR402", id="the beginning of a code"),
        pytest.param("XR403", "the nearest are SR403 (map-in-pandas)", id="a mistyped code"),
        pytest.param("barrier", "SR701 (barrier-stage)", id="a word of a name"),
        pytest.param("map-in-panda", "the nearest are SR403", id="a misspelt name"),
        pytest.param("qqqqqqqq", "`migrate explain` lists all rules.", id="nothing like it"),
    ],
)
def test_an_unknown_code_is_one_sentence_and_exit_2(wanted: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", wanted]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1 and f"There is no rule {wanted!r}; " in printed.err and said in printed.err
