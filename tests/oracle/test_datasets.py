"""What makes up a dataset: files, folders, globs, hidden files, folder names with values, files that disagree."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from migrate.errors import MigrateError
from migrate.oracle import Comparison, Options, Status, Verdict, compare

TABLE = pa.table({"id": pa.array([1, 2, 3, 4], pa.int64()), "k": pa.array([7, 7, None, 8], pa.int32())})


def write(path: Path, table: pa.Table = TABLE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)
    return path


def ask(left: Path, right: Path, options: Options | None = None) -> Comparison:
    return compare(left, right, options or Options())


def test_a_file_a_folder_and_a_glob_are_the_same_dataset(tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.parquet")
    write(tmp_path / "parts" / "a.parquet", TABLE.slice(0, 1))
    write(tmp_path / "parts" / "deeper" / "b.parquet", TABLE.slice(1))
    for path in (tmp_path / "parts", tmp_path / "parts" / "**" / "*.parquet", tmp_path / "part[s]"):
        assert ask(whole, path).verdict is Verdict.EQUAL
    assert ask(whole, tmp_path / "parts" / "*.parquet").only_left == 3


def test_hidden_files_and_folders_do_not_count(tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.parquet")
    write(tmp_path / "out" / "part.parquet")
    for hidden in ("_temporary/x.parquet", ".spark-staging/x.parquet", "_x.parquet", ".x.parquet"):
        write(tmp_path / "out" / hidden)
    assert ask(whole, tmp_path / "out").verdict is Verdict.EQUAL
    assert ask(whole, tmp_path / "out" / "*").verdict is Verdict.EQUAL


def test_folder_names_hold_values(tmp_path: Path) -> None:
    flat = write(tmp_path / "flat.parquet")
    out = tmp_path / "out"
    for name, rows in (("k=7", [0, 1]), ("k=__HIVE_DEFAULT_PARTITION__", [2]), ("k=8", [3])):
        write(out / name / "part.parquet", TABLE.take(rows).drop_columns(["k"]))
    assert ask(flat, out).verdict is Verdict.EQUAL
    (out / "k=8").rename(out / "k=9")
    found = ask(flat, out, Options(keys=("id",)))
    assert found.changed == 1 and [c.name for c in found.columns if c.status is Status.VALUE] == ["k"]


def test_folder_names_that_are_no_plain_numbers_stay_text(tmp_path: Path) -> None:
    flat = write(tmp_path / "flat.parquet", TABLE.slice(0, 1))
    write(tmp_path / "out" / "k=07" / "part.parquet", TABLE.slice(0, 1).drop_columns(["k"]))
    found = ask(flat, tmp_path / "out")
    assert [(c.left_type, c.right_type) for c in found.columns if c.status is Status.TYPE] == [("int32", "string")]


def test_a_column_both_in_the_file_and_its_folder_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "out" / "k=7" / "part.parquet")
    with pytest.raises(MigrateError, match="column k"):
        ask(tmp_path / "out", tmp_path / "out")


@pytest.mark.parametrize("other", [pa.int32(), pa.float64(), pa.string(), pa.null()], ids=str)
def test_files_of_one_side_that_disagree_on_a_type(other: pa.DataType, tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.parquet")
    mixed = tmp_path / "mixed"
    write(mixed / "a.parquet", TABLE.slice(0, 2))
    last = pa.nulls(2) if pa.types.is_null(other) else TABLE["id"].slice(2).cast(other)
    write(mixed / "b.parquet", TABLE.slice(2).set_column(0, "id", last))
    found = ask(whole, mixed)
    assert found.verdict is Verdict.DIFFERENT and found.columns[0].status is Status.TYPE
    assert found.columns[0].right_type and " or " in found.columns[0].right_type
    assert ask(mixed, mixed).verdict is Verdict.EQUAL


def test_files_that_disagree_the_other_way_round(tmp_path: Path) -> None:
    small = TABLE.set_column(0, "id", TABLE["id"].cast(pa.int32()))
    for name, first, second in (("one", TABLE, small), ("other", small, TABLE)):
        write(tmp_path / name / "a.parquet", first.slice(0, 2))
        write(tmp_path / name / "b.parquet", second.slice(2))
    assert ask(tmp_path / "one", tmp_path / "other").verdict is Verdict.DIFFERENT


def test_a_column_that_some_files_lack(tmp_path: Path) -> None:
    filled = write(tmp_path / "filled.parquet", TABLE.set_column(1, "k", pa.array([7, 7, None, None], pa.int32())))
    write(tmp_path / "lacking" / "a.parquet", TABLE.slice(0, 2))
    write(tmp_path / "lacking" / "b.parquet", TABLE.slice(2).drop_columns(["k"]))
    found = ask(filled, tmp_path / "lacking")
    assert found.verdict is Verdict.DIFFERENT and found.columns[1].right_type == "int32 or absent"


def test_mixed_formats_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "out" / "a.parquet")
    (tmp_path / "out" / "b.csv").write_text("id\n1\n")
    with pytest.raises(MigrateError, match="mixes formats"):
        ask(tmp_path / "out", tmp_path / "out")


def test_sides_of_different_formats_are_refused(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("id,k\n1,7\n")
    with pytest.raises(MigrateError, match="like with like"):
        ask(write(tmp_path / "a.parquet"), tmp_path / "b.csv")


def test_a_name_without_a_format_is_looked_into_or_asked_about(tmp_path: Path) -> None:
    plain = write(tmp_path / "part-00000")
    assert ask(plain, write(tmp_path / "a.parquet")).verdict is Verdict.EQUAL
    (tmp_path / "notes").write_text("hello")
    with pytest.raises(MigrateError, match="--input-format"):
        ask(tmp_path / "notes", plain)
    assert compare(tmp_path / "notes", tmp_path / "notes", Options(), format="text").verdict is Verdict.EQUAL


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    twice = write(tmp_path / "a.parquet", pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["x", "x"]))
    with pytest.raises(MigrateError, match="more than one column called x"):
        ask(twice, twice)


def test_a_type_that_cannot_be_compared_is_named_and_can_be_left_out(tmp_path: Path) -> None:
    fields = pa.struct([pa.field("a", pa.int64()), pa.field("a", pa.int64())])
    array = pa.StructArray.from_arrays([pa.array([1]), pa.array([2])], fields=list(fields))
    odd = tmp_path / "a.arrow.parquet"
    pq.write_table(pa.table({"id": [1], "odd": array}), odd)
    with pytest.raises(MigrateError, match=r"^odd has the type"):
        ask(odd, odd)
    assert ask(odd, odd, Options(ignore=("odd",))).verdict is Verdict.EQUAL


def test_names_with_dots_and_other_signs(tmp_path: Path) -> None:
    table = pa.table({"a": [{"b": 1}], "a.b": [2], "ü `x`": ["v"], "": [0.5]})
    left, right = write(tmp_path / "a.parquet", table), write(tmp_path / "b.parquet", table)
    assert ask(left, right).verdict is Verdict.EQUAL
    write(right, table.set_column(1, "a.b", pa.array([3])))
    found = ask(left, right)
    assert [c.name for c in found.columns if c.status is not Status.EQUAL] == ["a.b"] and found.changed == 1


def test_rows_without_columns_in_common(tmp_path: Path) -> None:
    left, right = (
        write(tmp_path / "a.parquet", TABLE.select(["id"])),
        write(tmp_path / "b.parquet", TABLE.select(["k"])),
    )
    found = ask(left, right)
    assert found.verdict is Verdict.DIFFERENT and (found.rows_left, found.rows_right) == (4, 4)
    assert {c.status for c in found.columns} == {Status.MISSING}


def test_order_goes_by_file_name_then_row(tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.parquet")
    write(tmp_path / "parts" / "part-00001.parquet", TABLE.slice(2))
    write(tmp_path / "parts" / "part-00000.parquet", TABLE.slice(0, 2))
    assert ask(whole, tmp_path / "parts", Options(ordered=True)).verdict is Verdict.EQUAL
    (tmp_path / "parts" / "part-00000.parquet").rename(tmp_path / "parts" / "part-00002.parquet")
    assert ask(whole, tmp_path / "parts", Options(ordered=True)).changed == 4
    assert ask(whole, tmp_path / "parts").verdict is Verdict.EQUAL
