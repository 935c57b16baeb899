"""Cases of CSV, JSON lines and text: what is a value in a text file, and what is only the way it is written."""

from __future__ import annotations

import bz2
import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from migrate.oracle.model import Options, Tolerance, Verdict
from migrate.oracle.selftest.cases import Case, Write

_EQUAL, _DIFFERENT = Verdict.EQUAL, Verdict.DIFFERENT

_CSV = 'id,code,score,note\n1,007,1.5,plain\n2,NA,2.0,"a, b"\n3,,3.25,"line\nbreak"\n4,x,1e3,"say ""hi"""\n'
_JSON = (
    '{"id": 1, "tags": ["a", "b"], "v": 1.5, "o": {"x": 1, "y": null}, "big": 9007199254740993}\n'
    '{"id": 2, "tags": [], "v": 100.0, "o": null, "t": true}\n'
    '{"id": 3, "v": -0.0, "s": "\\u00e9", "d": 0.12345678901234567890123}\n'
)
_TEXT = "one\ntwo\ntwo\n three\n"


def text_cases() -> Iterator[Case]:
    yield from _csv()
    yield from _json()
    yield from _lines()


def _file(name: str, content: str | bytes) -> Write:
    data = content if isinstance(content, bytes) else content.encode()

    def write(folder: Path) -> None:
        (folder / name).write_bytes(data)

    return write


def _csv() -> Iterator[Case]:
    def case(name: str, expected: Verdict, right: Write, options: Options | None = None) -> Case:
        return Case(f"CSV: {name}", "csv", expected, _file("part.csv", _CSV), right, options or Options())

    def changed(name: str, old: str, new: str, options: Options | None = None, expected: Verdict = _DIFFERENT) -> Case:
        assert old in _CSV
        return case(name, expected, _file("part.csv", _CSV.replace(old, new)), options)

    yield changed("quotes where none are needed", "1,007,1.5,plain", '"1","007","1.5","plain"', expected=_EQUAL)
    yield case(
        "other line ends",
        _EQUAL,
        _file("part.csv", _CSV.replace('a, b"\n', 'a, b"\r\n').replace("plain\n", "plain\r\n")),
    )
    yield case("no line end at the end", _EQUAL, _file("part.csv", _CSV.rstrip("\n")))
    yield case("a byte order mark", _EQUAL, _file("part.csv", "\ufeff" + _CSV))
    yield case("compressed by gzip", _EQUAL, _file("part.csv.gz", gzip.compress(_CSV.encode())))
    yield case("compressed by bzip2", _EQUAL, _file("part.csv.bz2", bz2.compress(_CSV.encode())))
    yield case("split into two files", _EQUAL, _split_csv)
    columns = 'score,note,code,id\n1.5,plain,007,1\n2.0,"a, b",NA,2\n3.25,"line\nbreak",,3\n1e3,"say ""hi""",x,4\n'
    yield case("columns in another order", _EQUAL, _file("part.csv", columns))
    yield changed("007 becomes 7", "007", "7")
    yield changed("NA becomes empty", "NA", "")
    yield changed("empty becomes NULL", "3,,", "3,NULL,")
    yield changed("1.5 becomes 1.50", "1.5,", "1.50,")
    yield changed("1e3 becomes 1000.0", "1e3", "1000.0")
    yield changed("a blank more", "plain", "plain ")
    yield changed("a line break becomes a blank", "line\nbreak", "line break")
    yield changed("quotes within a value are lost", 'say ""hi""', "say hi")
    yield changed("a column renamed", "note\n", "notes\n")
    yield changed("a row lost", "1,007,1.5,plain\n", "")
    yield changed("a row twice", "1,007,1.5,plain\n", "1,007,1.5,plain\n1,007,1.5,plain\n")
    near = Options(tolerances={"score": Tolerance(abs=0.125)})
    yield changed("1e3 becomes 1000.0 under a tolerance", "1e3", "1000.0", near, _EQUAL)
    yield changed("within a tolerance", "1.5,", "1.625,", near, _EQUAL)
    yield changed("beyond a tolerance", "1.5,", "1.75,", near)
    yield changed("a number lost under a tolerance", "3.25", "", near)
    rest = Options(tolerances={"*": Tolerance(abs=0.125)})
    yield changed("within the tolerance for the rest", "1.5,", "1.625,", rest, _EQUAL)
    yield changed("007 becomes 7 under the tolerance for the rest", "007", "7", rest)
    yield changed(
        "another id under the tolerance for the rest", "4,x", "5,x", Options(tolerances={"*": Tolerance(abs=9)})
    )


