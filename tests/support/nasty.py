"""Seeded files of text that readers disagree on: quotes, line ends, empty values, NULLs, marks, mixed types, gaps."""

from __future__ import annotations

import random
from pathlib import Path

_SCALARS = (
    *("1", "-7", "0", "2.50", "1e3", "-0.0", "9223372036854775807", "9223372036854775808", "NaN", "1.0E20"),
    *("true", "false", "null", '""', '"x"', '"é\\u00e9\\n"', '"NaN"', '"2020-01-01"', '"\U0001f600"', '" "', '"1"'),
)
_KEYS = ("a", "b", "Z", "é", "k_1", "_x")
_BROKEN = ("bad", '{"a":1', "3", "[1]", '{"a":01}', '{"a":1,}', '"s"', "", "  ", "null")
_FIELDS = (
    *("1", "+5", "-7", " 5", "2147483648", "12345678901234567890", "1.5", "1e3", "NaN", "Inf", "007", "nan"),
    *("true", "FALSE", "2020-01-01", "2020-1-2", "2020-01-01 10:00:00", "2020-01-01T10:00:00.5Z", "2020-02-30"),
    *("", "x", "é", '"a,b"', '"q""r"', '"e\\"f"', '"open', '""', " ", "'"),
)


def _value(dice: random.Random, depth: int) -> str:
    kind = dice.random()
    if depth < 3 and kind < 0.12:
        return f"[{','.join(_value(dice, depth + 1) for _ in range(dice.randint(0, 3)))}]"
    return _object(dice, depth + 1) if depth < 3 and kind < 0.24 else dice.choice(_SCALARS)


def _object(dice: random.Random, depth: int = 0) -> str:
    blank = dice.choice(["", " "])
    pairs = (f'"{key}":{blank}{_value(dice, depth)}' for key in dice.sample(_KEYS, dice.randint(0, 4)))
    return "{" + f",{blank}".join(pairs) + "}"


def json_lines(seed: int) -> bytes:
    """Records, some of them broken, lists, or followed by more; the first one is an object with a value."""
    dice = random.Random(seed)
    records = ['{"a": 1}']
    for _ in range(dice.randint(1, 6)):
        kind = dice.random()
        if kind < 0.1:
            records.append(dice.choice(_BROKEN))
        elif kind < 0.15:
            records.append(f"[{','.join(_object(dice) for _ in range(dice.randint(0, 3)))}]")
        else:
            records.append(_object(dice) + dice.choice(["", "", " trailing", "\r"]))
    text = "\n".join(records) + dice.choice(["", "\n"])
    return text.encode("utf-8-sig" if seed % 3 == 0 else "utf-8")


def csv_rows(seed: int) -> bytes:
    """A header with a name in quotes and an empty one, and rows of one to four fields from a few sorts of value."""
    dice = random.Random(seed)
    sorts = dice.sample(_FIELDS, 3)
    rows = [",".join(dice.choice(sorts) for _ in range(dice.randint(1, 4))) for _ in range(dice.randint(1, 6))]
    text = 'a,b,"cé",\n' + dice.choice(["\n", "\r\n"]).join(rows) + dice.choice(["", "\n"])
    return text.encode("utf-8-sig" if seed % 3 == 0 else "utf-8")


def write(folder: Path, count: int) -> None:
    """So many files of each kind: ``0.json``, ``0.csv``, ``1.json`` and so on."""
    folder.mkdir(parents=True)
    for seed in range(count):
        (folder / f"{seed}.json").write_bytes(json_lines(seed))
        (folder / f"{seed}.csv").write_bytes(csv_rows(seed))
