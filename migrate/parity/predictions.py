"""Two models asked about the same held-out rows: for how many of them do they say the same?"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

from migrate.errors import MigrateError
from migrate.parity.outputs import output_path
from migrate.parity.result import Agreement, TrainingResult
from migrate.parity.spec import Predictions
from migrate.parity.verdict import Verdict


def agreement(wanted: Predictions, seed: int, spark: Path, ray: Path) -> Agreement:
    """Hold the predictions in two output folders against each other. Raises MigrateError where one can't be read.

    A row that one side lacks counts as one on which they do not agree. Both sides are held in memory.
    """
    left, right = (_read(wanted, out, side) for out, side in ((spark, "Spark"), (ray, "Ray")))
    same = sum(key in right and _agree(value, right[key], wanted) for key, value in left.items())
    return Agreement(seed, len(left.keys() | right.keys()), same)


def judge(result: TrainingResult, wanted: Predictions, found: tuple[Agreement, ...]) -> TrainingResult:
    """The training's result with what the predictions add to it: they may spoil it, and never mend it."""
    empty = [each for each in found if not each.rows]
    if empty or not found:
        verdict, said = Verdict.INCONCLUSIVE, "there are no predictions to compare"
    else:
        worst = min(found, key=lambda each: each.share)
        verdict = Verdict.EQUAL if worst.share >= wanted.min_agreement else Verdict.DIFFERENT
        said = (
            f"the models agree on {worst.same:,} of {worst.rows:,} held-out rows (seed {worst.seed}, the worst), "
            f"at least {wanted.min_agreement:.4g} of them wanted"
        )
    worst_first = (Verdict.DIFFERENT, Verdict.INCONCLUSIVE, Verdict.EQUAL)
    verdict = min(verdict, result.verdict, key=worst_first.index)
    return replace(result, verdict=verdict, sentence=f"{result.sentence}; {said}", agreements=found)


def _read(wanted: Predictions, out: Path, side: str) -> dict[tuple[Any, ...], Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = output_path(out, wanted.path)
    if path is None:
        raise MigrateError(f"The predictions `{wanted.path}` of the {side} side are gone.")
    try:
        table = pq.read_table(path, columns=[*wanted.keys, wanted.column])
    except (OSError, pa.ArrowException) as error:
        raise MigrateError(f"{path}: the predictions cannot be read as Parquet: {error}.") from error
    missing = {*wanted.keys, wanted.column} - set(table.column_names)
    if missing:
        raise MigrateError(f"{path}: the predictions have no column {sorted(missing)[0]}.")
    keys = zip(*(table.column(name).to_pylist() for name in wanted.keys), strict=True)
    found = dict(zip(keys, table.column(wanted.column).to_pylist(), strict=True))
    if len(found) < table.num_rows:
        raise MigrateError(f"{path}: {table.num_rows - len(found)} predictions have a key that another one has too.")
    return found


def _agree(left: Any, right: Any, wanted: Predictions) -> bool:
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(_agree(*pair, wanted) for pair in zip(left, right, strict=True))
    if isinstance(left, float) and isinstance(right, float) and math.isfinite(left) and math.isfinite(right):
        return abs(left - right) <= wanted.tolerance.abs + wanted.tolerance.rel * abs(right)
    both_nan = left != left and right != right
    return both_nan or (type(left) is type(right) and bool(left == right))
