"""Causes that show in texts: what CSV and JSON make of NULL, blanks, letter case and the spelling of numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from migrate.oracle.arrays import valid
from migrate.oracle.causes.cause import Cause, Evidence, both, either_way, is_text
from migrate.oracle.sources.delimited import is_number

if TYPE_CHECKING:
    from migrate.oracle.causes.cause import Mask

_JSON_NULL = "null"


def _mask(array: pa.Array) -> Mask:
    mask: Mask = pc.fill_null(array, False).to_numpy(zero_copy_only=False)
    return mask


def _absent_or_null(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not both(is_text, left, right):
        return None
    return either_way(lambda one, other: ~valid(one) & _mask(pc.equal(other, _JSON_NULL)), left, right), ""


def _empty_or_null(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not both(is_text, left, right):
        return None
    return either_way(lambda one, other: ~valid(one) & _mask(pc.equal(other, "")), left, right), ""


def _blanks(left: pa.Array, right: pa.Array) -> Evidence | None:
    return _same_after(pc.utf8_trim_whitespace, left, right)


def _letter_case(left: pa.Array, right: pa.Array) -> Evidence | None:
    return _same_after(pc.utf8_lower, left, right)


def _same_after(change: Callable[[pa.Array], pa.Array], left: pa.Array, right: pa.Array) -> Evidence | None:
    if not both(is_text, left, right):
        return None
    return _mask(pc.equal(change(left), change(right))), ""


def _spelling(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not both(is_text, left, right):
        return None
    pairs = zip(left.to_pylist(), right.to_pylist(), strict=True)
    return np.array([_same_number(one, other) for one, other in pairs], np.bool_), ""


def _same_number(one: str | None, other: str | None) -> bool:
    return bool(one and other and is_number(one) and is_number(other) and float(one) == float(other))


def _quoted(left: pa.Array, right: pa.Array) -> Evidence | None:
    if not both(is_text, left, right):
        return None
    pairs = list(zip(left.to_pylist(), right.to_pylist(), strict=True))
    found = [_is_quoted(one, other) or _is_quoted(other, one) for one, other in pairs]
    return np.array(found, np.bool_), ""


def _is_quoted(plain: str | None, quoted: str | None) -> bool:
    """Whether one JSON value is the text of the other: 3 and "3"."""
    if plain is None or quoted is None or not quoted.startswith('"') or plain.startswith('"'):
        return False
    try:
        inner: Any = json.loads(quoted)
    except ValueError:
        return False
    return bool(inner == plain)


CAUSES = (
    Cause(
        _absent_or_null,
        "`{column}`: {count} null on one side and absent on the other. Spark's JSON writer leaves NULL fields out "
        "unless ignoreNullFields is false.",
        rule="SR223",
    ),
    Cause(_empty_or_null, "`{column}`: {count} NULL on one side and an empty text on the other.", rule="SR202"),
    Cause(_quoted, "`{column}`: {count} a text on one side and the same without quotes on the other.", certain=False),
    Cause(
        _spelling,
        "`{column}`: {count} the same number in other digits, such as 1 and 1.0 or 1.0E10 and 1e10.",
        rule="SR347",
    ),
    Cause(_blanks, "`{column}`: {count} the same but for blanks at the ends.", certain=False),
    Cause(_letter_case, "`{column}`: {count} the same but for upper and lower case.", certain=False),
)
