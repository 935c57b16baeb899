"""What a difference is said to be: the counts, the largest distance, the rows shown, the cause that fits."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from migrate.oracle import Comparison, Options, Side, Status, compare

N = 500
IDS = pa.array(range(N), pa.int64())
RNG = np.random.default_rng(5)
NORMAL = RNG.normal(size=N)
UTC = dt.timezone.utc
INSTANTS = pa.array(
    [dt.datetime(2024, 1, 1, tzinfo=UTC) + dt.timedelta(seconds=1.5 * i) for i in range(N)], pa.timestamp("us", "UTC")
)
PIXELS = [bytes(RNG.integers(0, 256, 30, dtype=np.uint8)) for _ in range(N)]


def ask(folder: Path, left: pa.Table, right: pa.Table, options: Options | None = None) -> Comparison:
    pq.write_table(left, folder / "left.parquet")
    pq.write_table(right, folder / "right.parquet")
    return compare(folder / "left.parquet", folder / "right.parquet", options or Options())


def column(values: Any, kind: pa.DataType | None = None) -> pa.Table:
    return pa.table({"id": IDS, "x": values if isinstance(values, pa.Array) else pa.array(values, kind)})


def nullable(every: int, value: Callable[[int], Any]) -> list[Any]:
    return [None if i % every == 0 else value(i) for i in range(N)]


@dataclass(frozen=True)
class Known:
    """A known difference: a right column, the same after it, and words that a sentence must have; None for no cause."""

    name: str
    left: pa.Array
    right: pa.Array
    says: str | None
    unsaid: str = "\0"


def doubles(values: Any) -> pa.Array:
    return pa.array(values, pa.float64())


def texts(values: list[Any]) -> pa.Array:
    return pa.array(values, pa.string())


HALF_HOURS = pa.array(
    [None if v is None else v + dt.timedelta(hours=5, minutes=30) for v in INSTANTS.to_pylist()], INSTANTS.type
)
MINUTES = pa.array([v + dt.timedelta(minutes=7) for v in INSTANTS.to_pylist()], INSTANTS.type)
SUMMER = pa.array([v + dt.timedelta(hours=1 + i % 2) for i, v in enumerate(INSTANTS.to_pylist())], INSTANTS.type)
FAR = pa.array([dt.datetime(9999, 12, 31, tzinfo=UTC)] * N, INSTANTS.type)
WRAPPED = pa.array((FAR.cast(pa.int64()).to_numpy() * np.int64(1000)) // 1000).cast(pa.timestamp("us", "UTC"))
SECONDS = INSTANTS.cast(pa.timestamp("s", "UTC"), safe=False).cast(INSTANTS.type)
LISTS = [[float(i), i + 1.0, i + 2.0] for i in range(N)]

KNOWN = [
    Known(
        "NULL becomes NaN with the type",
        pa.array(nullable(7, int), pa.int64()),
        doubles([math.nan if v is None else float(v) for v in nullable(7, int)]),
        "72 values NULL on one side and NaN on the other",
    ),
    Known(
        "NaN becomes NULL",
        doubles([math.nan if v is None else v for v in nullable(5, float)]),
        doubles(nullable(5, float)),
        "100 values NULL on one side and NaN on the other",
    ),
    Known(
        "NULL becomes 0",
        doubles(nullable(5, float)),
        doubles([v or 0.0 for v in nullable(5, float)]),
        "NULL on the left side only",
        "NaN",
    ),
    Known(
        "rounded beyond 2^53",
        pa.array([2**53 + 1 + 2 * i for i in range(N)], pa.int64()),
        pa.array([int(float(2**53 + 1 + 2 * i)) for i in range(N)], pa.int64()),
        "500 values beyond 2^53",
    ),
    Known(
        "one more beyond 2^53 is no rounding",
        pa.array([2**53 + 4 * i for i in range(N)], pa.int64()),
        pa.array([2**53 + 4 * i + 2 for i in range(N)], pa.int64()),
        None,
        "rounded to a double",
    ),
    Known("sign of zero", doubles([0.0] * N), doubles([-0.0] * N), "500 values 0.0 on one side and -0.0"),
    Known("zero and one", doubles([0.0] * N), doubles([1.0] * N), None, "-0.0"),
    Known("sample and population", doubles(NORMAL), doubles(NORMAL * math.sqrt((N - 1) / N)), "for n = 500"),
    Known("population and sample", doubles(NORMAL * math.sqrt((N - 1) / N)), doubles(NORMAL), "for n = 500"),
    Known("a factor that is no deviation", doubles(NORMAL), doubles(NORMAL * 2.5), "2.5 times", "n - 1"),
    Known("an offset", doubles(NORMAL), doubles(NORMAL - 0.485), "-0.485"),
    Known("no factor", doubles(NORMAL), doubles(NORMAL[::-1].copy()), None, "times"),
    Known(
        "single precision",
        doubles(NORMAL),
        doubles(NORMAL.astype(np.float32)),
        "500 values the same once rounded to float32",
    ),
    Known("last digits", doubles(NORMAL), doubles(NORMAL * (1 + 4e-16)), "but for the last digits"),
    Known(
        "more than last digits", doubles(NORMAL), doubles(NORMAL * (1 + RNG.normal(size=N) * 1e-6)), None, "last digits"
    ),
    Known(
        "labels numbered in another order",
        doubles([float(i % 3) for i in range(N)]),
        doubles([float([2, 0, 1][i % 3]) for i in range(N)]),
        "another number for the same label (0 is 2, 1 is 0, 2 is 1)",
    ),
    Known(
        "numbers that are no labels",
        doubles([float(i % 3) for i in range(N)]),
        doubles([float([2, 0, 1, 0][i % 4]) for i in range(N)]),
        None,
        "label",
    ),
    Known(
        "labels and other numbers",
        doubles([float(i % 3) for i in range(N)]),
        doubles([float(5 + i % 3) for i in range(N)]),
        "+5",
        "label",
    ),
    Known(
        "sums in single precision",
        doubles([math.fsum(NORMAL[:i] ** 2) for i in range(1, N + 1)]),
        doubles(np.cumsum(NORMAL.astype(np.float32) ** 2).astype(np.float64) * (1 + 1e-8)),
        "to about seven digits",
    ),
    Known("cut to integers", doubles(NORMAL * 9), doubles(np.trunc(NORMAL * 9)), "cut to a whole number"),
    Known("fractional second", INSTANTS, SECONDS, "250 values without the fractional second on the right side"),
    Known(
        "fractional second, other side", SECONDS, INSTANTS, "250 values without the fractional second on the left side"
    ),
    Known("zone", INSTANTS, HALF_HOURS, "500 values +5.5 hours away"),
    Known("zone with summer time", INSTANTS, SUMMER, "+1 and +2 hours away"),
    Known("some minutes", INSTANTS, MINUTES, None, "hours away"),
    Known("wrapped years", FAR, WRAPPED, "2^64 nanoseconds"),
    Known(
        "channels in bytes",
        pa.array(PIXELS),
        pa.array([b"".join(p[i : i + 3][::-1] for i in range(0, 30, 3)) for p in PIXELS]),
        "BGR",
    ),
    Known("bytes in reverse", pa.array(PIXELS), pa.array([p[::-1] for p in PIXELS]), None, "BGR"),
    Known("channels in lists", pa.array(LISTS), pa.array([v[::-1] for v in LISTS]), "BGR"),
    Known(
        "lists in another order",
        pa.array([[1.0, 2.0, 3.0, 4.0]] * N),
        pa.array([[4.0, 1.0, 3.0, 2.0]] * N),
        "same elements in another order",
    ),
    Known("lists of other elements", pa.array([[1.0, 2.0]] * N), pa.array([[2.0, 3.0]] * N), None, "another order"),
    Known(
        "empty and NULL",
        texts(nullable(5, str)),
        texts([v or "" for v in nullable(5, str)]),
        "100 values NULL on one side and an empty text",
    ),
    Known("blanks", texts([f"a{i}" for i in range(N)]), texts([f"a{i} " for i in range(N)]), "blanks at the ends"),
    Known(
        "letter case", texts([f"Ab{i}" for i in range(N)]), texts([f"ab{i}" for i in range(N)]), "upper and lower case"
    ),
    Known(
        "spelling of numbers",
        texts([f"{i}" for i in range(N)]),
        texts([f"{i}.0" for i in range(N)]),
        "same number in other digits",
    ),
    Known(
        "other numbers", texts([f"{i}" for i in range(N)]), texts([f"{i}.5" for i in range(N)]), None, "other digits"
    ),
]


@pytest.mark.parametrize("known", KNOWN, ids=[known.name for known in KNOWN])
def test_a_known_difference_is_named(known: Known, tmp_path: Path) -> None:
    found = ask(tmp_path, column(known.left), column(known.right))
    said = [note for note in found.notes if note.startswith("`x`:")]
    assert found.columns[1].status is not Status.EQUAL
    if known.says is not None:
        assert any(known.says in note for note in said), said
    else:
        assert not any(known.unsaid in note for note in said), said
    assert not any(known.unsaid in note for note in said), said


def test_every_page_that_a_cause_points_to_is_there() -> None:
    from migrate.oracle.causes import CAUSES
    from migrate.rules import rules

    named = {cause.rule for cause in CAUSES if cause.rule}
    assert named and named | {"SR307"} <= set(rules())


ODD = [3, 77, 400]


@pytest.mark.parametrize(
    ("kept", "says"),
    [
        pytest.param([i for i in range(N) if i not in ODD], "have no value in `x`", id="without a value"),
        pytest.param(range(N - 5), "are the last of the left side", id="beyond the last full batch"),
        pytest.param(range(5, N), None, id="the first"),
        pytest.param([i for i in range(N) if i not in (3, 78)], None, id="with and without a value"),
        pytest.param(range(N // 2), None, id="half of them"),
    ],
)
@pytest.mark.parametrize("options", [Options(), Options(keys=("id",))], ids=["free", "by key"])
def test_what_lost_rows_have_in_common_is_told(
    kept: Sequence[int], says: str | None, options: Options, tmp_path: Path
) -> None:
    left = column([math.nan if i == 77 else None if i in ODD else float(i) for i in range(N)], pa.float64())
    said = [note for note in ask(tmp_path, left, left.take(list(kept)), options).notes if "explain" in note]
    assert len(said) == (says is not None) and all(str(says) in note for note in said), said


def test_two_causes_in_one_column_are_both_named(tmp_path: Path) -> None:
    left = doubles([None] * 20 + [0.0] * 30 + [5.0] * (N - 50))
    right = doubles([math.nan] * 20 + [-0.0] * 30 + [5.0] * (N - 50))
    found = ask(tmp_path, column(left), column(right))
    said = " ".join(found.notes)
    assert "20 values NULL on one side and NaN" in said and "30 values 0.0 on one side" in said


DISTANCES = [
    ("integers", pa.array([1, 5], pa.int32()), pa.array([1, 9], pa.int32()), 4),
    ("the widest integers", pa.array([-(2**63), 0]), pa.array([2**63 - 1, 0]), 2**64 - 1),
    ("unsigned integers", pa.array([0, 1], pa.uint64()), pa.array([2**64 - 1, 1], pa.uint64()), 2**64 - 1),
    ("beyond a double's digits", pa.array([2**53 + 1, 0]), pa.array([2**53, 0]), 1),
    ("integer and float", pa.array([2**53 + 1, 0]), doubles([2.0**53, 0.0]), 1),
    ("floats", doubles([1.0, 2.0]), doubles([1.25, 2.0]), 0.25),
    ("NaN and a number", doubles([math.nan, 2.0]), doubles([1.25, 2.0]), None),
    ("a number and NULL", doubles([None, 2.0]), doubles([1.25, 2.0]), None),
    ("infinity and a number", doubles([math.inf, 2.0]), doubles([1.0, 2.0]), math.inf),
    ("dates", pa.array([dt.date(2024, 1, 1), None]), pa.array([dt.date(2024, 3, 1), None]), 60),
    ("timestamps", pa.array([0, 0]).cast(pa.timestamp("us")), pa.array([1_500_000, 0]).cast(pa.timestamp("us")), 1.5),
    (
        "timestamps of other units",
        pa.array([0, 1]).cast(pa.timestamp("s")),
        pa.array([2_000_000_001, 10**9]).cast(pa.timestamp("ns")),
        2.000000001,
    ),
    ("lists", pa.array([[1.0, 2.0], [3.0]]), pa.array([[1.0, 2.5], [3.0]]), 0.5),
    ("lists of other lengths", pa.array([[1.0, 2.0], [3.0]]), pa.array([[1.0], [3.0]]), None),
    ("structs", pa.array([{"a": 1, "b": 2.0}]), pa.array([{"a": 4, "b": 2.5}]), 3),
    ("texts", texts(["a"]), texts(["b"]), None),
]


@pytest.mark.parametrize(("name", "left", "right", "distance"), DISTANCES, ids=[row[0] for row in DISTANCES])
def test_the_largest_distance(name: str, left: pa.Array, right: pa.Array, distance: Any, tmp_path: Path) -> None:
    ids = pa.array(range(len(left)))
    found = ask(tmp_path, pa.table({"id": ids, "x": left}), pa.table({"id": ids, "x": right}), Options(keys=("id",)))
    assert found.columns[1].max_abs == distance and found.changed == 1


def test_a_decimal_is_exact_to_its_last_digit(tmp_path: Path) -> None:
    from decimal import Decimal

    kind = pa.decimal128(38, 10)
    left, right = (pa.table({"x": pa.array([Decimal(f"1234567890123456789012345678.{d:010d}")], kind)}) for d in (1, 3))
    found = ask(
        tmp_path,
        left.append_column("id", pa.array([1])),
        right.append_column("id", pa.array([1])),
        Options(keys=("id",)),
    )
    assert found.columns[0].max_abs == pytest.approx(2e-10, rel=1e-9)


def test_the_distance_within_a_tolerance_is_told(tmp_path: Path) -> None:
    from migrate.oracle import Tolerance

    found = ask(
        tmp_path, column(doubles(NORMAL)), column(doubles(NORMAL + 0.001)), Options(tolerances={"x": Tolerance(0.01)})
    )
    assert found.verdict.value == "equal" and found.columns[1].max_abs == pytest.approx(0.001)


def test_rows_without_keys_are_paired_by_what_agrees(tmp_path: Path) -> None:
    left = column(doubles(NORMAL)).append_column("s", pa.array([f"s{i % 7}" for i in range(N)]))
    values = NORMAL.copy()
    values[[3, 77]] += 1.0
    right = left.set_column(1, "x", doubles(values)).take(pa.array(RNG.permutation(N)))
    found = ask(tmp_path, left, right)
    assert (found.changed, found.only_left, found.only_right) == (2, 0, 0)
    assert [(s.left_row, s.key["id"], [c.column for c in s.cells]) for s in found.samples] == [
        (3, 3, ["x"]),
        (77, 77, ["x"]),
    ]


def test_lost_rows_and_changed_cells_are_told_apart(tmp_path: Path) -> None:
    left = column(doubles(NORMAL))
    right = column(doubles(NORMAL * 2)).slice(5)
    found = ask(tmp_path, left, right)
    assert (found.changed, found.only_left, found.only_right) == (N - 5, 5, 0)
    assert "The right side has 495 rows, 5 rows fewer than the left side's 500." in found.notes


def test_every_differing_column_has_a_row_to_look_at(tmp_path: Path) -> None:
    left = pa.table({"id": IDS, **{f"c{i}": doubles(NORMAL) for i in range(5)}})
    right = left
    for i in range(5):
        values = NORMAL.copy()
        values[: 100 if i == 0 else 0] += 1
        values[-1 - i] += 1
        right = right.set_column(1 + i, f"c{i}", doubles(values))
    found = ask(tmp_path, left, right, Options(keys=("id",), samples=5))
    assert len(found.samples) == 5
    assert {cell.column for sample in found.samples for cell in sample.cells} == {f"c{i}" for i in range(5)}


@pytest.mark.parametrize("samples", [0, 1, 3])
def test_as_many_rows_are_shown_as_were_asked_for(samples: int, tmp_path: Path) -> None:
    found = ask(tmp_path, column(doubles(NORMAL)), column(doubles(NORMAL + 1)).slice(50), Options(samples=samples))
    assert len(found.samples) == samples
    if samples > 1:
        assert {sample.side for sample in found.samples} == {Side.CHANGED, Side.ONLY_LEFT}


def test_a_repeated_key_is_noted_and_its_rows_compared_as_a_multiset(tmp_path: Path) -> None:
    left = pa.table({"k": [1, 1, 2], "x": [0.5, 0.5, 1.5]})
    same = ask(tmp_path, left, left.take([1, 2, 0]), Options(keys=("k",)))
    assert same.verdict.value == "equal" and same.notes == (
        "1 key occurs more than once; the rows of such a key are compared as a multiset.",
    )
    found = ask(tmp_path, left, pa.table({"k": [1, 1, 2], "x": [0.5, 0.75, 1.5]}), Options(keys=("k",)))
    assert found.changed == 1 and found.notes[0].startswith("1 key occurs more than once")


def test_null_is_a_key_like_any_other(tmp_path: Path) -> None:
    left = pa.table({"k": [None, 2], "x": [0.5, 1.5]})
    found = ask(tmp_path, left, pa.table({"k": pa.array([2, None]), "x": [1.5, 0.75]}), Options(keys=("k",)))
    assert (found.changed, found.only_left, found.only_right) == (1, 0, 0)


def test_nulls_first_and_nulls_last_are_told(tmp_path: Path) -> None:
    values = [None, None, *range(10)]
    left, right = pa.table({"x": values}), pa.table({"x": [*values[2:], None, None]})
    found = ask(tmp_path, left, right, Options(ordered=True))
    said = " ".join(found.notes)
    assert (
        "the same rows, in another order" in said and "NULLs come first on the left side and last on the right" in said
    )
    between = pa.table({"x": [*range(5, 10), None, None, *range(5)]})
    assert "NULLs come" not in " ".join(ask(tmp_path, left, between, Options(ordered=True)).notes)


def test_the_sides_are_called_what_the_caller_calls_them(tmp_path: Path) -> None:
    left = pa.table({"id": IDS, "label": pa.array(range(N), pa.int32())})
    right = left.set_column(1, "label", left["label"].cast(pa.float64())).slice(1)
    found = ask(tmp_path, left, right, Options(names=("Spark", "Ray")))
    assert found.notes[0] == "`label` is double on the Ray side, int32 on the Spark side."
    assert found.notes[1] == "The Ray side has 499 rows, 1 row fewer than the Spark side's 500."


def test_a_name_in_another_case_is_pointed_out(tmp_path: Path) -> None:
    left = pa.table({"Label": [1]})
    found = ask(tmp_path, left, pa.table({"label": [1]}))
    assert all("`Label` and `label` differ in case only." in note for note in found.notes[:2])


def test_another_zone_of_the_same_instants_is_equal_and_noted(tmp_path: Path) -> None:
    left = column(INSTANTS)
    right = column(INSTANTS.cast(pa.timestamp("us", "Europe/Berlin")))
    found = ask(tmp_path, left, right)
    assert found.verdict.value == "equal"
    assert found.notes == (
        "`x` is shown in Europe/Berlin on the right side, in UTC on the left side; the instants are compared.",
    )
    assert not ask(tmp_path, left, column(INSTANTS.cast(pa.timestamp("us", "+00:00")))).notes


def test_a_tolerance_without_effect_is_noted(tmp_path: Path) -> None:
    from migrate.oracle import Tolerance

    found = ask(tmp_path, column(IDS), column(IDS), Options(tolerances={"x": Tolerance(1.0)}))
    assert found.notes == ("The tolerance on `x` has no effect: there are no floats in it.",)
