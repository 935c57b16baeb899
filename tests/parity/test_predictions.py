"""What two models say of the same held-out rows."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from migrate.errors import MigrateError
from migrate.parity.predictions import agreement, judge
from migrate.parity.result import Agreement, TrainingResult
from migrate.parity.spec import Allowance, Predictions
from migrate.parity.verdict import Verdict

WANTED = Predictions("predictions", ("id",), "said", 0.9, Allowance(abs=0.01))


def side(folder: Path, said: list[Any], ids: list[int] | None = None) -> Path:
    (folder / "predictions").mkdir(parents=True)
    columns = {"id": ids or list(range(len(said))), "said": said}
    pq.write_table(pa.table(columns), folder / "predictions" / "part-0.parquet")
    return folder


@pytest.mark.parametrize(
    ("left", "right", "rows", "same"),
    [
        pytest.param(["a", "b", None], ["a", "c", None], 3, 2, id="classes"),
        pytest.param([0.5, 0.5, math.nan, math.inf], [0.505, 0.52, math.nan, math.inf], 4, 3, id="numbers"),
        pytest.param([[0.1, 0.9], [0.5, 0.5]], [[0.1, 0.905], [0.5, 0.6]], 2, 1, id="lists"),
        pytest.param(["a", "b", "c"], ["a", "b"], 3, 2, id="a row that Ray lacks"),
        pytest.param([1, 2], [1.0, 2.0], 2, 0, id="other types"),
    ],
)
def test_rows_that_agree(tmp_path: Path, left: list[Any], right: list[Any], rows: int, same: int) -> None:
    found = agreement(WANTED, 7, side(tmp_path / "spark", left), side(tmp_path / "ray", right))
    assert found == Agreement(7, rows, same)


def test_rows_are_paired_by_key(tmp_path: Path) -> None:
    left, right = side(tmp_path / "spark", ["a", "b"], [1, 2]), side(tmp_path / "ray", ["b", "a"], [2, 1])
    assert agreement(WANTED, 0, left, right).share == 1.0


@pytest.mark.parametrize(
    ("metric", "counts", "verdict"),
    [
        pytest.param(Verdict.EQUAL, [(10, 9), (10, 10)], Verdict.EQUAL, id="on the edge"),
        pytest.param(Verdict.EQUAL, [(10, 8), (10, 10)], Verdict.DIFFERENT, id="one seed below"),
        pytest.param(Verdict.INCONCLUSIVE, [(10, 10)], Verdict.INCONCLUSIVE, id="they mend nothing"),
        pytest.param(Verdict.DIFFERENT, [(10, 10)], Verdict.DIFFERENT, id="nor a difference"),
        pytest.param(Verdict.EQUAL, [(0, 0)], Verdict.INCONCLUSIVE, id="no rows"),
    ],
)
def test_what_they_add(metric: Verdict, counts: list[tuple[int, int]], verdict: Verdict) -> None:
    found = tuple(Agreement(seed, rows, same) for seed, (rows, same) in enumerate(counts))
    judged = judge(TrainingResult("accuracy", 0.02, metric, "it was tested", ()), WANTED, found)
    assert (judged.verdict, judged.agreements) == (verdict, found)
    assert judged.sentence.startswith("it was tested; ")


def test_predictions_that_cannot_be_held_against_each_other(tmp_path: Path) -> None:
    good = side(tmp_path / "good", ["a", "b"])
    with pytest.raises(MigrateError, match="1 predictions have a key that another one has too"):
        agreement(WANTED, 0, good, side(tmp_path / "twice", ["a", "b"], [1, 1]))
    with pytest.raises(MigrateError, match="of the Ray side are gone"):
        agreement(WANTED, 0, good, tmp_path)
    (good / "predictions" / "part-0.parquet").write_bytes(b"PAR1")
    with pytest.raises(MigrateError, match="cannot be read as Parquet"):
        agreement(WANTED, 0, good, good)
    other = Predictions("predictions", ("id",), "answer", 0.9)
    with pytest.raises(MigrateError, match="answer"):
        agreement(other, 0, side(tmp_path / "spark", ["a"]), side(tmp_path / "ray", ["a"]))
