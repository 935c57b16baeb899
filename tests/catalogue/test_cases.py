"""Every case of every mapping: what is rewritten comes out as the case says, what is not stays with Spark."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from job_of import PREAMBLE, on_ray, planned

from migrate.catalogue import mappings
from migrate.emit.style import undefined_names
from migrate.ir import Engine
from migrate.mapping import Case, Mapping

CASES = [
    pytest.param(mapping, case, id=f"{type(mapping).__name__}-{case.name}")
    for mapping in dict.fromkeys(mappings().values())
    for case in mapping.cases
]
REWRITTEN = [param for param in CASES if param.values[1].after is not None]
LEFT = [param for param in CASES if param.values[1].after is None]


@pytest.mark.parametrize(("mapping", "case"), REWRITTEN)
def test_a_case_comes_out_as_it_says(mapping: Mapping, case: Case, tmp_path: Path) -> None:
    text = on_ray(case, tmp_path)
    emitted = [ast.unparse(statement) for statement in ast.parse(text).body]
    assert case.after is not None
    for statement in ast.parse(case.after).body:
        assert ast.unparse(statement) in emitted, text
    assert "pyspark" not in text
    assert not undefined_names(text, tmp_path / "job.py")


@pytest.mark.parametrize(("mapping", "case"), LEFT)
def test_a_near_miss_stays_on_spark_with_its_reason(mapping: Mapping, case: Case, tmp_path: Path) -> None:
    job, plan, _, file = planned(case, tmp_path)
    first = len(PREAMBLE.splitlines()) + 1
    stages = [stage for stage in job.stages if stage.span.line >= first and stage.symbol in mapping.symbols]
    assert stages, f"no stage of {mapping.symbols} was read from {file.read_text()}"
    assert all(plan.refusals.get(stage.id) for stage in stages)
    assert all(stage.engine is Engine.SPARK for stage in stages)


def test_every_code_has_a_rule() -> None:
    from migrate.rules import rules

    assert {mapping.code for mapping in mappings().values()} <= set(rules())


@pytest.mark.parametrize(
    ("attributes", "sentence"),
    [
        ({"symbols": ("A.b",)}, "lacks code"),
        ({"code": "X1", "symbols": ("A.b",)}, "a code is SR"),
    ],
)
def test_a_mapping_that_breaks_the_contract_is_refused(attributes: dict[str, object], sentence: str) -> None:
    from migrate.ir import Cost, Kind

    body = {"kind": Kind.MAP_ROWS, "cost": Cost.NATIVE, "emit": lambda self, call: None, "__doc__": "", **attributes}
    with pytest.raises(TypeError, match=sentence):
        type("Broken", (Mapping,), body)
