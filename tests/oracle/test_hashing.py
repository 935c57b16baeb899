"""The arithmetic under the verdict: equal values hash alike however stored, others do not, and sums do not cancel."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrate.oracle.cells import hash_cells
from migrate.oracle.codec import codec
from migrate.oracle.hashing import Lanes, seed, sum_runs
from migrate.oracle.logical import logical

SALT = seed("test")


def hashes(array: pa.Array) -> Lanes:
    return hash_cells(array, codec([logical(array.type)]), SALT)


def distinct(array: pa.Array) -> int:
    lanes = hashes(array)
    return len(set(zip(lanes.one.tolist(), lanes.two.tolist(), strict=True)))


TEXTS = [
    "",
    "a",
    "b",
    "é",
    "x" * 7,
    "x" * 8,
    "x" * 9,
    "x" * 32,
    "x" * 33,
    "x" * 96,
    "x" * 97,
    "x" * 256,
    "x" * 257,
    None,
]
NESTED = [[["a"], None, []], [["a", None]], [], None, [[""]], [None]]
STORED = [
    ("strings", pa.array(TEXTS), [pa.large_string(), pa.dictionary(pa.int8(), pa.string()), pa.string_view()]),
    ("lists", pa.array([[1, None], [], None, [2]]), [pa.large_list(pa.int64())]),
    ("fixed lists", pa.array([[1, 2], None, [3, 4]], pa.list_(pa.int32())), [pa.list_(pa.int32(), 2)]),
    ("fixed bytes", pa.array([b"ab", None, b"\0\0"]), [pa.binary(2), pa.large_binary()]),
    ("integers", pa.array([1, None, 2, 1]), [pa.dictionary(pa.int32(), pa.int64())]),
    ("decimals", pa.array([1, None, -7]).cast(pa.decimal128(21, 2)), [pa.decimal256(21, 2)]),
    ("nested", pa.array(NESTED, pa.list_(pa.list_(pa.string()))), [pa.large_list(pa.large_list(pa.large_string()))]),
]


@pytest.mark.parametrize(("name", "array", "kinds"), STORED, ids=[row[0] for row in STORED])
def test_storage_is_no_part_of_a_value(name: str, array: pa.Array, kinds: list[pa.DataType]) -> None:
    for kind in kinds:
        other = array.dictionary_encode() if pa.types.is_dictionary(kind) else array.cast(kind)
        assert hashes(array).equals(hashes(other)).all(), str(kind)


@pytest.mark.parametrize(("name", "array", "kinds"), STORED, ids=[row[0] for row in STORED])
def test_a_slice_hashes_like_a_copy(name: str, array: pa.Array, kinds: list[pa.DataType]) -> None:
    for start in range(len(array)):
        copy = pa.array(array.slice(start, 2).to_pylist(), array.type)
        assert hashes(array.slice(start, 2)).equals(hashes(copy)).all()


@pytest.mark.parametrize(
    "values",
    [
        pa.array(TEXTS),
        pa.array(["a", "a\0", "\0a", "a\0\0", "\0", "", "\0\0", None]),
        # Differences that a sum of products without more would lose: highest bits flipped in two words at once.
        pa.array([b"\0" * 16, b"\0" * 7 + b"\x80" + b"\0" * 7 + b"\x80", b"\x80" + b"\0" * 15, b"\0" * 15 + b"\x80"]),
        pa.array([0.0, -0.0, None, float("nan"), float("inf"), float("-inf"), 5e-324]),
        pa.array([0, 1, -1, 2**63 - 1, -(2**63), None]),
        pa.array(NESTED, pa.list_(pa.list_(pa.string()))),
        pa.array([[1, 2], [2, 1], [1], [1, 1], [1, 2, None], [None, 1, 2], [], None, [0], [None]]),
        pa.array([{"a": None}, None, {"a": 0}, {"a": 1}], pa.struct([("a", pa.int8())])),
        pa.array([{"a": 1, "b": 2}, {"a": 2, "b": 1}], pa.struct([("a", pa.int8()), ("b", pa.int8())])),
        pa.array(
            [[("a", 1), ("b", 2)], [("a", 2), ("b", 1)], [("a", 1)], [], None, [("a", None)]],
            pa.map_(pa.string(), pa.int8()),
        ),
        pa.array([[[1], [2]], [[1, 2]], [[], [1, 2]], [[1, 2], []], [[1], [2], []]]),
    ],
    ids=lambda array: str(array.type),
)
def test_other_values_have_other_hashes(values: pa.Array) -> None:
    assert distinct(values) == len(values)


def test_all_nans_are_one_and_not_null() -> None:
    bits = np.array([0x7FF8000000000000, 0xFFF8000000000001, 0x7FF0000000000001], np.uint64).view(np.float64)
    assert distinct(pa.array(bits)) == 1
    assert distinct(pa.array([float("nan"), None], pa.float64())) == 2


def test_what_lies_under_a_null_does_not_count() -> None:
    mask = np.array([False, True, True])
    assert hashes(pa.array([1, 2, 3], mask=mask)).equals(hashes(pa.array([1, 9, 7], mask=mask))).all()
    hidden = pa.ListArray.from_arrays(pa.array([0, 1, 3]), pa.array([1, 2, 3]), mask=pa.array([False, True]))
    assert hashes(hidden).equals(hashes(pa.array([[1], None]))).all()


def test_map_entries_have_no_order_and_list_elements_have() -> None:
    kind = pa.map_(pa.string(), pa.int64())
    assert distinct(pa.array([[("a", 1), ("b", 2)], [("b", 2), ("a", 1)]], kind)) == 1
    assert distinct(pa.array([[1, 2], [2, 1]])) == 2


def test_no_two_of_many_values_collide() -> None:
    for array in (
        pa.array(range(200_000)),
        pa.array([f"name-{i}" for i in range(100_000)]),
        pa.array(np.linspace(0, 1, 100_000)),
    ):
        assert distinct(array) == len(array)


def test_swapped_values_do_not_cancel_out_in_sums() -> None:
    # 1 + 4 = 2 + 3: sums of values agree where sums of hashes must not, on either lane.
    sums = []
    for values in ([1, 4], [2, 3], [0, 5]):
        lanes = hashes(pa.array(values))
        sums.append(lanes.total())
    assert len({one for one, _ in sums}) == len({two for _, two in sums}) == 3


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.integers(0, 2**64 - 1), max_size=5), max_size=10))
def test_sums_of_runs(runs: list[list[int]]) -> None:
    flat = np.array([value for run in runs for value in run], np.uint64)
    lengths = np.array([len(run) for run in runs], np.int64)
    expected = [sum(run) % 2**64 for run in runs]
    assert sum_runs(Lanes(flat, flat), lengths).one.tolist() == expected


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(st.none(), st.binary(max_size=300)), max_size=30), st.integers(0, 30))
def test_a_hash_does_not_depend_on_the_rows_around_it(values: list[bytes | None], cut: int) -> None:
    array = pa.array(values, pa.binary())
    whole, parts = hashes(array), [hashes(array.slice(0, cut)), hashes(array.slice(cut))]
    assert np.array_equal(whole.one, np.concatenate([part.one for part in parts]))
    assert np.array_equal(whole.two, np.concatenate([part.two for part in parts]))


def test_both_lanes_move_with_every_bit() -> None:
    """Flipping one bit of the input flips about half of the bits of each lane."""
    words = np.array([0, *(1 << bit for bit in range(63))], np.int64)
    lanes = hashes(pa.array(words))
    for lane in (lanes.one, lanes.two):
        flips = [bin(int(lane[0]) ^ int(value)).count("1") for value in lane[1:]]
        assert min(flips) > 10 and max(flips) < 54 and 28 < sum(flips) / len(flips) < 36
    assert all(one != other for one, other in pairwise(lanes.one.tolist()))
