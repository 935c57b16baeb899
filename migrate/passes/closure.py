"""What can be reached from some stages of a graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def reached(starts: Iterable[str], neighbours: Mapping[str, Iterable[str]]) -> set[str]:
    """The starts and all that can be reached from them."""
    seen = set(starts)
    waiting = list(seen)
    while waiting:
        for following in neighbours.get(waiting.pop(), ()):
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return seen
