"""A code is either said of some code, by the analyzer or the rewriter, or its page says that it is there to be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import migrate
from migrate.frontend.symbols import _symbols, _types
from migrate.inventory import analyze
from migrate.ir import HeavyKind
from migrate.rules import code_for, rules

PACKAGE = Path(migrate.__file__).parent
MODULES = ("feature", "classification", "regression", "clustering", "recommendation", "tuning", "fpm", "stat")


def of_known_calls() -> Iterator[str | None]:
    """The codes of the calls that the front end knows, and of the mechanisms whatever their symbol."""
    for table in (*_types().values(), {name: op for name, op in _symbols().items() if not name.endswith("*")}):
        for op in table.values():
            if op.kind or op.heavy:
                yield code_for(op.symbol, op.heavy)
    for heavy in HeavyKind:
        yield code_for("some.library.call", heavy)


def named_in_the_code() -> Iterator[str]:
    """The codes that the toolkit itself writes down: findings, reasons, mappings."""
    for file in sorted(PACKAGE.rglob("*.py")):
        if file.relative_to(PACKAGE).parts[0] != "rules":
            yield from re.findall(r'"(SR\d{3})"', file.read_text(encoding="utf-8"))


def of_classes(folder: Path) -> Iterator[str | None]:
    """The codes of MLlib's classes, whose fit and transform the front end knows by their module alone."""
    names = sorted({symbol.split(".")[-2] for rule in rules().values() for symbol in rule.symbols
                    if symbol.endswith((".fit", ".transform"))})  # fmt: skip
    lines = ["from pyspark.sql import SparkSession", "df = SparkSession.builder.getOrCreate().table('t')"]
    for module in MODULES:
        for name in names:
            lines += [
                f"from pyspark.ml.{module} import {name}",
                f"{name}().fit(df).transform(df).show()",
                f"{name}().transform(df).show()",
            ]
    (folder / "job.py").write_text("\n".join(lines))
    for job in analyze((folder,), 1).jobs:
        yield from (stage.code for stage in job.stages)


def test_every_code_is_said_or_says_that_it_is_not(tmp_path: Path) -> None:
    said = {*of_known_calls(), *named_in_the_code(), *of_classes(tmp_path)} & set(rules())
    assert {code for code, rule in rules().items() if rule.reported} == said
