"""One table of a parity spec, read key by key, so that every mistake is one sentence that names file and key."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

from migrate.errors import MigrateError


class Table:
    """A TOML table and where it stands. Reading a key ticks it off; `close` complains about what nobody asked for."""

    def __init__(self, values: Mapping[str, Any], file: Path, where: str = "") -> None:
        self._values = values
        self._file = file
        self._where = where
        self._asked: set[str] = set()

    def fail(self, key: str, message: str) -> NoReturn:
        """Raise the error for ``key`` of this table."""
        raise MigrateError(f"{self._file}: {self._at(key)} {message}")

    def has(self, key: str) -> bool:
        return key in self._values

    def text(self, key: str, default: str | None = None) -> str:
        value = self._take(key, default)
        if not isinstance(value, str) or not value:
            self.fail(key, f"must be a text that is not empty, not {show(value)}")
        return value

    def optional_text(self, key: str) -> str | None:
        self._asked.add(key)
        return self.text(key) if self.has(key) else None

    def choice(self, key: str, choices: Sequence[str]) -> str:
        value = self.text(key)
        if value not in choices:
            self.fail(key, f"must be one of {', '.join(choices)}, not {show(value)}")
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self._take(key, default)
        if not isinstance(value, bool):
            self.fail(key, f"must be true or false, not {show(value)}")
        return value

    def number(self, key: str, default: float | None = None) -> float:
        """A finite number that is not negative."""
        value = self._take(key, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or value < 0:
            self.fail(key, f"must be a number of 0 or more, not {show(value)}")
        return float(value)

    def optional_number(self, key: str) -> float | None:
        self._asked.add(key)
        return self.number(key) if self.has(key) else None

    def whole(self, key: str, default: int | None = None) -> int:
        """A whole number that is not negative."""
        value = self._take(key, default)
        if not is_whole(value):
            self.fail(key, f"must be a whole number of 0 or more, not {show(value)}")
        return int(value)

    def texts(self, key: str, *, needed: bool = False) -> tuple[str, ...]:
        """A list of texts; with ``needed`` it must be there and must not be empty."""
        value = self._take(key, None if needed else [])
        if not isinstance(value, list) or any(not isinstance(item, str) or not item for item in value):
            self.fail(key, f"must be a list of texts, not {show(value)}")
        if needed and not value:
            self.fail(key, "must not be empty")
        return tuple(value)

    def wholes(self, key: str) -> tuple[int, ...]:
        value = self._take(key)
        if not isinstance(value, list) or not value or any(not is_whole(item) for item in value):
            self.fail(key, f"must be a list of whole numbers of 0 or more, not {show(value)}")
        if len(set(value)) < len(value):
            self.fail(key, f"names a number twice: {show(value)}")
        return tuple(value)

    def line_ranges(self, key: str) -> tuple[tuple[int, int], ...]:
        """A list of [first, last] lines, both of them inside."""
        value = self._take(key)
        if not isinstance(value, list) or not value:
            self.fail(key, f"must be a list of [first, last] lines, not {show(value)}")
        for pair in value:
            good = isinstance(pair, list) and len(pair) == 2 and all(is_whole(line) for line in pair)
            if not good or not 1 <= pair[0] <= pair[1]:
                self.fail(key, f"must hold [first, last] lines that count from 1, not {show(pair)}")
        return tuple((pair[0], pair[1]) for pair in value)

    def text_map(self, key: str) -> Mapping[str, str]:
        value = self._take(key, {})
        if not isinstance(value, dict):
            self.fail(key, f"must be a table of texts, not {show(value)}")
        for name, item in value.items():
            if not isinstance(item, str):
                self.fail(f"{key}.{name}", f"must be a text, not {show(item)}")
        return dict(value)

    def table(self, key: str) -> Table:
        """A table inside this one; an absent one reads as empty."""
        value = self._take(key, {})
        if not isinstance(value, dict):
            self.fail(key, f"must be a table, not {show(value)}")
        return Table(value, self._file, self._at(key))

    def tables(self, key: str, named_by: str) -> list[Table]:
        """The tables of an array of tables, each called by its ``named_by`` in messages, or else by its number."""
        value = self._take(key, [])
        if not isinstance(value, list) or any(not isinstance(item, dict) for item in value):
            self.fail(key, f"must be an array of tables, written [[{key}]]")
        where = self._at(key)
        names = [item.get(named_by) for item in value]
        return [
            Table(item, self._file, f"{where} {show(name)}:" if isinstance(name, str) else f"{where} {number}:")
            for number, (item, name) in enumerate(zip(value, names, strict=True), start=1)
        ]

    def names(self) -> tuple[str, ...]:
        return tuple(self._values)

    def close(self, also: Sequence[str] = ()) -> None:
        """Complain about the first key that nothing read. ``also`` names keys that only some specs lead to."""
        known = sorted(self._asked | set(also))
        for key in self._values:
            if key not in known:
                near = get_close_matches(key, known, n=1)
                hint = f"did you mean `{near[0]}`?" if near else f"known here: {', '.join(known)}"
                self.fail(key, f"is not a key of the spec; {hint}")

    def _take(self, key: str, default: object = None) -> Any:
        self._asked.add(key)
        if key in self._values:
            return self._values[key]
        if default is None:
            self.fail(key, "is missing")
        return default

    def _at(self, key: str) -> str:
        if not self._where:
            return key
        return f"{self._where} {key}" if self._where.endswith(":") else f"{self._where}.{key}"


def is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def show(value: object) -> str:
    """A TOML value as a person would write it, cut when it is long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."
