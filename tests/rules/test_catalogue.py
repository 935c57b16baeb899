"""The mappings and the rules speak of one thing by one code."""

from __future__ import annotations

import pytest

from migrate.catalogue import mappings
from migrate.mapping import Mapping
from migrate.rules import code_for, rules

# A mapping of several symbols is listed under each of them.
EACH = list(dict.fromkeys(mappings().values()))


@pytest.mark.parametrize("mapping", EACH, ids=lambda mapping: type(mapping).__name__)
def test_a_mapping_carries_the_code_of_what_it_matches(mapping: Mapping) -> None:
    assert mapping.code in rules()
    assert mapping.code in {code_for(symbol) for symbol in mapping.symbols}
