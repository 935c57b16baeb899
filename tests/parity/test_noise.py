"""Judged against Spark's own noise: what it explains, what it would hide, and what it can't have made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from migrate.parity.noise import Outs, judge
from migrate.parity.spec import ROUNDING, Allowance, Format, Output
from migrate.parity.verdict import Verdict

if TYPE_CHECKING:
    from tests.parity.conftest import Bench

EQUAL, DIFFERENT, INCONCLUSIVE = Verdict.EQUAL, Verdict.DIFFERENT, Verdict.INCONCLUSIVE
ROWS = 200
NAMES = [f"row-{number}" for number in range(ROWS)]
SCORES = [1.0 + number / 7 for number in range(ROWS)]
Columns = Mapping[str, Any]


def scores(*, off: float = 0.0, rows: Sequence[int] = range(0, ROWS, 3)) -> list[float | None]:
    return [score + off if number in rows else score for number, score in enumerate(SCORES)]


def table(score: Sequence[object] = SCORES, **more: Any) -> Columns:
    return {"name": NAMES, "score": score, **more}


def outs(folder: Path, sides: Sequence[Columns]) -> Outs:
    made = [folder / name for name in ("spark", "again", "ray")]
    for place, columns in zip(made, sides, strict=True):
        (place / "out").mkdir(parents=True)
        pq.write_table(pa.table(dict(columns)), place / "out" / "part-0.parquet")
    return Outs(*made)


KEYED = Output("out", Format.PARQUET, keys=("name",))
SMALL, LARGE = 1e-13, 1e-3
HOLE = [None, *SCORES[1:]]
CASES = [
    pytest.param([table()] * 3, EQUAL, None, id="no noise, no difference"),
    pytest.param([table(), table(), table(scores(off=SMALL))], DIFFERENT, None, id="no noise, the last digit differs"),
    pytest.param(
        [table(), table(scores(off=SMALL)), table(scores(off=2 * SMALL))], EQUAL, "too little", id="rounding on both"
    ),
    pytest.param(
        [table(), table(scores(off=SMALL)), table(scores(off=1e-10))], DIFFERENT, "10 times", id="beyond the noise"
    ),
    pytest.param(
        [table(), table(scores(off=LARGE)), table(scores(off=LARGE))], INCONCLUSIVE, "could hide", id="large noise"
    ),
    pytest.param([table(), table(scores(off=LARGE)), table()], EQUAL, "in all of it", id="noise, but Ray is right"),
    pytest.param(
        [table(), table(scores(off=SMALL)), table(HOLE)], DIFFERENT, "other values", id="a NULL is no rounding"
    ),
    pytest.param(
        [table(SCORES, count=[1] * ROWS), table(SCORES, count=[2] * ROWS), table(SCORES, count=[2] * ROWS)],
        INCONCLUSIVE,
        "nothing can be said of Ray's `count`",
        id="integers that vary",
    ),
    pytest.param(
        [table(SCORES, run=["a"] * ROWS), table(SCORES, run=["b"] * ROWS), table(scores(off=SMALL), run=["c"] * ROWS)],
        DIFFERENT,
        "other values",
        id="a quiet column beside one that varies",
    ),
    pytest.param(
        [table(), table(scores(off=SMALL)), {"name": NAMES}], DIFFERENT, "columns or types", id="a column is missing"
    ),
    pytest.param(
        [table(), {"name": NAMES[1:], "score": SCORES[1:]}, {"name": NAMES[:-1], "score": SCORES[:-1]}],
        INCONCLUSIVE,
        "no measure",
        id="rows that vary",
    ),
    pytest.param(
        [table(), table([int(score) for score in SCORES]), table(scores(off=SMALL))],
        INCONCLUSIVE,
        "no measure",
        id="a type that varies",
    ),
]


@pytest.mark.parametrize(("sides", "verdict", "said"), CASES)
def test_verdicts(tmp_path: Path, sides: Sequence[Columns], verdict: Verdict, said: str | None) -> None:
    judged = judge(KEYED, outs(tmp_path, sides), ROUNDING)
    assert judged.verdict is verdict
    assert judged.noise is None if said is None else judged.noise is not None and said in judged.noise.sentence


def test_a_tolerance_that_holds_for_spark_itself_is_no_noise(tmp_path: Path) -> None:
    output = Output("out", Format.PARQUET, keys=("name",), tolerances={"score": Allowance(abs=0.01)})
    sides = [table(), table(scores(off=LARGE)), table(scores(off=LARGE * 2))]
    judged = judge(output, outs(tmp_path, sides), ROUNDING)
    assert (judged.verdict, judged.noise) == (EQUAL, None)


def test_the_limit_is_the_specs(tmp_path: Path) -> None:
    sides = outs(tmp_path, [table(), table(scores(off=LARGE)), table(scores(off=LARGE))])
    assert judge(KEYED, sides, Allowance(abs=2 * LARGE)).verdict is EQUAL


def test_without_keys_and_every_column_noisy(tmp_path: Path) -> None:
    sides = [{"score": SCORES}, {"score": scores(off=LARGE)}, {"score": scores(off=2 * LARGE)}]
    assert judge(Output("out", Format.PARQUET), outs(tmp_path, sides), ROUNDING).verdict is not EQUAL


@pytest.mark.parametrize(
    ("format_", "write", "verdict"),
    [
        pytest.param(
            Format.METRICS, lambda off: json.dumps({"loss": 0.5 + off, "rows": 9}), INCONCLUSIVE, id="metrics"
        ),
        pytest.param(Format.TEXT, lambda off: f"loss {0.5 + off}\n", INCONCLUSIVE, id="text"),
    ],
)
def test_other_formats(tmp_path: Path, format_: Format, write: Any, verdict: Verdict) -> None:
    sides = Outs(*(tmp_path / name for name in ("spark", "again", "ray")))
    for place, off in ((sides.spark, 0.0), (sides.again, LARGE), (sides.ray, 2 * LARGE)):
        place.mkdir()
        (place / "out.txt").write_text(write(off))
    assert judge(Output("out.txt", format_), sides, ROUNDING).verdict is verdict


@pytest.mark.parametrize(
    ("jitter", "code", "verdict"),
    [pytest.param("1e-13", 0, "equal", id="rounding"), pytest.param("0.001", 3, "inconclusive", id="too noisy")],
)
def test_a_calibrated_run(
    bench: Bench, capsys: pytest.CaptureFixture[str], checkout: Path, jitter: str, code: int, verdict: str
) -> None:
    bench.write(spark=("--jitter", jitter), ray=("--jitter", jitter), gates="max_mismatched_rows = 0")
    assert bench.run("--calibrate") == code
    shown = " ".join(capsys.readouterr().out.split())
    assert "Spark differs from itself in `score`" in shown
    document = bench.document
    jsonschema.validate(document, json.loads((checkout / "migrate" / "schemas" / "parity.schema.json").read_text()))
    order = [(side["engine"], side["purpose"]) for side in document["sides"]]
    assert order == [("spark", "parity"), ("spark", "noise"), ("ray", "parity")]
    assert (document["verdict"], document["speed"]["spark"]["runs"]) == (verdict, 1)
    assert document["outputs"][0]["noise"]["columns"][0]["name"] == "score"


def test_a_gate_without_a_figure_is_open(bench: Bench) -> None:
    bench.write(output=None, gates="max_mismatched_rows = 0")
    assert bench.run() == 3
    assert "open gate max_mismatched_rows: nothing was compared" in bench.document["headline"]
