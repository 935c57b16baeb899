"""Where two sides part: both run once more and write out their stages, which are compared one after the other."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from migrate.errors import MigrateError
from migrate.parity import stages
from migrate.parity.compare import ask
from migrate.parity.compared import Parting, StageResult
from migrate.parity.plan import Pair, Plan
from migrate.parity.result import Purpose, SideResult
from migrate.parity.runner import Conditions, run_side
from migrate.parity.spec import Allowance, Format, Output, Spec, Stage
from migrate.parity.verdict import Verdict

_TABLES = {Format.PARQUET, Format.CSV, Format.JSON}


def part(planned: Plan, pair: Pair, conditions: Conditions, sides: list[SideResult]) -> Parting:
    """Run both sides of ``pair`` once more, add them to ``sides``, and name the first stage at which they part.

    Raises SideFailed, and MigrateError where a stage can't be read.
    """
    spec = planned.spec
    if not spec.stages:
        return Parting((), None, "The spec names no stage, so nothing says where the sides part")
    folders = []
    last = planned.pairs[-1].ray.number
    for number, run in enumerate((pair.spark, pair.ray), start=last + 1):
        again = replace(run, number=number, purpose=Purpose.STAGES)
        folders.append(conditions.run_dir / "runs" / again.folder)
        shutil.rmtree(folders[-1], ignore_errors=True)  # Of the run that this one goes on with.
        sides.append(run_side(again, conditions))
    return _parting(
        tuple(found for number, stage in enumerate(spec.stages) for found in _compare(spec, number, stage, *folders))
    )


def _compare(spec: Spec, number: int, stage: Stage, spark: Path, ray: Path) -> Iterator[StageResult]:
    """The values that a stage's variable was given, one after the other, where it was as often on both sides."""
    left, right = stages.written(spark, number), stages.written(ray, number)
    if len(left) != len(right) or not left:
        counts = f"assigned {len(left)} times on Spark, {len(right)} times on Ray"
        yield StageResult(stage.title, None, counts)
        return
    for position, pair in enumerate(zip(left, right, strict=True), start=1):
        title = stage.title if len(left) == 1 else f"{stage.title}, assignment {position}"
        yield _compare_one(spec, title, *pair)


def _compare_one(spec: Spec, title: str, spark: Path, ray: Path) -> StageResult:
    for side, written in (("Spark", spark), ("Ray", ray)):
        if reason := stages.refusal(written):
            return StageResult(title, None, f"not written on {side}: {reason}")
    try:
        found = ask(_as_output(spec, spark, ray), spark, ray, ("Spark", "Ray"))
    except MigrateError as error:
        return StageResult(title, None, str(error).rstrip("."))
    return StageResult(title, Verdict(found["verdict"]), None, found)


def _as_output(spec: Spec, spark: Path, ray: Path) -> Output:
    """A stage as an output: keys and tolerances are those of declared tables, as far as it has their columns."""
    columns = _columns(spark) & _columns(ray)
    tables = [output for output in spec.outputs if output.format in _TABLES]
    keys = next((output.keys for output in tables if output.keys and columns.issuperset(output.keys)), ())
    tolerances: dict[str, Allowance] = {}
    for output in tables:
        tolerances |= {name: each for name, each in output.tolerances.items() if name in columns - set(keys)}
    return Output(".", Format.PARQUET, keys=keys, tolerances=tolerances, allow_empty=True)


def _columns(folder: Path) -> set[str]:
    import pyarrow.parquet as pq

    file = next(folder.rglob("*.parquet"), None)
    return set(pq.read_schema(file).names) if file is not None else set()


def _parting(found: tuple[StageResult, ...]) -> Parting:
    compared = [stage for stage in found if stage.verdict is not None]
    apart = [stage for stage in compared if stage.verdict is not Verdict.EQUAL]
    in_values = [stage for stage in apart if not stage.differs_in_types_only]
    if not compared:
        return Parting(found, None, "No stage was written on both sides, so nothing says where they part")
    if not apart:
        return Parting(
            found, None, f"All {len(compared)} stages agree; the sides part behind the last, {compared[-1].title}"
        )
    first = (in_values or apart)[0]
    before = compared[compared.index(first) - 1] if compared.index(first) else None
    sentence = f"The sides part at {first.title}: {first.how}"
    if not in_values:
        sentence += "; no stage differs in its values"
    if before is not None:
        sentence += (
            f"; the stage before, {before.title}, {'agrees' if before.verdict is Verdict.EQUAL else 'differs in types'}"
        )
    return Parting(found, first.title, sentence)
