"""The regular expressions that mean to Java what they mean to Python's ``re`` with ``re.ASCII``."""

from __future__ import annotations

import re

from migrate.mapping import NotCarried

_CLASS_MEMBER = r"[^\[\]\\&^\-~|]|\\[wWsSdDtnrf]|\\[^\w\s]"
_SHARED = re.compile(
    rf"""(?:
        [^\\\[\](){{}}.*+?^$|]              # a character that stands for itself
        | \\[wWsSdDtnrf]                    # classes and control characters
        | \\[^\w\s]                         # an escaped sign
        | \[\^?(?:(?:{_CLASS_MEMBER})(?:-[^\[\]\\&])?)+\]
        | \((?:\?:)? | \) | \|              # groups and alternatives
        | (?:[*+?]|\{{\d+(?:,\d*)?\}})\??(?![*+?{{])
    )*""",
    re.VERBOSE | re.ASCII,
)


def check_shared(pattern: str) -> None:
    r"""NotCarried for a pattern with what the two read differently, or what is not known to be the same.

    Such are ``.``, ``$`` and ``\b`` (other line ends and letters), ``\p{...}``, look-around, back references, flags,
    possessive quantifiers, and classes inside classes. So is a pattern that can match nothing: Java finds such a match
    between the two halves of a character outside of the basic plane.
    """
    try:
        re.compile(pattern, re.ASCII)
    except re.error as error:
        raise NotCarried(f"the pattern {pattern!r} is none to Python: {error}") from error
    if re.search(pattern, "", re.ASCII):
        raise NotCarried(f"the pattern {pattern!r} can match nothing, which Java does inside of a character too")
    if not _SHARED.fullmatch(pattern):
        raise NotCarried(f"the pattern {pattern!r} may mean something else to Java than to Python")
