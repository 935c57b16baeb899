"""Faults of texts and bytes: blanks, letters, lengths, and NULL taken for a text."""

from __future__ import annotations

import unicodedata

import pyarrow as pa

from migrate.oracle.selftest.faults.fault import Fault, Test, cast, every, filled, null_to, one

_TEXT: Test = pa.types.is_string
_BINARY: Test = pa.types.is_binary


def _bgr(value: bytes) -> bytes:
    return b"".join(value[i : i + 3][::-1] for i in range(0, len(value), 3))


FAULTS = (
    Fault("one letter", _TEXT, one(lambda value: value[:-1] + "q", filled)),
    Fault("a blank at the end", _TEXT, one(lambda value: value + " ")),
    Fault("blanks are trimmed", _TEXT, every(str.strip, lambda value: value is not None and value != value.strip())),
    Fault("lower case", _TEXT, every(str.lower, lambda value: value is not None and value != value.lower())),
    Fault("empty becomes NULL", _TEXT, every(lambda _: None, lambda value: value == "")),
    Fault("NULL becomes empty", _TEXT, null_to("")),
    Fault('"NULL" becomes NULL', _TEXT, every(lambda _: None, lambda value: value == "NULL")),
    Fault('NULL becomes "None"', _TEXT, null_to("None")),
    Fault("leading zeros are lost", _TEXT, every(lambda value: "7", lambda value: value == "007")),
    Fault("accents are decomposed", _TEXT, every(lambda v: unicodedata.normalize("NFD", v), lambda v: v == "É")),
    Fault("characters become question marks", _TEXT, every(lambda value: "??", lambda value: value == "日本")),
    Fault(
        "cut at a zero byte",
        _TEXT,
        every(lambda value: value.split("\0")[0], lambda value: bool(value and "\0" in value)),
    ),
    Fault(
        "long texts are cut",
        _TEXT,
        every(lambda value: value[:64], lambda value: value is not None and len(value) > 64),
    ),
    Fault("the type becomes binary", _TEXT, cast(pa.binary())),
    Fault("one bit", _BINARY, one(lambda value: bytes([value[0] ^ 1]) + value[1:], filled)),
    Fault(
        "the last bit of a long value",
        _BINARY,
        one(lambda v: v[:-1] + bytes([v[-1] ^ 1]), lambda v: v and len(v) > 40),
    ),
    Fault("a zero byte at the end", _BINARY, one(lambda value: value + b"\0")),
    Fault("empty becomes NULL", _BINARY, every(lambda _: None, lambda value: value == b"")),
    Fault("BGR for RGB", _BINARY, every(_bgr, lambda value: value is not None and len(value) == 48)),
    Fault("one bit", pa.types.is_fixed_size_binary, one(lambda value: value[:-1] + bytes([value[-1] ^ 1]))),
)
