"""The inner loops of the oracle's hashes, twice: compiled where a compiler was at hand, else in NumPy.

Both give the same bits. The compiled ones are tried against NumPy's when they are loaded, and left alone where they
differ: on a machine that stores words the other way round, or beside a source that has changed since.
"""

from __future__ import annotations

from migrate.oracle.kernels import native, reference

_chosen = native.load() or reference

combine = _chosen.combine
deal = _chosen.deal
gather = _chosen.gather
hash_bytes = _chosen.hash_bytes
hash_two = _chosen.hash_two
hash_word = _chosen.hash_word
COMPILED = _chosen is not reference
"""Whether the compiled loops are used."""

__all__ = ["COMPILED", "combine", "deal", "gather", "hash_bytes", "hash_two", "hash_word"]
