"""Every rule has a whole page, every mechanism a code, and what is written down from them is fresh."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from migrate.frontend.symbols import _symbols, _types
from migrate.ir import HeavyKind
from migrate.rules import Family, Rule, code_for, rules
from migrate.rules.page import markdown, plain, summary

ROOT = Path(__file__).resolve().parents[2]
# Their examples show source that is no Python 3.
BROKEN_ON_PURPOSE = {"SR913", "SR914"}
EACH = pytest.mark.parametrize("rule", rules().values(), ids=rules().keys())


def test_the_catalogue_is_large_enough_and_every_family_has_rules() -> None:
    assert len(rules()) >= 120
    assert {rule.family for rule in rules().values()} == set(Family)


def test_names_are_unique() -> None:
    names = [rule.name for rule in rules().values()]
    assert len(names) == len(set(names))


def test_no_symbol_carries_two_codes() -> None:
    symbols = [symbol for rule in rules().values() for symbol in rule.symbols]
    assert sorted(symbols) == sorted(set(symbols))


@EACH
def test_a_page_is_whole(rule: Rule) -> None:
    for part in (rule.matches, rule.why, rule.do, *rule.differences):
        assert part.strip() == part and part[-1] in ".:)`", part
        assert part.count("`") % 2 == 0, f"an open code span: {part}"
    page = markdown(rule)
    assert page.startswith(f"# {rule.code} {rule.name}\n")
    assert 10 <= len(summary(rule)) <= 200
    assert "`" not in plain(page)


@EACH
def test_the_examples_are_python_and_show_a_change(rule: Rule) -> None:
    assert rule.before != rule.after
    if rule.code in BROKEN_ON_PURPOSE:
        with pytest.raises(SyntaxError):
            ast.parse(rule.before)
    else:
        ast.parse(rule.before)
    if rule.after is not None:
        ast.parse(rule.after)


@pytest.mark.parametrize("heavy", HeavyKind, ids=lambda heavy: heavy.value)
def test_every_mechanism_has_a_rule_whatever_its_symbol(heavy: HeavyKind) -> None:
    code = code_for("some.library.call", heavy)
    assert code is not None
    assert heavy in rules()[code].heavy


@pytest.mark.parametrize(
    ("symbol", "heavy", "code"),
    [
        pytest.param("DataFrame.mapInPandas", HeavyKind.MAP_IN_PANDAS, "SR403", id="symbol and mechanism agree"),
        pytest.param("DataFrame.mapInPandas", None, "SR403", id="symbol alone"),
        pytest.param("RDDBarrier.mapPartitions", HeavyKind.BARRIER, "SR701", id="barrier"),
        pytest.param("RDD.mapPartitions", HeavyKind.RDD_MAP_PARTITIONS, "SR423", id="the same without a barrier"),
        pytest.param("RDD.aggregateByKey", HeavyKind.RDD_REDUCE, "SR426", id="one of several of a mechanism"),
        pytest.param("RDD.reduce", HeavyKind.RDD_REDUCE, "SR424", id="another of them"),
        pytest.param("CrossValidator.fit", HeavyKind.HYPERPARAM_SEARCH, "SR647", id="MLlib's search"),
        pytest.param("skdist.Search.fit", HeavyKind.HYPERPARAM_SEARCH, "SR715", id="an unknown search"),
        pytest.param("pyspark.ml.feature.StringIndexer.fit", HeavyKind.MLLIB_FEATURE_FIT, "SR613", id="fit"),
        pytest.param("NewThing.fit", HeavyKind.MLLIB_FEATURE_FIT, "SR636", id="a fit without a page"),
        pytest.param("FPGrowth.fit", HeavyKind.MLLIB_FIT, "SR645", id="a model without a page"),
        pytest.param("pyspark.ml.feature.StringIndexer.fit", None, "SR613", id="qualified symbol"),
        pytest.param("PipelineModel.transform", HeavyKind.MODEL_INFERENCE, "SR443", id="model applied"),
        pytest.param("sparktorch.SparkTorch.fit", HeavyKind.ESTIMATOR_OTHER, "SR718", id="named estimator"),
        pytest.param("orca.Estimator.fit", HeavyKind.ESTIMATOR_OTHER, "SR719", id="unnamed estimator"),
        pytest.param("StreamFrame.withColumn", None, "SR302", id="a streaming frame is a frame"),
        pytest.param("StreamFrame.join", None, "SR808", id="and has rules of its own"),
        pytest.param("GraphFrame.bfs", None, "SR921", id="whatever of a type"),
        pytest.param("DStream.map", HeavyKind.RDD_MAP, "SR421", id="a rule of its own before that of its type"),
        pytest.param("pyspark.pandas.read_csv", None, "SR409", id="whatever of a package"),
        pytest.param("DataFrame.mapInPandasish", None, None, id="near miss"),
        pytest.param("mapInPandas", None, None, id="a bare attribute is no symbol"),
    ],
)
def test_code_of_a_stage(symbol: str, heavy: HeavyKind | None, code: str | None) -> None:
    assert code_for(symbol, heavy) == code


def test_the_documentation_is_what_the_registry_says() -> None:
    script = _script("rules_docs")
    assert script.stale(ROOT / "docs" / "rules") == []


def test_a_stale_page_is_found(tmp_path: Path) -> None:
    script = _script("rules_docs")
    for name, text in script.pages().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert script.stale(tmp_path) == []
    (tmp_path / "SR403.md").write_text("old", encoding="utf-8")
    (tmp_path / "SR000.md").write_text("gone", encoding="utf-8")
    (tmp_path / "SR101.md").unlink()
    assert script.stale(tmp_path) == ["SR000.md", "SR101.md", "SR403.md"]


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_stage_that_the_front_end_knows_has_a_code() -> None:
    """The table of the front end is read as it stands, so that a new line in it asks for its rule."""
    tables = [*_types().values(), {name: op for name, op in _symbols().items() if not name.endswith("*")}]
    # Of these only the library that makes them says what they are; they come with a mechanism.
    generic = {"Estimator", "Runner", "TrainedElsewhere"}
    lacking = {
        op.symbol
        for table in tables
        for op in table.values()
        if (op.kind or op.heavy)
        and op.symbol.split(".")[0] not in generic
        and not op.symbol.endswith("_")
        and code_for(op.symbol, op.heavy) is None
    }
    assert lacking == set()


def test_every_code_that_is_written_anywhere_has_its_rule() -> None:
    files = [*(ROOT / "migrate").rglob("*.py"), *(ROOT / "templates").rglob("*.j2"), *(ROOT / "docs").rglob("*.md")]
    written = {code for file in files for code in re.findall(r"\bSR\d{3}\b", file.read_text(encoding="utf-8"))}
    assert written - set(rules()) == set()