def _split_csv(folder: Path) -> None:
    header, first, rest = _CSV.split("\n", 2)
    (folder / "b.csv").write_text(f"{header}\n{first}\n")
    (folder / "a.csv").write_text(f"{header}\n{rest}")


def _json() -> Iterator[Case]:
    def case(name: str, expected: Verdict, right: Write, options: Options | None = None) -> Case:
        return Case(f"JSON: {name}", "json", expected, _file("part.json", _JSON), right, options or Options())

    def changed(name: str, old: str, new: str, expected: Verdict = _DIFFERENT, options: Options | None = None) -> Case:
        assert old in _JSON
        return case(name, expected, _file("part.json", _JSON.replace(old, new)), options)

    rows = [json.loads(line) for line in _JSON.splitlines()]
    yield case("keys in another order", _EQUAL, _file("part.json", _lines_of(lambda row: dict(reversed(row.items())))))
    yield case("no blanks", _EQUAL, _file("part.jsonl", _JSON.replace(": ", ":").replace(", ", ",")))
    yield case("compressed", _EQUAL, _file("part.json.gz", gzip.compress(_JSON.encode())))
    yield case("rows in reverse", _EQUAL, _file("part.json", "\n".join(reversed(_JSON.splitlines()))))
    yield case("empty lines", _EQUAL, _file("part.json", _JSON.replace("\n", "\n\n")))
    yield changed("letters instead of escapes", "\\u00e9", "é", _EQUAL)
    yield changed("100.0 as 1e2", "100.0", "1e2", _EQUAL)
    yield changed("fields of an object in another order", '"x": 1, "y": null', '"y": null, "x": 1', _EQUAL)
    yield changed("an integer becomes a float", '"id": 1,', '"id": 1.0,')
    yield changed("an integer becomes a text", '"id": 1,', '"id": "1",')
    yield changed("null becomes absent", '"x": 1, "y": null', '"x": 1')
    yield changed("a field becomes absent", '"o": null, ', "")
    yield changed("true becomes 1", "true", "1")
    yield changed("a list in another order", '["a", "b"]', '["b", "a"]')
    yield changed("an empty list becomes null", "[]", "null")
    yield changed("2^53 + 1 becomes 2^53", "9007199254740993", "9007199254740992")
    yield changed("the last digit of a long decimal", "890123", "890124")
    yield changed("-0.0 becomes 0.0", "-0.0", "0.0")
    yield changed("a value deep inside", '"x": 1', '"x": 2')
    yield changed("a field renamed", '"tags": []', '"tag": []')
    yield case("a row lost", _DIFFERENT, _file("part.json", "\n".join(_JSON.splitlines()[:2])))
    assert len(rows) == 3
    near = Options(tolerances={"v": Tolerance(abs=0.125)})
    yield changed("within a tolerance", "1.5", "1.625", _EQUAL, near)
    yield changed("beyond a tolerance", "1.5", "1.75", _DIFFERENT, near)
    yield changed(
        "an integer under a tolerance", '"id": 1,', '"id": 2,', _DIFFERENT, Options(tolerances={"*": Tolerance(9)})
    )


def _lines_of(change: Callable[[dict[str, object]], dict[str, object]]) -> str:
    # The long decimal would not survive Python's floats; keep its line as it is.
    *lines, last = _JSON.splitlines()
    return "\n".join([*(json.dumps(change(json.loads(line))) for line in lines), last])


def _lines() -> Iterator[Case]:
    def case(name: str, expected: Verdict, content: str | bytes, options: Options | None = None) -> Case:
        right = _file("part.txt", content)
        return Case(f"text: {name}", "text", expected, _file("part.txt", _TEXT), right, options or Options())

    yield case("lines in another order", _EQUAL, "two\n three\none\ntwo\n")
    yield case("no line end at the end", _EQUAL, _TEXT.rstrip("\n"))
    yield case("lines in another order, ordered", _DIFFERENT, "two\n three\none\ntwo\n", Options(ordered=True))
    yield case("a line once instead of twice", _DIFFERENT, "one\ntwo\n three\n")
    yield case("an empty line more", _DIFFERENT, _TEXT + "\n")
    yield case("a blank lost", _DIFFERENT, _TEXT.replace(" three", "three"))
    yield case("other line ends", _DIFFERENT, _TEXT.replace("\n", "\r\n"))
    yield case("bytes that are not UTF-8", _DIFFERENT, _TEXT.encode().replace(b"one", b"\xff\xfe"))
