"""The compiled inner loops say what NumPy's say, to the bit, or are not used."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import build_kernels
from migrate.oracle import kernels
from migrate.oracle.kernels import native, reference

SEED = (np.uint64(0x0123456789ABCDEF), np.uint64(0xFEDCBA9876543210))
WORDS = st.lists(st.integers(0, 2**64 - 1), max_size=40)

needs_compiler = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler: NumPy's loops are the only ones")


@pytest.fixture(scope="module")
def compiled(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> native.Native:
    """Built from the source as it is now, wherever an earlier library may lie."""
    library = tmp_path_factory.mktemp("kernels") / "lanes.so"
    assert build_kernels.compile_into(library, checkout / build_kernels.KERNELS / "lanes.c") is None
    found = native.load(library)
    assert found is not None
    return found


@needs_compiler
def test_an_installed_checkout_has_them() -> None:
    assert kernels.COMPILED


@needs_compiler
@settings(max_examples=100, deadline=None)
@given(words=WORDS)
def test_words(compiled: native.Native, words: list[int]) -> None:
    array = np.array(words, np.uint64)
    assert np.array_equal(compiled.hash_word(array, SEED), reference.hash_word(array, SEED))
    for name in ("hash_two", "combine"):
        # A reversed array lies in memory in another order than its elements.
        mine, numpys = getattr(compiled, name), getattr(reference, name)
        assert np.array_equal(mine(array, array[::-1], SEED), numpys(array, array[::-1], SEED))


@needs_compiler
@settings(max_examples=100, deadline=None)
@given(values=st.lists(st.binary(max_size=reference.LONGEST), max_size=20), before=st.integers(0, 9))
def test_bytes(compiled: native.Native, values: list[bytes], before: int) -> None:
    data = np.frombuffer(b"?" * before + b"".join(values), np.uint8)
    sizes = np.array([len(value) for value in values], np.int64)
    starts = before + np.cumsum(sizes) - sizes
    assert np.array_equal(
        compiled.hash_bytes(data, starts, sizes, SEED), reference.hash_bytes(data, starts, sizes, SEED)
    )


@needs_compiler
@settings(max_examples=100, deadline=None)
@given(rows=st.lists(st.tuples(*[st.integers(0, 2**64 - 1)] * 3), max_size=40), bits=st.integers(1, 12))
def test_sums(compiled: native.Native, rows: list[tuple[int, int, int]], bits: int) -> None:
    groups, one, two = np.array(rows, np.uint64).reshape(-1, 3).T
    found = []
    for loops in (compiled, reference):
        sums, dealt = np.arange(2 * len(rows), dtype=np.uint64).reshape(2, -1), np.ones((2, 1 << bits), np.uint64)
        totals = loops.gather(one, two, (sums[0], sums[1]))
        loops.deal(groups, one, two, bits, (dealt[0], dealt[1]))
        found.append((totals, sums.tolist(), dealt.tolist()))
    assert found[0] == found[1]
    assert found[0][0] == (sum(one.tolist()) % 2**64, sum(two.tolist()) % 2**64)


@needs_compiler
def test_a_library_of_other_arithmetic_is_left_alone(checkout: Path, tmp_path: Path) -> None:
    source = (checkout / build_kernels.KERNELS / "lanes.c").read_text()
    (tmp_path / "lanes.c").write_text(source.replace(">> 29", ">> 28"))
    assert build_kernels.compile_into(tmp_path / "lanes.so", tmp_path / "lanes.c") is None
    assert native.load(tmp_path / "lanes.so") is None


def test_without_a_library_there_is_numpy(tmp_path: Path) -> None:
    (tmp_path / "lanes.so").write_text("not a library")
    assert native.load(tmp_path / "lanes.so") is None
    assert native.load(tmp_path / "missing.so") is None


def test_what_cannot_be_compiled_is_said_and_leaves_no_old_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, source = tmp_path / "lanes.so", tmp_path / "lanes.c"
    source.write_text("")
    monkeypatch.setenv("CC", "no-such-compiler")
    library.write_text("of an earlier build")
    assert build_kernels.compile_into(library, source) == "no-such-compiler cannot be run (No such file or directory)."
    assert not library.exists()
