"""Night after night: what is kept of a run, what makes a row of equal nights, and what breaks it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

from migrate.cli import run
from migrate.errors import MigrateError
from migrate.parity import history, identity
from migrate.parity.entry import Entry
from migrate.parity.spec import Cutover
from migrate.parity.spec_file import load

if TYPE_CHECKING:
    from tests.parity.conftest import Bench

TODAY = date(2026, 11, 20)


def night(day: int, exit_code: int = 0, *, code: str = "now", hour: int = 2) -> Entry:
    verdict = ("equal", "different", "failed", "inconclusive")[exit_code]
    started = f"2026-11-{day:02d}T{hour:02d}:00:00Z"
    return Entry(started, verdict, exit_code, f"it was {verdict}", code, 60.0, 30.0, 0, "/run")


@pytest.mark.parametrize(
    ("entries", "row", "said"),
    [
        pytest.param([night(day) for day in range(14, 21)], 7, "7 equal nights in a row, 7 wanted", id="seven"),
        pytest.param([night(day) for day in range(15, 21)], 6, "first of the history", id="six"),
        pytest.param([night(day) for day in range(13, 20)], 7, "7 wanted", id="tonight's run is still to come"),
        pytest.param([night(day) for day in range(10, 19)], 0, "no run between 2026-11-18 and", id="long ago"),
        pytest.param(
            [night(12), *(night(day) for day in range(14, 21))], 7, "7 wanted", id="a gap before the row is harmless"
        ),
        pytest.param(
            [night(day) for day in (12, 13, 14, 15, 17, 18, 19, 20)], 4, "no run between 2026-11-15", id="a gap in it"
        ),
        pytest.param(
            [night(day, int(day == 18)) for day in range(10, 21)],
            2,
            "2026-11-18 was different (exit 1)",
            id="a difference",
        ),
        pytest.param(
            [night(day, 3 * (day == 20)) for day in range(10, 21)],
            0,
            "inconclusive (exit 3)",
            id="the last one unclear",
        ),
        pytest.param(
            [*(night(day) for day in range(10, 21)), night(20, 2, hour=1)],
            0,
            "failed",
            id="one of a night's runs failed",
        ),
        pytest.param(
            [night(day, code="now" if day > 16 else "before") for day in range(10, 21)],
            4,
            "2026-11-16 ran another spec or other code",
            id="other code before",
        ),
        pytest.param([night(20, hour=hour) for hour in range(9)], 1, "first of", id="nine runs are one night"),
    ],
)
def test_a_row_of_equal_nights(entries: Sequence[Entry], row: int, said: str) -> None:
    ordered = sorted(entries, key=lambda entry: entry.moment)
    trend = history.judge("job", Path("history.jsonl"), ordered, Cutover(), "now", TODAY)
    assert (trend.row, trend.met) == (row, row >= 7)
    assert said in trend.sentence


def test_nights_of_working_days(tmp_path: Path) -> None:
    entries = [night(day) for day in (12, 13, 16, 17, 18, 19, 20)]
    trend = history.judge("job", tmp_path, entries, Cutover(equal_nights=7, max_gap_days=3), "now", TODAY)
    assert trend.met


def test_what_is_written_is_read(tmp_path: Path) -> None:
    file = tmp_path / "kept" / "history.jsonl"
    for entry in (night(2), replace(night(1), ray_seconds=None)):
        history.append(file, entry)
    assert [entry.started[8:10] for entry in history.read(file)] == ["01", "02"], "by time, whatever was written first"
    assert [entry.speedup for entry in history.read(file)] == [None, 2.0]


@pytest.mark.parametrize(
    "line",
    ['{"started": "2026-11-0', "[]", '{"started": 1}', json.dumps({**vars(night(1)), "started": "tonight"}), "7"],
)
def test_a_line_that_is_no_run(tmp_path: Path, line: str) -> None:
    file = tmp_path / "history.jsonl"
    history.append(file, night(1))
    with file.open("a") as lines:
        lines.write(line)
    history.append(file, night(2))
    with pytest.raises(MigrateError, match=r"history.jsonl:2: this line is no run of a history"):
        history.read(file)
    kept = [each for each in file.read_text().splitlines() if each != line]
    file.write_text("\n".join(kept))
    assert len(history.read(file)) == 2, "a torn line spoils no other"


def test_identity_is_spec_and_code(bench: Bench) -> None:
    bench.write()

    def now() -> str:
        return identity.of_spec(load(bench.folder))

    first = now()
    (bench.folder / "inputs" / "rows.csv").write_text("other data every night")
    environment = bench.folder / "env"
    environment.mkdir()
    for name in ("pyvenv.cfg", "library.py"):
        (environment / name).touch()
    assert now() == first
    helper = bench.folder / "package" / "helper.py"
    helper.parent.mkdir()
    helper.write_text("x = 1\n")
    second = now()
    helper.write_text("x = 2\n")
    third = now()
    bench.write(gates="max_mismatched_rows = 1")
    assert len({first, second, third, now()}) == 4


def test_runs_are_kept_and_checked(bench: Bench, capsys: pytest.CaptureFixture[str], checkout: Path) -> None:
    file = bench.folder / "history.jsonl"
    options = ["--history-file", str(file)]
    check = ["parity", str(bench.folder), "--history", *options]
    bench.write(gates="max_mismatched_rows = 0\n[cutover]\nequal_nights = 1")
    assert run(check) == 2
    assert "there is no history yet" in capsys.readouterr().err
    assert bench.run(*options) == 0
    assert [entry["verdict"] for entry in bench.document["history"]] == ["equal"]
    capsys.readouterr()
    assert run(check) == 0
    assert "CUT OVER" in capsys.readouterr().out
    assert run([*check, "--format", "json"]) == 0
    schema = json.loads((checkout / "migrate" / "schemas" / "parity_history.schema.json").read_text())
    jsonschema.validate(json.loads(capsys.readouterr().out), schema)
    bench.write(
        ray=("--drop", "3"), gates="[cutover]\nequal_nights = 1".replace("[cutover]", "min_speedup = 0\n[cutover]")
    )
    assert run(["parity", str(bench.folder), "--run-dir", str(bench.folder / "second"), *options]) == 1
    capsys.readouterr()
    assert run(check) == 1
    assert "NOT YET" in capsys.readouterr().out
    assert run([*check, "--format", "html"]) == 2


def test_a_history_that_cannot_be_written_is_no_failure(bench: Bench) -> None:
    bench.write(output=None)
    (bench.folder / "taken").write_text("a file")
    assert bench.run("--history-file", str(bench.folder / "taken" / "history.jsonl")) == 3
    assert any("the history cannot be" in note for note in bench.document["notes"])
