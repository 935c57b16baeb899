"""Edits on text: what is replaced changes, every other byte stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrate.ir import Span
from migrate.mapping import Edit
from migrate.translate.edits import Lines, apply, physical_lines, stands_alone, whole_lines, with_gap

TEXTS = st.text(alphabet="ab é日\t\f\u2028\n\r#", max_size=60)


def span(line: int, column: int, end_line: int, end_column: int) -> Span:
    return Span("job.py", line, column, end_line, end_column)


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, found by counting."""
    line, column = 1, offset
    for piece in physical_lines(text):
        if column < len(piece):
            break
        line, column = line + 1, column - len(piece)
    return line, column


@st.composite
def texts_with_edits(draw: st.DrawFn) -> tuple[str, list[tuple[int, int, str]]]:
    text = draw(TEXTS)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8, unique=True)))
    pairs = [(start, end) for start, end in zip(cuts[::2], cuts[1::2], strict=False)]
    return text, [(start, end, draw(st.text(alphabet="xyz", max_size=4))) for start, end in pairs]


@given(texts_with_edits(), st.randoms())
def test_bytes_outside_of_edits_stay(case: tuple[str, list[tuple[int, int, str]]], random: object) -> None:
    text, replaced = case
    edits = [Edit(span(*place(text, start), *place(text, end)), new) for start, end, new in replaced]
    random.shuffle(edits)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    expected, done = "", 0
    for start, end, new in replaced:
        expected += text[done:start] + new
        done = end
    assert apply(text, edits) == expected + text[done:]


@given(TEXTS)
def test_no_edit_changes_nothing(text: str) -> None:
    assert apply(text, []) == text
    assert "".join(physical_lines(text)) == text


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        pytest.param([Edit(span(1, 0, 1, 1), "X"), Edit(span(1, 2, 1, 3), "Y")], "XbYd", id="side by side"),
        pytest.param([Edit(span(1, 0, 1, 4), "X"), Edit(span(1, 1, 1, 2), "Y")], "X", id="the smaller gives way"),
        pytest.param([Edit(span(1, 1, 1, 3), "X"), Edit(span(1, 1, 1, 1), "Y")], "aYXd", id="inserted in front"),
        pytest.param([Edit(span(1, 1, 1, 3), "X"), Edit(span(1, 3, 1, 3), "Y")], "aXYd", id="inserted behind"),
        pytest.param([Edit(span(1, 1, 1, 3), "X"), Edit(span(1, 2, 1, 2), "Y")], "aXd", id="inserted inside goes"),
    ],
)
def test_edits_that_meet(edits: list[Edit], expected: str) -> None:
    assert apply("abcd", edits) == expected
    assert apply("abcd", edits[::-1]) == expected


def test_edits_that_cross_are_an_error() -> None:
    with pytest.raises(ValueError, match="cross at offset 1"):
        apply("abcd", [Edit(span(1, 0, 1, 2), "X"), Edit(span(1, 1, 1, 3), "Y")])


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        pytest.param("x = 1\n# why\ny = 2\nz = 3\n", 3, "x = 1\nz = 3\n", id="with its comment"),
        pytest.param("x = 1\n\ny = 2\n\nz = 3\n", 3, "x = 1\n\nz = 3\n", id="with one of two gaps"),
        pytest.param("# licence\ny = 2\nz = 3\n", 2, "# licence\nz = 3\n", id="not the head of the file"),
        pytest.param("x = 1\r\ny = 2\r\nz = 3\r\n", 2, "x = 1\r\nz = 3\r\n", id="carriage returns"),
        pytest.param("x = '\f'\ny = '\u2028'\nz = 3\n", 2, "x = '\f'\nz = 3\n", id="what is no line end"),
        pytest.param("x = 1\ny = 2", 2, "x = 1\n", id="no line end at the end"),
    ],
)
def test_a_statement_goes_with_its_lines(text: str, line: int, expected: str) -> None:
    lines = Lines(text)
    statement = span(line, 0, line, len(lines.line(line)))
    assert apply(text, [Edit(with_gap(lines, statement), "")]) == expected


@pytest.mark.parametrize(
    ("text", "start", "end", "alone"),
    [
        pytest.param("y = 2", 0, 5, True, id="alone"),
        pytest.param("y = 2  # why", 0, 5, True, id="a comment behind"),
        pytest.param("x = 1; y = 2", 7, 12, False, id="behind another"),
        pytest.param("y = 2; x = 1", 0, 5, False, id="before another"),
        pytest.param("if x: y = 2", 6, 11, False, id="behind a colon"),
    ],
)
def test_standing_alone(text: str, start: int, end: int, alone: bool) -> None:
    here = span(1, start, 1, end)
    assert stands_alone(Lines(text), here) is alone
    assert (whole_lines(Lines(text), here) == here) is (not alone or end == len(text))
