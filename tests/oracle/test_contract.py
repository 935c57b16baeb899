"""`migrate compare` as users script against it: exit codes, the JSON document, every option, every kind of damage."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from migrate.cli import run

TABLE = pa.table({"id": [1, 2, 3], "x": [0.5, None, 2.5], "s": ["a", "b", None]})
CHANGED = TABLE.set_column(1, "x", pa.array([0.5, None, 2.75]))


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path]:
    left, right = tmp_path / "left.parquet", tmp_path / "right.parquet"
    pq.write_table(TABLE, left)
    pq.write_table(TABLE, right)
    return left, right


def document(text: str, checkout: Path) -> dict[str, Any]:
    found = json.loads(text)
    schema = json.loads((checkout / "migrate" / "schemas" / "compare.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(found)
    assert isinstance(found, dict)
    return found


@dataclass(frozen=True)
class Row:
    name: str
    right: pa.Table
    options: tuple[str, ...]
    code: int
    verdict: str


ROWS = [
    Row("the same", TABLE, (), 0, "equal"),
    Row("another value", CHANGED, (), 1, "different"),
    Row("within a tolerance", CHANGED, ("--abs-tol", "0.25"), 0, "equal"),
    Row("within a column's tolerance", CHANGED, ("--abs-tol", "x=0.25"), 0, "equal"),
    Row("beyond a tolerance", CHANGED, ("--abs-tol", "0.2"), 1, "different"),
    Row("within a relative tolerance", CHANGED, ("--rel-tol", "x=0.1"), 0, "equal"),
    Row("both tolerances of a column add up", CHANGED, ("--abs-tol", "x=0.125", "--rel-tol", "x=0.0455"), 0, "equal"),
    Row("ignored", CHANGED, ("--ignore", "x"), 0, "equal"),
    Row("shuffled", TABLE.take([2, 0, 1]), (), 0, "equal"),
    Row("shuffled, ordered", TABLE.take([2, 0, 1]), ("--ordered",), 1, "different"),
    Row("by key", TABLE.take([2, 0, 1]), ("--key", "id"), 0, "equal"),
    Row("by two keys", CHANGED, ("--key", "id", "--key", "s"), 1, "different"),
    Row("no rows on the right", TABLE.slice(0, 0), (), 1, "different"),
]


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_exit_code_and_document(
    row: Row, sides: tuple[Path, Path], capsys: pytest.CaptureFixture[str], checkout: Path
) -> None:
    left, right = sides
    pq.write_table(row.right, right)
    assert run(["compare", str(left), str(right), "--format", "json", *row.options]) == row.code
    found = document(capsys.readouterr().out, checkout)
    assert found["verdict"] == row.verdict
    assert found["rows"] == {"left": 3, "right": row.right.num_rows}


@pytest.mark.parametrize(("options", "code"), [((), 3), (("--allow-empty",), 0)])
def test_two_empty_sides(options: tuple[str, ...], code: int, sides: tuple[Path, Path]) -> None:
    for side in sides:
        pq.write_table(TABLE.slice(0, 0), side)
    assert run(["compare", *map(str, sides), *options]) == code


def test_two_empty_sides_of_different_types(sides: tuple[Path, Path]) -> None:
    for side, kind in zip(sides, (pa.int32(), pa.int64()), strict=True):
        pq.write_table(pa.table({"id": pa.array([], kind)}), side)
    assert run(["compare", *map(str, sides), "--allow-empty"]) == 1


def test_the_document_of_a_difference(
    sides: tuple[Path, Path], capsys: pytest.CaptureFixture[str], checkout: Path
) -> None:
    left, right = sides
    pq.write_table(
        pa.concat_tables([CHANGED.slice(1), TABLE.slice(1, 1)]).append_column("new", pa.array([1, 2, 3])), right
    )
    assert run(["compare", str(left), str(right), "--key", "id", "--format", "json"]) == 1
    found = document(capsys.readouterr().out, checkout)
    assert (found["only_left"], found["only_right"], found["changed"]) == (1, 1, 1)
    assert found["columns"] == [
        {
            "name": "id",
            "left_type": "int64",
            "right_type": "int64",
            "status": "equal",
            "mismatched": 0,
            "max_abs": None,
        },
        {
            "name": "x",
            "left_type": "double",
            "right_type": "double",
            "status": "value",
            "mismatched": 1,
            "max_abs": 0.25,
        },
        {
            "name": "s",
            "left_type": "string",
            "right_type": "string",
            "status": "equal",
            "mismatched": 0,
            "max_abs": None,
        },
        {
            "name": "new",
            "left_type": None,
            "right_type": "int64",
            "status": "missing",
            "mismatched": 3,
            "max_abs": None,
        },
    ]
    assert found["samples"] == [
        {
            "kind": "changed",
            "left_row": 2,
            "right_row": 1,
            "key": {"id": 3},
            "cells": [{"column": "x", "left": 2.5, "right": 2.75}],
        },
        {
            "kind": "only_left",
            "left_row": 0,
            "right_row": None,
            "key": {"id": 1},
            "cells": [{"column": "id", "left": 1}, {"column": "x", "left": 0.5}, {"column": "s", "left": "a"}],
        },
        {
            "kind": "only_right",
            "left_row": None,
            "right_row": 2,
            "key": {"id": 2},
            "cells": [{"column": "id", "right": 2}, {"column": "x", "right": None}, {"column": "s", "right": "b"}],
        },
    ]


DAMAGE = {
    "missing": lambda path: path.unlink(),
    "an empty file": lambda path: path.write_bytes(b""),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-20]),
    "cut in half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "no Parquet at all": lambda path: path.write_bytes(b"PAR1 but not really PAR1"),
    "a footer of zeros": lambda path: path.write_bytes(path.read_bytes()[:-60] + bytes(60)),
    "a directory without data": lambda path: (path.unlink(), path.mkdir(), (path / "_SUCCESS").touch()),
    "a directory with one damaged file": lambda path: (
        path.rename(path.with_name("whole")),
        path.mkdir(),
        path.with_name("whole").rename(path / "a.parquet"),
        (path / "b.parquet").write_bytes(b"PAR1"),
    ),
    "the first bytes lost": lambda path: path.write_bytes(bytes(4) + path.read_bytes()[4:]),
    "a link to nothing": lambda path: (path.unlink(), path.symlink_to("nowhere.parquet")),
    "a pipe": lambda path: (path.unlink(), os.mkfifo(path)),
    "a folder that links to itself": lambda path: (path.unlink(), path.mkdir(), (path / "again").symlink_to(path)),
    "a Delta table": lambda path: (
        path.rename(path.with_name("version")),
        (path / "_delta_log").mkdir(parents=True),
        path.with_name("version").rename(path / "a.parquet"),
    ),
    "another format": lambda path: path.rename(path.with_suffix(".x")) and path.write_bytes(b"a,b\n1,2\n"),
}


@pytest.mark.parametrize("side", [0, 1], ids=["left", "right"])
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_side_is_never_compared(
    damage: Any, side: int, sides: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    damage(sides[side])
    assert run(["compare", *map(str, sides)]) == 2
    said = capsys.readouterr()
    assert said.out == "" and str(sides[side]) in said.err and said.err.startswith("migrate: ")


@pytest.mark.parametrize("checksums", [True, False], ids=["with checksums", "without"])
def test_a_flipped_bit_is_equal_only_if_it_reads_as_before(checksums: bool, sides: tuple[Path, Path]) -> None:
    left, right = sides
    pq.write_table(TABLE, right, compression="none", use_dictionary=False, write_page_checksum=checksums)
    whole = right.read_bytes()
    codes = set()
    for place in range(4, len(whole), 11):
        right.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        code = run(["compare", str(left), str(right), "--format", "json"])
        assert code != 0 or pq.read_table(right).equals(TABLE), f"byte {place}"
        codes.add(code)
    assert {1, 2} <= codes


def test_a_checksum_that_does_not_fit_is_damage(sides: tuple[Path, Path]) -> None:
    left, right = sides
    pq.write_table(TABLE, right, compression="none", use_dictionary=False, write_page_checksum=True)
    whole = right.read_bytes()
    pages = pq.ParquetFile(right).metadata.row_group(0).column(0)
    last = pages.data_page_offset + pages.total_compressed_size - 1  # a byte of the last value of `id`
    right.write_bytes(whole[:last] + b"\x01" + whole[last + 1 :])
    assert run(["compare", str(left), str(right)]) == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--key", "nope"), "nope"),
        (("--ignore", "nope"), "nope"),
        (("--abs-tol", "nope=1"), "nope"),
        (("--abs-tol", "x=much"), "much"),
        (("--abs-tol", "-1"), "-1"),
        (("--rel-tol", "x=nan"), "nan"),
        (("--key", "id", "--ignore", "id"), "id"),
        (("--ignore", "id", "--ignore", "x", "--ignore", "s"), "--ignore"),
        (("--input-format", "csv"), "left.parquet"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_wrong_option_is_one_sentence(
    arguments: tuple[str, ...], says: str, sides: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["compare", *map(str, sides), *arguments]) == 2
    said = capsys.readouterr()
    assert said.out == "" and says in said.err and len(said.err.splitlines()) == 1


def test_two_datasets_are_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare"]) == 2
    assert "LEFT and RIGHT" in capsys.readouterr().err


def test_a_column_name_may_hold_an_equals_sign(sides: tuple[Path, Path]) -> None:
    for side, value in zip(sides, (1.0, 1.5), strict=True):
        pq.write_table(pa.table({"a=b": [value], "y": [value]}), side)
    assert run(["compare", *map(str, sides), "--abs-tol", "a=b=0.5"]) == 1
    assert run(["compare", *map(str, sides), "--abs-tol", "a=b=0.5", "--ignore", "y"]) == 0


def test_output_goes_to_a_file(sides: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "answer.html"
    assert run(["compare", *map(str, sides), "--format", "html", "--output", str(page)]) == 0
    assert capsys.readouterr().out == "" and "<title>Equal: " in page.read_text()
    assert run(["compare", *map(str, sides), "--output", str(tmp_path / "no" / "folder")]) == 2


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_is_shown_on_a_terminal_alone(terminal: bool, sides: tuple[Path, Path]) -> None:
    ours, theirs = pytest.importorskip("pty").openpty() if terminal else os.pipe()
    command = [sys.executable, "-m", "migrate", "compare", *map(str, sides)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env={**os.environ, "TERM": "xterm"})
    os.close(theirs)
    said = everything(ours)
    answer, _ = process.communicate()
    assert process.returncode == 0 and answer.startswith(b"Equal")
    assert (b"reading" in said) is terminal and (said == b"") is not terminal


def everything(descriptor: int) -> bytes:
    """What comes until the other end is closed, which a terminal reports as an error."""
    said = b""
    with contextlib.suppress(OSError):
        while chunk := os.read(descriptor, 65_536):
            said += chunk
    os.close(descriptor)
    return said


def test_a_selftest_prints_its_rates(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from migrate.oracle.selftest.cases import cases

    some = list(cases())[::60]
    monkeypatch.setattr("migrate.oracle.selftest.cases", lambda: iter(some))
    assert run(["compare", "--selftest"]) == 0
    assert "faults caught (100.0 %)" in capsys.readouterr().out
