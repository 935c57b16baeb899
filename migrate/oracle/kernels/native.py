"""The inner loops as the compiler made them from lanes.c."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from migrate.oracle.kernels import reference

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from migrate.oracle.kernels.reference import Hashed, Words

LIBRARY = Path(__file__).with_name("lanes.so")


class Native:
    """The functions of kernels/reference.py, each one pass over the rows that lets other threads run."""

    def __init__(self, library: ctypes.CDLL) -> None:
        pointer, number, word = ctypes.c_void_p, ctypes.c_int64, ctypes.c_uint64
        self._functions: dict[str, Any] = {}
        for name, inputs in (("hash_word", 1), ("hash_two", 2), ("combine", 2), ("hash_bytes", 4)):
            function = getattr(library, name)
            function.argtypes = [*[pointer] * inputs, number, word, word, pointer, pointer]
            function.restype = None
            self._functions[name] = function
        self._gather, self._deal = library.gather, library.deal
        self._gather.argtypes = [pointer, pointer, number, pointer, pointer, pointer]
        self._deal.argtypes = [pointer, pointer, pointer, number, number, pointer, pointer]
        self._gather.restype = self._deal.restype = None

    def hash_word(self, words: Words, seed: tuple[np.uint64, np.uint64]) -> Hashed:
        return self._run("hash_word", len(words), seed, _words(words))

    def hash_two(self, first: Words, second: Words, seed: tuple[np.uint64, np.uint64]) -> Hashed:
        return self._run("hash_two", len(first), seed, _words(first), _words(second))

    def combine(self, first: Words, second: Words, seed: tuple[np.uint64, np.uint64]) -> Hashed:
        return self._run("combine", len(first), seed, _words(first), _words(second))

    def hash_bytes(
        self,
        data: NDArray[np.uint8],
        starts: NDArray[np.int64],
        sizes: NDArray[np.int64],
        seed: tuple[np.uint64, np.uint64],
    ) -> Hashed:
        starts, sizes = (np.ascontiguousarray(array, np.int64) for array in (starts, sizes))
        return self._run("hash_bytes", len(sizes), seed, data, starts, sizes, reference.factors())

    def gather(self, one: Words, two: Words, sums: Hashed) -> tuple[int, int]:
        totals = np.empty(2, np.uint64)
        lanes = _words(one), _words(two)
        self._gather(*_places(*lanes), len(one), *_places(*sums, totals))
        return int(totals[0]), int(totals[1])

    def deal(self, groups: Words, one: Words, two: Words, bits: int, sums: Hashed) -> None:
        lanes = _words(groups), _words(one), _words(two)
        self._deal(*_places(*lanes), len(groups), bits, *_places(*sums))

    def _run(self, name: str, rows: int, seed: tuple[np.uint64, np.uint64], *inputs: NDArray[Any]) -> Hashed:
        lanes = np.empty((2, rows), np.uint64)
        where = lanes.ctypes.data
        self._functions[name](*_places(*inputs), rows, int(seed[0]), int(seed[1]), where, where + 8 * rows)
        return lanes[0], lanes[1]


def _places(*arrays: NDArray[Any]) -> Iterator[int]:
    return (array.ctypes.data for array in arrays)


def _words(words: Words) -> Words:
    return np.ascontiguousarray(words, np.uint64)


def load(library: Path = LIBRARY) -> Native | None:
    """The compiled loops; None where there are none or they do not say what NumPy says."""
    try:
        native = Native(ctypes.CDLL(str(library)))
    except (OSError, AttributeError):
        return None
    return native if agrees(native) else None


def agrees(native: Native) -> bool:
    """Whether the compiled loops and NumPy's give the same bits for a few rows."""
    words = np.array([0, 1, 1 << 63, (1 << 64) - 1, 0x0123456789ABCDEF], np.uint64)
    data = np.arange(64, dtype=np.uint8)
    starts, sizes = np.array([0, 3, 9, 20, 20]), np.array([0, 5, 8, 17, 40])
    seed = (np.uint64(0x243F6A8885A308D3), np.uint64(0x13198A2E03707344))
    calls = (
        ("hash_word", (words,)),
        ("hash_two", (words, words[::-1])),
        ("combine", (words, words[::-1])),
        ("hash_bytes", (data, starts, sizes)),
    )
    same = all(
        np.array_equal(getattr(native, name)(*given, seed), getattr(reference, name)(*given, seed))
        for name, given in calls
    )
    return same and _added(native) == _added(reference)


def _added(loops: Any) -> tuple[object, ...]:
    """What the loops that add up make of a few rows."""
    one, two = (np.array(words, np.uint64) for words in ([1 << 63, 1 << 63, 5], [7, (1 << 64) - 1, 9]))
    rows, groups = np.ones((2, 3), np.uint64), np.zeros((2, 4), np.uint64)
    totals = loops.gather(one, two, (rows[0], rows[1]))
    loops.deal(one, one, two, 2, (groups[0], groups[1]))
    return totals, rows.tolist(), groups.tolist()
