"""Secrets in environments and command lines: found by name, and kept out of everything that is written or shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

HIDDEN = "***"
# A shorter value would be replaced inside ordinary words of a log.
_SHORTEST_IN_TEXT = 4
_SECRET_PARTS = {"password", "passwd", "passphrase", "pwd", "secret", "token", "credential", "credentials", "apikey"}
_SECRET_PAIRS = {("api", "key"), ("access", "key"), ("private", "key"), ("account", "key"), ("signing", "key")}
_USER_IN_URL = re.compile(r"(?<=://)([^/\s:@]*):([^/\s@]+)(?=@)")


def is_secret_name(name: str, *, of_variable: bool = False) -> bool:
    """Whether a value of this name is a secret. A variable that ends in KEY is, an option like `--sort-key` is not."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    parts = [part.lower() for part in re.split(r"[^A-Za-z0-9]+", spaced) if part]
    if any(part in _SECRET_PARTS for part in parts):
        return True
    if any(pair in _SECRET_PAIRS for pair in pairwise(parts)):
        return True
    return of_variable and bool(parts) and parts[-1] == "key"


class Redactor:
    """Replaces the secrets of the given environments and commands by `***`, wherever they turn up."""

    def __init__(self, environments: Iterable[Mapping[str, str]] = (), commands: Iterable[Sequence[str]] = ()) -> None:
        found: set[str] = set()
        for environment in environments:
            found.update(value for name, value in environment.items() if is_secret_name(name, of_variable=True))
            found.update(secret for value in environment.values() for secret in _url_secrets(value))
        for command in commands:
            found.update(_command_secrets(command))
        kept = (value for value in found if len(value) >= _SHORTEST_IN_TEXT)
        # A secret that contains another one must go first, or its rest would stay readable.
        self._values = tuple(sorted(kept, key=len, reverse=True))

    @property
    def values(self) -> tuple[str, ...]:
        return self._values

    def text(self, text: str) -> str:
        for value in self._values:
            text = text.replace(value, HIDDEN)
        return _USER_IN_URL.sub(rf"\1:{HIDDEN}", text)

    def command(self, command: Sequence[str]) -> list[str]:
        secrets = set(_command_secrets(command))
        return [HIDDEN if word in secrets else self.text(_hide_after_equals(word)) for word in command]

    def environment(self, environment: Mapping[str, str]) -> dict[str, str]:
        return {
            name: HIDDEN if is_secret_name(name, of_variable=True) else self.text(value)
            for name, value in environment.items()
        }


def _command_secrets(command: Sequence[str]) -> Iterable[str]:
    for position, word in enumerate(command):
        name, equals, value = word.partition("=")
        if equals and value and is_secret_name(name):
            yield value
        elif word.startswith("-") and is_secret_name(word) and position + 1 < len(command):
            yield command[position + 1]
        yield from _url_secrets(word)


def _hide_after_equals(word: str) -> str:
    name, equals, value = word.partition("=")
    return f"{name}={HIDDEN}" if equals and value and is_secret_name(name) else word


def _url_secrets(text: str) -> Iterable[str]:
    return (match.group(2) for match in _USER_IN_URL.finditer(text))
