"""The reports of results made by hand: what they say, what they hide, and that hostile values stay values."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from migrate.parity.phases import Segment
from migrate.parity.report import charts, document, html, junit, text, words
from migrate.parity.spec import Phase


def _made() -> Any:
    spec = spec_from_file_location("made_results", Path(__file__).with_name("made_results.py"))
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


made = _made()
RESULTS = [
    pytest.param(made.equal, id="equal"),
    pytest.param(made.different, id="different"),
    pytest.param(made.failed, id="failed"),
    pytest.param(made.inconclusive, id="inconclusive"),
]


@pytest.mark.parametrize("result", RESULTS)
def test_json_is_valid_by_its_schema(result: Callable[[], Any], checkout: Path) -> None:
    schema = json.loads((checkout / "migrate" / "schemas" / "parity.schema.json").read_text())
    shown = json.dumps(document.to_json(result()), allow_nan=False)
    jsonschema.validate(json.loads(shown), schema)


@pytest.mark.parametrize(
    ("result", "counts", "named"),
    [
        pytest.param(made.equal, (8, 0, 0), None, id="equal"),
        pytest.param(made.different, (4, 2, 0), "40 of 4,000 rows are missing on Ray", id="different"),
        pytest.param(made.failed, (1, 0, 1), "killed by SIGKILL", id="failed"),
        pytest.param(made.inconclusive, (2, 0, 2), "Spark differs from itself", id="inconclusive"),
    ],
)
def test_junit(result: Callable[[], Any], counts: tuple[int, int, int], named: str | None) -> None:
    suite = ElementTree.fromstring(junit.write(result()))
    assert tuple(int(suite.attrib[name]) for name in ("tests", "failures", "errors")) == counts
    problems = [*suite.iter("failure"), *suite.iter("error")]
    assert len(problems) == sum(counts[1:])
    assert named is None or named in problems[0].attrib["message"]


@pytest.mark.parametrize(
    ("result", "said"),
    [
        pytest.param(
            made.equal,
            [
                "train_photos EQUAL",
                "preprocessing 37.9 s 9.3 s",
                "total 69.6 s 40.0 s",
                "Speed-up of Ray over Spark: 1.74, median of 3 (pairs from 1.74 to 1.74).",
                "because the means are summed in another order",
                "Gate met",
            ],
            id="equal",
        ),
        pytest.param(
            made.different,
            [
                "features parquet 4,000 3,960 42 different",
                "Ray 0.75",
                "Gate missed",
                "Note: other",
                "The sides part at",
            ],
            id="different",
        ),
        pytest.param(made.failed, ["FAILED", "The last 9 lines of", "INFO epoch 7"], id="failed"),
        pytest.param(made.inconclusive, ["INCONCLUSIVE", "Spark differs from itself", "Gate open"], id="inconclusive"),
    ],
)
@pytest.mark.parametrize("color", [False, True], ids=["plain", "coloured"])
def test_text(result: Callable[[], Any], said: list[str], color: bool) -> None:
    written = text.write(result(), width=110, color=color)
    plain = " ".join(re.sub(r"\x1b\[[\d;]*m", "", written).split())
    assert [part for part in said if part not in plain] == []
    assert made.HOSTILE not in written and "\u202e" not in written
    assert color or "\x1b" not in written


class Page(HTMLParser):
    """What a page holds: its elements and its text, parsed as a browser would."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.mark.parametrize("result", RESULTS)
def test_html_needs_nothing_else(result: Callable[[], Any]) -> None:
    page = Page(html.write(result()))
    assert {tag for tag, _ in page.elements} & {"script", "img", "iframe", "object", "form"} == set()
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "src"], tag
        assert (attributes.get("href") or "data:,").startswith(("data:", "#"))


@pytest.mark.parametrize(
    ("result", "said"),
    [
        pytest.param(
            made.equal,
            ["Equal", "1.74\N{MULTIPLICATION SIGN}", "69.6 s", "equivalent within 0.02", "±0.02", "9 runs, 8 equal"],
            id="equal",
        ),
        pytest.param(
            made.different,
            ["Different", "2 rows changed, 40 only on Spark", "</script><img src=x onerror=alert(1)>", "not compared"],
            id="different",
        ),
        pytest.param(made.failed, ["Failed", "killed by SIGKILL", "INFO epoch 7", "The last 9 lines of"], id="failed"),
        pytest.param(made.inconclusive, ["Inconclusive", "12 cells", "Spark once more", "open"], id="inconclusive"),
    ],
)
def test_html_says_it(result: Callable[[], Any], said: list[str]) -> None:
    page = html.write(result())
    assert [part for part in said if part not in Page(page).text] == []
    assert "\x1b" not in page and "\u202e" not in page


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.04, "0.0 s"), (12.34, "12.3 s"), (99.96, "1 min 40 s"), (185.2, "3 min 05 s"), (7620, "2 h 07 min")],
)
def test_seconds_as_people_read_them(value: float, shown: str) -> None:
    assert words.seconds(value) == shown


@pytest.mark.parametrize(
    ("highest", "labels"),
    [(0.0, ["0"]), (69.6, ["0", "20", "40", "60"]), (1.0, ["0", "0.2", "0.4", "0.6", "0.8", "1"]), (5, list("012345"))],
)
def test_ticks_are_round(highest: float, labels: list[str]) -> None:
    found = charts.ticks(highest)
    assert [tick.label for tick in found] == labels
    assert all(0 <= tick.place <= 100 for tick in found)


def test_stretches_too_narrow_to_see_are_joined() -> None:
    seconds = [(Phase.ETL, 0.004), (Phase.OTHER, 0.001)] * 1000 + [(Phase.TRAINING, 5.0)]
    segments, at = [], 0.0
    for phase, long in seconds:
        segments.append(Segment(phase, at, at + long))
        at += long
    bars = charts.bars(segments, at)
    assert len(bars) < 600
    assert sum(bar.width for bar in bars) == pytest.approx(100)
    assert {bar.phase for bar in bars} == {Phase.ETL, Phase.TRAINING}


def test_a_curve_stays_in_its_box() -> None:
    curve = charts.curve([(0, 1.0), (1, None), (2, 3.0)], 2, 1.0, 2.0)
    assert curve.line == "0.00,100.00 100.00,0.00"
    assert charts.curve([(0, None)], 1, 0, 1) == charts.Curve("", "")
