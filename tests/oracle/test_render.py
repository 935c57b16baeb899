"""The answer as text and as a page: the verdict first, and values that stay values."""

from __future__ import annotations

import html
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from migrate.oracle import Comparison, Options, compare
from migrate.oracle.render import html as page
from migrate.oracle.render import text

HOSTILE = ["<script>alert(1)</script>", '" onload="x', "{{ 7*7 }}", "\x1b[31mred", "]]>", "\u202ereversed", "NULL"]


@pytest.fixture
def hostile(tmp_path: Path) -> Comparison:
    left = pa.table({"id": range(len(HOSTILE)), "<b>name</b>": HOSTILE})
    pq.write_table(left, tmp_path / "left.parquet")
    pq.write_table(
        left.set_column(1, "<b>name</b>", pa.array([value[::-1] for value in HOSTILE])), tmp_path / "right.parquet"
    )
    return compare(tmp_path / "left.parquet", tmp_path / "right.parquet", Options(keys=("id",)))


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: set[str] = set()
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_hostile_values_stay_text_on_the_page(hostile: Comparison) -> None:
    tags = Tags()
    written = page.write(hostile, "<i>left</i>", "right")
    tags.feed(written)
    harmless = Tags()
    harmless.feed(page.write(replace(hostile, columns=(), samples=()), "left", "right"))
    # The rows of the two tables bring cells; nothing else may appear with the values.
    assert tags.seen - harmless.seen <= {"td"} and tags.attributes - harmless.attributes <= {"scope", "class"}
    assert "http" not in written.replace("http-equiv", "")
    shown = "".join(tags.words)
    assert "<script>alert(1)</script>" in shown and "{{ 7*7 }}" in shown and "<i>left</i>" in shown
    assert html.escape("<b>name</b>") in written


def test_the_page_says_the_verdict_first(hostile: Comparison) -> None:
    written = page.write(hostile, "left", "right")
    assert written.index("<h1") < written.index('id="columns"') < written.index('id="rows"')
    assert '<h1 class="different">Different</h1>' in written and "default-src 'none'" in written


def test_text_cannot_steer_a_terminal(hostile: Comparison) -> None:
    written = text.write(hostile, width=100)
    assert "\x1b" not in written and "\u202e" not in written and "\\u001b[31mred" in written
    colored = text.write(hostile, width=100, color=True)
    assert "\x1b[1;31mDifferent" in colored and "\x1b[31mred" not in colored


def test_text_says_the_verdict_then_what_differs(hostile: Comparison) -> None:
    lines = text.write(hostile, width=100).splitlines()
    assert lines[0].startswith("Different  7 rows, 2 columns, ")
    assert lines[1].strip() == "7 of 7 rows differ in at least one column."
    assert any("other values" in line and "<b>name</b>" in line for line in lines)


def test_null_and_the_text_null_look_different(tmp_path: Path) -> None:
    for name, value in (("left", "NULL"), ("right", None)):
        pq.write_table(pa.table({"id": [1], "x": pa.array([value], pa.string())}), tmp_path / f"{name}.parquet")
    found = compare(tmp_path / "left.parquet", tmp_path / "right.parquet", Options(keys=("id",)))
    assert '"NULL"' in text.write(found, width=100) and " NULL" in text.write(found, width=100)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_text_fits_its_width(hostile: Comparison, width: int) -> None:
    assert all(len(line) <= width for line in text.write(hostile, width=width).splitlines())


def test_long_values_are_cut_and_say_so(tmp_path: Path) -> None:
    for name, tail in (("left", "x"), ("right", "y")):
        cells = {"s": ["a" * 1000 + tail], "b": [b"a" * 1000 + tail.encode()], "l": [[1.0] * 100 + [float(len(name))]]}
        pq.write_table(pa.table({"id": [1], **cells}), tmp_path / f"{name}.parquet")
    found = compare(tmp_path / "left.parquet", tmp_path / "right.parquet", Options(keys=("id",)))
    shown = {cell.column: cell.left for cell in found.samples[0].cells}
    assert shown["s"].endswith("... (1001 characters)") and shown["b"].endswith("... (1001 bytes)")
    assert shown["l"][-1] == "... (101 elements)"
