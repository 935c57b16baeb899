"""The inner loops as the compiler made them from lanes.c."""

from __future__ import annotations

import ctypes
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

    def _run(self, name: str, rows: int, seed: tuple[np.uint64, np.uint64], *inputs: NDArray[Any]) -> Hashed:
        lanes = np.empty((2, rows), np.uint64)
        where = lanes.ctypes.data
        places = [array.ctypes.data for array in inputs]
        self._functions[name](*places, rows, int(seed[0]), int(seed[1]), where, where + 8 * rows)
        return lanes[0], lanes[1]


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
    return all(
        np.array_equal(getattr(native, name)(*given, seed), getattr(reference, name)(*given, seed))
        for name, given in calls
    )
