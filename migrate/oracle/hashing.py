"""Vectorised 128-bit hashes in two lanes of 64: the arithmetic under every claim that two datasets are equal."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Words = NDArray[np.uint64]

LONGEST_WORDWISE = 256
"""Values of more bytes are hashed one by one by BLAKE2b; shorter ones eight bytes at a time, many rows at once."""

_A, _B = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_C, _D = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_E, _F = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)


class Lanes(NamedTuple):
    """One 128-bit hash a row, as two arrays of 64 bits. The arrays belong to the holder, who may change them."""

    one: Words
    two: Words

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Lanes:
        return Lanes(self.one[rows], self.two[rows])

    def equals(self, other: Lanes) -> NDArray[np.bool_]:
        """Row by row: do both lanes agree?"""
        same: NDArray[np.bool_] = (self.one == other.one) & (self.two == other.two)
        return same

    def add(self, other: Lanes) -> None:
        """Add in place, modulo 2^64: blind to the order of what is added, never to how often."""
        np.add(self.one, other.one, out=self.one)
        np.add(self.two, other.two, out=self.two)

    def less(self, other: Lanes) -> Lanes:
        return Lanes(self.one - other.one, self.two - other.two)

    def total(self) -> tuple[int, int]:
        """The sums of both lanes modulo 2^64."""
        return int(self.one.sum(dtype=np.uint64)), int(self.two.sum(dtype=np.uint64))


class Seed(NamedTuple):
    """Two words that set one column, field or use of a hash apart from every other."""

    one: np.uint64
    two: np.uint64


@cache
def seed(*names: str) -> Seed:
    """The seed of a name, the same in every process."""
    digest = hashlib.blake2b("\0".join(names).encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return Seed(np.uint64(int.from_bytes(digest[:8], "little")), np.uint64(int.from_bytes(digest[8:], "little")))


def zeros(rows: int) -> Lanes:
    return Lanes(np.zeros(rows, np.uint64), np.zeros(rows, np.uint64))


def constant(rows: int, value: Seed) -> Lanes:
    return Lanes(np.full(rows, value.one), np.full(rows, value.two))


def scramble(words: Words) -> Words:
    """SplitMix64's finaliser, in place: a bijection of 64 bits in which every input bit moves every output bit."""
    scratch = words >> np.uint64(30)
    words ^= scratch
    words *= _A
    np.right_shift(words, np.uint64(27), out=scratch)
    words ^= scratch
    words *= _B
    np.right_shift(words, np.uint64(31), out=scratch)
    words ^= scratch
    return words


def rescramble(words: Words) -> Words:
    """A second bijection, with other shifts and multipliers, into a new array."""
    out: Words = words >> np.uint64(32)
    out ^= words
    out *= _C
    scratch = out >> np.uint64(29)
    out ^= scratch
    out *= _D
    np.right_shift(out, np.uint64(32), out=scratch)
    out ^= scratch
    return out


def hash_word(words: Words, seed: Seed) -> Lanes:
    """Hash one 64-bit word a row. Each lane is a bijection of the word, so two words never share a hash.

    The lanes part half way, at the second multiplication, which is enough to make their sums independent: what one sum
    tells of the other is only the leading bits of the same half-hashes multiplied by two numbers.
    """
    one = words ^ seed.one
    scratch = one >> np.uint64(30)
    one ^= scratch
    one *= _A
    np.right_shift(one, np.uint64(27), out=scratch)
    one ^= scratch
    two = one * _C
    one *= _B
    np.right_shift(one, np.uint64(31), out=scratch)
    one ^= scratch
    np.right_shift(two, np.uint64(32), out=scratch)
    two ^= scratch
    return Lanes(one, two)


def hash_two(first: Words, second: Words, seed: Seed) -> Lanes:
    """Hash two words a row, each lane with its own way of joining them."""
    one = scramble(first ^ seed.one)
    one += second
    one = scramble(one)
    two = rescramble(second ^ seed.two)
    two += first * _E
    return Lanes(one, rescramble(two))


def combine(parts: Lanes, salt: Seed) -> Lanes:
    """Seal a sum of hashes, so that sums of sealed sums keep what was added together apart."""
    return Lanes(scramble(parts.one ^ salt.one), rescramble(parts.two ^ salt.two))


def hash_sizes(sizes: NDArray[np.int64], seed: Seed) -> Lanes:
    """The start of a hash of bytes: how many there are."""
    words = sizes.astype(np.uint64)
    return Lanes(scramble(words ^ seed.one), rescramble(words ^ seed.two))


def absorb_words(lanes: Lanes, words: NDArray[np.uint64]) -> None:
    """Add the bytes of each row, eight to a word and padded with zeros, to its hash. Zero words add nothing.

    Each word is multiplied by an odd number of its place between two xor-shifts: without these, two flips of a highest
    bit would cancel out.
    """
    for place in range(words.shape[1]):
        word = words[:, place] >> np.uint64(32)
        word ^= words[:, place]
        word *= _factor(place)
        scratch = word >> np.uint64(32)
        word ^= scratch
        np.add(lanes.one, word, out=lanes.one)
        word *= _F
        np.right_shift(word, np.uint64(29), out=scratch)
        word ^= scratch
        np.add(lanes.two, word, out=lanes.two)


@cache
def _factor(place: int) -> np.uint64:
    odd: np.uint64 = seed("word", str(place)).one | np.uint64(1)
    return odd


def absorb_digests(lanes: Lanes, values: Iterable[memoryview]) -> None:
    """Add the bytes of each row to its hash by way of BLAKE2b."""
    joined = b"".join(hashlib.blake2b(value, digest_size=16).digest() for value in values)
    digests = np.frombuffer(joined, "<u8").reshape(-1, 2)
    np.add(lanes.one, digests[:, 0], out=lanes.one)
    np.add(lanes.two, digests[:, 1], out=lanes.two)


def seal(lanes: Lanes) -> Lanes:
    """Finish a hash of bytes."""
    return Lanes(scramble(lanes.one), rescramble(lanes.two))


def positions(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """0, 1, 2, ... within every run: the place of each element in its list."""
    ends = np.cumsum(lengths)
    return np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - lengths, lengths)


def sum_runs(elements: Lanes, lengths: NDArray[np.int64]) -> Lanes:
    """The sum of every run of elements, modulo 2^64; an empty run is 0."""
    ends = np.cumsum(lengths)
    return Lanes(_run_sums(elements.one, ends, lengths), _run_sums(elements.two, ends, lengths))


def _run_sums(words: Words, ends: NDArray[np.int64], lengths: NDArray[np.int64]) -> Words:
    sums = np.zeros(len(words) + 1, np.uint64)
    np.cumsum(words, out=sums[1:])
    totals: Words = sums[ends] - sums[ends - lengths]
    return totals
