"""The helpers that emitted files bring along, beside one another."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from migrate.mapping import NotCarried
from migrate.translate.helpers import helper_source

_DEFINITION = re.compile(r"^(?:def|class) (\w+)|^(\w+) = ", re.MULTILINE)


def test_helpers_have_names_of_their_own(checkout: Path) -> None:
    """Any two may stand in one file. Only classes of ml and of mllib share a name, and those are refused together."""
    files = defaultdict(set)
    for file in (checkout / "templates" / "stage").rglob("*.j2"):
        for names in _DEFINITION.findall(file.read_text(encoding="utf-8")):
            files["".join(names)].add(file.name)
    shared = {name: found for name, found in files.items() if len(found) > 1}
    others = {name: [file for file in found if not file.startswith("mllib_")] for name, found in shared.items()}
    assert [name for name, found in others.items() if len(found) > 1] == []
    assert "IDF" in shared


def test_two_of_one_name_are_refused() -> None:
    with pytest.raises(NotCarried, match="both called IDF"):
        helper_source(["idf", "mllib_idf"], ())
