"""What a job does not call is left out of an emitted class, with all that only it would need."""

from __future__ import annotations

import ast

from migrate.translate.helpers import helper_source
from migrate.translate.trim import Trimmable

SOURCE = '''\
import math


class Kept:
    """The first class always stays."""

    def __init__(self):
        self.size = first()

    def wanted(self):
        return self.inner()

    def inner(self):
        return Beside

    @property
    def unwanted(self):
        return second()


def first():
    return 1


def second():
    return 2


class Beside:
    pass


class Alone:
    pass
'''


def names(source: str) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def test_what_is_asked_for_stays_with_what_it_asks_for() -> None:
    text = Trimmable(SOURCE).text(["wanted"])
    assert names(text) == {"Kept", "__init__", "wanted", "inner", "first", "Beside"}
    assert "@property" not in text
    assert text.startswith('import math\n\n\nclass Kept:\n    """The first')


def test_a_class_of_its_own_stays_where_the_job_names_it() -> None:
    assert "Alone" in names(Trimmable(SOURCE).text(["Alone"]))
    assert "Alone" not in names(Trimmable(SOURCE).text(["other"]))


def test_an_rdd_holds_what_a_job_calls_and_no_more() -> None:
    few = names(helper_source(["rdd"], (), ["map", "collect"])[0])
    assert {"RDD", "map", "mapPartitions", "collect", "run_partition"} <= few
    assert not {"join", "spread_partition", "StatCounter", "portable_hash"} & few
    more = names(helper_source(["rdd"], (), ["join"])[0])
    assert {"join", "groupWith", "union", "spread_partition", "portable_hash"} <= more


def test_imports_follow_what_stays() -> None:
    assert "import bisect" not in helper_source(["rdd"], (), ["map"])[1]
    assert "import bisect" in helper_source(["rdd"], (), ["sortByKey"])[1]
