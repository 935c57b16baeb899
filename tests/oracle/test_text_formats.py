"""CSV, JSON lines and text that are damaged, and the two ways in which CSV writes a quote."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from migrate.errors import MigrateError
from migrate.oracle import Comparison, Options, Status, Tolerance, Verdict, compare


def ask(
    folder: Path, left: str | bytes, right: str | bytes, name: str = "a.csv", options: Options | None = None
) -> Comparison:
    for side, content in (("left", left), ("right", right)):
        (folder / side).mkdir(exist_ok=True)
        (folder / side / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return compare(folder / "left" / name, folder / "right" / name, options or Options())


GOOD_CSV = "a,b\n1,x\n2,y\n"
DAMAGED = [
    ("CSV without anything", "a.csv", GOOD_CSV, "", "header"),
    ("CSV with a short row", "a.csv", GOOD_CSV, "a,b\n1,x\n2\n", "damaged or not complete"),
    ("CSV with a long row", "a.csv", GOOD_CSV, "a,b\n1,x,3\n", "damaged or not complete"),
    ("CSV with an open quote", "a.csv", GOOD_CSV, 'a,b\n1,x\n2,"y\n', "line 3: the quotes do not close"),
    ("CSV that is not UTF-8", "a.csv", GOOD_CSV, b"a,b\n1,\xff\n", "damaged or not complete"),
    ("CSV with a header that is not UTF-8", "a.csv", GOOD_CSV, b"a,\xff\n1,2\n", "line 1"),
    ("CSV with two columns of one name", "a.csv", GOOD_CSV, "a,a\n1,2\n", "more than one column is called 'a'"),
    ("cut gzip", "a.csv.gz", gzip.compress(GOOD_CSV.encode()), gzip.compress(GOOD_CSV.encode() * 99)[:-12], "damaged"),
    ("no gzip", "a.csv.gz", gzip.compress(GOOD_CSV.encode()), GOOD_CSV, "damaged"),
    ("a cut JSON line", "a.json", '{"a": 1}\n', '{"a": 1}\n{"a": ', "line 2"),
    ("a JSON list", "a.json", '{"a": 1}\n', '[{"a": 1}]\n', "line 1 is not a JSON object"),
    ("a JSON document of many lines", "a.json", '{"a": 1}\n', '{\n  "a": 1\n}\n', "line 1"),
    ("a key twice", "a.json", '{"a": 1}\n', '{"a": 1, "a": 2}\n', "same key twice"),
    ("JSON that is not UTF-8", "a.json", '{"a": 1}\n', b'{"a": "\xff"}\n', "line 1"),
]


@pytest.mark.parametrize(("name", "file", "left", "right", "says"), DAMAGED, ids=[row[0] for row in DAMAGED])
def test_damage_names_file_and_reason(
    name: str, file: str, left: str | bytes, right: str | bytes, says: str, tmp_path: Path
) -> None:
    with pytest.raises(MigrateError) as refused:
        ask(tmp_path, left, right, file)
    assert str(tmp_path / "right" / file) in str(refused.value) and says in str(refused.value)


def test_two_csv_files_with_headers_alone_are_inconclusive(tmp_path: Path) -> None:
    assert ask(tmp_path, "a,b\n", "a,b\n").verdict is Verdict.INCONCLUSIVE
    assert ask(tmp_path, "a,b\n", "a,c\n").verdict is Verdict.DIFFERENT


def test_two_json_files_without_rows_are_inconclusive(tmp_path: Path) -> None:
    assert ask(tmp_path, "", "\n", "a.json").verdict is Verdict.INCONCLUSIVE
    assert ask(tmp_path, "", "", "a.json", Options(allow_empty=True)).verdict is Verdict.EQUAL


def test_an_empty_line_is_a_row_of_one_column_and_nothing_among_more(tmp_path: Path) -> None:
    assert ask(tmp_path, "a\n1\n\n2\n", "a\n1\n2\n").rows_left == 3
    assert ask(tmp_path, "a,b\n1,x\n\n", "a,b\n1,x\n").verdict is Verdict.EQUAL


VALUES = ['say "hi"', 'a\\b,"c', "abc\\", "abc\\,", 'x\\"y', "line\nbreak", 'a\\\\"b,', "", "5' 6\""]
# Written by Spark 3.5's CSV writer for VALUES, header and id included.
SPARK = (
    'id,v\n0,"say \\"hi\\""\n1,"a\\\\b,\\"c"\n2,abc\\\n3,"abc\\\\,"\n4,"x\\\\\\"y"\n5,"line\nbreak"\n'
    '6,"a\\\\\\\\\\"b,"\n7,""\n8,"5\' 6\\""\n'
)


def doubled(values: list[str]) -> str:
    rows = (f'{i},"{value}"' for i, value in enumerate(value.replace('"', '""') for value in values))
    return "id,v\n" + "\n".join(rows) + "\n"


def test_quotes_after_backslashes_are_quotes(tmp_path: Path) -> None:
    found = ask(tmp_path, SPARK, doubled(VALUES))
    assert found.verdict is Verdict.EQUAL
    assert found.notes == (
        "The CSV of the left side escapes quotes by backslashes, as Spark writes it, and is read so.",
    )


@pytest.mark.parametrize("place", range(len(VALUES)))
def test_a_change_behind_backslashes_is_seen(place: int, tmp_path: Path) -> None:
    changed = [value + "!" if i == place else value for i, value in enumerate(VALUES)]
    found = ask(tmp_path, SPARK, doubled(changed), options=Options(keys=("id",)))
    assert found.changed == 1 and found.samples[0].key == {"id": str(place)}


def test_a_backslash_before_a_closing_quote_is_a_backslash(tmp_path: Path) -> None:
    found = ask(tmp_path, 'a,b\n"C:\\",1\n', "a,b\nC:\\,1\n")
    assert found.verdict is Verdict.EQUAL and not found.notes


def test_a_long_file_is_rewritten_across_its_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migrate.oracle.sources.dialect._CHUNK_BYTES", 7)
    assert ask(tmp_path, SPARK, doubled(VALUES)).verdict is Verdict.EQUAL


def test_text_where_a_tolerance_wants_numbers(tmp_path: Path) -> None:
    with pytest.raises(MigrateError, match="'x' in column b") as refused:
        ask(tmp_path, GOOD_CSV, "a,b\n1,3\n2,y\n", options=Options(tolerances={"b": Tolerance(1)}))
    assert "a.csv" in str(refused.value)


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("1.5", " 1.5 ", Verdict.EQUAL),
        ("1.5", "1.50", Verdict.EQUAL),
        ("NaN", "nan", Verdict.EQUAL),
        ("1e3", "1000.0", Verdict.EQUAL),
        ("1.5", "", Verdict.DIFFERENT),
        ("", "", Verdict.EQUAL),
        ("inf", "-inf", Verdict.DIFFERENT),
    ],
)
def test_numbers_of_a_csv_column_with_a_tolerance(left: str, right: str, verdict: Verdict, tmp_path: Path) -> None:
    one, other = (f"a,b\n1,{text}\n2,0.5\n" for text in (left, right))
    assert ask(tmp_path, one, other, options=Options(tolerances={"b": Tolerance(0.1)})).verdict is verdict


def test_absent_and_null_are_told_apart_and_explained(tmp_path: Path) -> None:
    found = ask(tmp_path, '{"a": 1}\n{"a": 2, "b": 3}\n', '{"a": 1, "b": null}\n{"a": 2, "b": 3}\n', "a.json")
    assert [c.name for c in found.columns if c.status is Status.VALUE] == ["b"]
    assert any("ignoreNullFields" in note for note in found.notes)
    assert [(cell.left, cell.right) for cell in found.samples[0].cells] == [("(absent)", None)]


def test_json_values_are_shown_as_values(tmp_path: Path) -> None:
    found = ask(tmp_path, '{"k": 1, "v": {"x": [1, 2.5, "é"]}}', '{"k": 1, "v": "{}"}', "a.json", Options(keys=("k",)))
    assert found.samples[0].key == {"k": 1}
    assert [(cell.left, cell.right) for cell in found.samples[0].cells] == [({"x": [1, 2.5, "é"]}, "{}")]


def test_json_beyond_memory_is_kept_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migrate.oracle.sources.jsonlines._BATCH_LINES", 2)
    lines = [f'{{"a": {i}, "b{i % 3}": {i}}}' for i in range(9)]
    options = Options(memory=40)
    assert ask(tmp_path, "\n".join(lines), "\n".join(lines[::-1]), "a.json", options).verdict is Verdict.EQUAL
    assert ask(tmp_path, "\n".join(lines), "\n".join(lines[1:]), "a.json", options).only_left == 1
