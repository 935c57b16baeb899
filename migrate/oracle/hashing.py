"""Vectorised 128-bit hashes in two lanes of 64: the arithmetic under every claim that two datasets are equal."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from migrate.oracle import kernels
from migrate.oracle.kernels.reference import LONGEST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Words = NDArray[np.uint64]


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

    def gather(self, other: Lanes) -> tuple[int, int]:
        """Add in place as `add` does, and return the sums of both lanes of what was added."""
        return kernels.gather(other.one, other.two, self)

    def deal(self, groups: Words, bits: int, sums: NDArray[np.uint64]) -> None:
        """Add each row to the sum of its group, which the highest `bits` of `groups` number: two lanes of sums."""
        kernels.deal(groups, self.one, self.two, bits, (sums[0], sums[1]))

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


def hash_word(words: Words, seed: Seed) -> Lanes:
    """Hash one 64-bit word a row. Each lane is a bijection of the word, so two words never share a hash."""
    return Lanes(*kernels.hash_word(words, seed))


def hash_two(first: Words, second: Words, seed: Seed) -> Lanes:
    """Hash two words a row, each lane with its own way of joining them."""
    return Lanes(*kernels.hash_two(first, second, seed))


def combine(parts: Lanes, salt: Seed) -> Lanes:
    """Seal a sum of hashes, so that sums of sealed sums keep what was added together apart."""
    return Lanes(*kernels.combine(parts.one, parts.two, salt))


def hash_bytes(data: NDArray[np.uint8], starts: NDArray[np.int64], sizes: NDArray[np.int64], seed: Seed) -> Lanes:
    """Hash the `sizes[row]` bytes of each row that lie in `data` from `starts[row]` on."""
    long = np.flatnonzero(sizes > LONGEST)
    if not len(long):
        return Lanes(*kernels.hash_bytes(data, starts, sizes, seed))
    # For a long value stands its BLAKE2b digest, as two words.
    lanes = Lanes(*kernels.hash_bytes(data, starts, np.where(sizes > LONGEST, 0, sizes), seed))
    spans = zip(starts[long].tolist(), sizes[long].tolist(), strict=True)
    digests = b"".join(
        hashlib.blake2b(data.data[start : start + size], digest_size=16).digest() for start, size in spans
    )
    words = np.frombuffer(digests, "<u8").reshape(-1, 2).astype(np.uint64)
    lanes.one[long], lanes.two[long] = combine(Lanes(words[:, 0], words[:, 1]), seed)
    return lanes


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
