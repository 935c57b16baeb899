"""The inner loops in NumPy: what a hash is, on every machine."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Words = NDArray[np.uint64]
    Hashed = tuple[Words, Words]
    """The two lanes of a hash, one element a row."""

LONGEST = 256
"""The longest values that `hash_bytes` takes, in bytes."""

_A, _B = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_C, _D = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_E, _F = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)


def hash_word(words: Words, seed: tuple[np.uint64, np.uint64]) -> Hashed:
    """Hash one 64-bit word a row. Each lane is a bijection of the word, so two words never share a hash.

    The lanes part half way, at the second multiplication, which is enough to make their sums independent: what one sum
    tells of the other is only the leading bits of the same half-hashes multiplied by two numbers.
    """
    half = words ^ seed[0]
    half ^= half >> np.uint64(30)
    half *= _A
    half ^= half >> np.uint64(27)
    one, two = half * _B, half * _C
    one ^= one >> np.uint64(31)
    two ^= two >> np.uint64(32)
    return one, two


def hash_two(first: Words, second: Words, seed: tuple[np.uint64, np.uint64]) -> Hashed:
    """Hash two words a row, each lane with its own way of joining them."""
    one = _scramble(_scramble(first ^ seed[0]) + second)
    two = _rescramble(_rescramble(second ^ seed[1]) + first * _E)
    return one, two


def combine(first: Words, second: Words, seed: tuple[np.uint64, np.uint64]) -> Hashed:
    """Seal a sum of hashes, so that sums of sealed sums keep what was added together apart."""
    return _scramble(first ^ seed[0]), _rescramble(second ^ seed[1])


def hash_bytes(
    data: NDArray[np.uint8], starts: NDArray[np.int64], sizes: NDArray[np.int64], seed: tuple[np.uint64, np.uint64]
) -> Hashed:
    """Hash the bytes of each row, at most LONGEST: eight to a word and padded with zeros, which add nothing.

    Each word is multiplied by an odd number of its place between two xor-shifts: without these, two flips of a highest
    bit would cancel out.
    """
    lengths = sizes.astype(np.uint64)
    one, two = combine(lengths, lengths, seed)
    for place, factor in enumerate(factors()[: -(-int(sizes.max(initial=0)) // 8)]):
        rows = np.flatnonzero(sizes > 8 * place)
        first = starts[rows, None] + np.arange(8 * place, 8 * place + 8)
        inside = first < (starts + sizes)[rows, None]
        word = np.where(inside, data[np.where(inside, first, 0)], 0).astype(np.uint8).view("<u8")[:, 0]
        word = (word ^ word >> np.uint64(32)) * factor
        word ^= word >> np.uint64(32)
        one[rows] += word
        word *= _F
        two[rows] += word ^ word >> np.uint64(29)
    return _scramble(one), _rescramble(two)


def gather(one: Words, two: Words, sums: Hashed) -> tuple[int, int]:
    """Add a column's hashes to the rows' sums, in place and modulo 2^64, and return the sums of what was added."""
    for lane, total in zip((one, two), sums, strict=True):
        np.add(total, lane, out=total)
    return int(one.sum(dtype=np.uint64)), int(two.sum(dtype=np.uint64))


def deal(groups: Words, one: Words, two: Words, bits: int, sums: Hashed) -> None:
    """Add each row's hash to the sum of its group, which the highest `bits` of `groups` number."""
    numbers = (groups >> np.uint64(64 - bits)).astype(np.intp)
    np.add.at(sums[0], numbers, one)
    np.add.at(sums[1], numbers, two)


@cache
def factors() -> Words:
    """An odd number for every eighth byte of a value."""
    digests = (hashlib.blake2b(f"word {place}".encode(), digest_size=8).digest() for place in range(LONGEST // 8))
    return np.array([int.from_bytes(digest, "little") | 1 for digest in digests], np.uint64)


def _scramble(words: Words) -> Words:
    """SplitMix64's finaliser: a bijection of 64 bits in which every input bit moves every output bit."""
    words = words ^ words >> np.uint64(30)
    words *= _A
    words ^= words >> np.uint64(27)
    words *= _B
    words ^= words >> np.uint64(31)
    return words


def _rescramble(words: Words) -> Words:
    """A second bijection, with other shifts and multipliers."""
    words = words ^ words >> np.uint64(32)
    words *= _C
    words ^= words >> np.uint64(29)
    words *= _D
    words ^= words >> np.uint64(32)
    return words
