"""The equivalence test: Student's t against published tables, and what it says about made-up metrics."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from migrate.errors import MigrateError
from migrate.parity.result import Metric
from migrate.parity.spec import Training
from migrate.parity.student import t_cdf, t_quantile
from migrate.parity.training import curves, judge, read_metric
from migrate.parity.verdict import Verdict


# Upper percentage points of the t distribution, as printed in statistical tables.
@pytest.mark.parametrize(
    ("degrees", "five_percent", "half_percent"),
    [
        (1, 6.314, 63.657),
        (2, 2.920, 9.925),
        (3, 2.353, 5.841),
        (4, 2.132, 4.604),
        (5, 2.015, 4.032),
        (9, 1.833, 3.250),
        (10, 1.812, 3.169),
        (29, 1.699, 2.756),
        (30, 1.697, 2.750),
        (120, 1.658, 2.617),
    ],
)
def test_t_against_the_tables(degrees: int, five_percent: float, half_percent: float) -> None:
    assert t_quantile(0.95, degrees) == pytest.approx(five_percent, abs=6e-4)
    assert t_quantile(0.995, degrees) == pytest.approx(half_percent, abs=6e-4)
    assert t_cdf(0.0, degrees) == pytest.approx(0.5)
    assert t_cdf(-five_percent, degrees) == pytest.approx(0.05, abs=2e-4)


def training(margin: float = 0.02) -> Training:
    return Training("val_accuracy", (0, 1, 2), margin, "metrics.json")


def metrics(*differences: float) -> list[Metric]:
    return [Metric(seed, 0.8 + seed / 100, 0.8 + seed / 100 + d) for seed, d in enumerate(differences)]


@pytest.mark.parametrize(
    ("differences", "verdict", "said"),
    [
        pytest.param((0.0, 0.0, 0.0), Verdict.EQUAL, "the same on Ray as on Spark for 3 seeds", id="the same"),
        pytest.param((0.001, -0.002, 0.003, 0, 0), Verdict.EQUAL, "over 5 seeds", id="a little apart"),
        pytest.param((0.001, -0.002, 0.003, 0), Verdict.INCONCLUSIVE, "it takes 5 seeds", id="of too few seeds"),
        pytest.param((0.02,) * 5, Verdict.EQUAL, "equivalent", id="all on the edge"),
        pytest.param((0.021, 0.021, 0.021), Verdict.DIFFERENT, "outside the margin", id="all just beyond it"),
        pytest.param((0.03, 0.05, 0.04), Verdict.DIFFERENT, "outside the margin", id="far apart"),
        pytest.param(
            (-0.05, 0.05, 0.0, 0.0, 0.0), Verdict.INCONCLUSIVE, "more seeds would tell", id="mean within, chance not"
        ),
        pytest.param((0.0,), Verdict.EQUAL, "for one seed", id="one seed, the same"),
        pytest.param((0.01,), Verdict.INCONCLUSIVE, "it takes 5 seeds", id="one seed within"),
        pytest.param((-0.03,), Verdict.DIFFERENT, "outside", id="one seed outside"),
        pytest.param((0.0, math.nan, 0.0), Verdict.DIFFERENT, "not a finite number (seed 1", id="not a number"),
        pytest.param((0.0, math.inf), Verdict.DIFFERENT, "not a finite number", id="infinite"),
    ],
)
def test_verdicts(differences: tuple[float, ...], verdict: Verdict, said: str) -> None:
    judged = judge(training(), metrics(*differences))
    assert judged.verdict is verdict
    assert said in judged.sentence


@pytest.mark.parametrize(
    ("ray", "again", "verdict"),
    [
        pytest.param(0.01, 0.01, Verdict.EQUAL, id="both within the margin"),
        pytest.param(0.01, 0.03, Verdict.INCONCLUSIVE, id="Ray within, Spark itself beyond"),
        pytest.param(0.04, 0.03, Verdict.INCONCLUSIVE, id="both beyond"),
        pytest.param(0.06, 0.03, Verdict.DIFFERENT, id="Ray beyond the margin and the noise"),
        pytest.param(math.nan, 0.03, Verdict.INCONCLUSIVE, id="Ray not a number, Spark noisy"),
        pytest.param(math.nan, 0.0, Verdict.DIFFERENT, id="Ray not a number"),
    ],
)
def test_against_the_noise_of_spark(ray: float, again: float, verdict: Verdict) -> None:
    found = [Metric(seed, 0.8, 0.8 + ray, 0.8 + again) for seed in range(5)]
    judged = judge(training(), found)
    assert judged.verdict is verdict
    assert ("Spark does not agree with itself" in judged.sentence) is (verdict is Verdict.INCONCLUSIVE)


def test_the_interval_by_hand() -> None:
    judged = judge(training(0.05), metrics(0.01, 0.02, 0.03))
    # mean 0.02, standard deviation 0.01, two degrees of freedom: 0.02 -+ 2.920 * 0.01 / sqrt(3)
    assert judged.mean_difference == pytest.approx(0.02)
    assert judged.interval == pytest.approx((0.02 - 0.016858, 0.02 + 0.016858), abs=1e-5)
    assert judged.p_value is not None and 0.01 < judged.p_value < 0.05


@pytest.mark.parametrize(
    ("document", "metric", "value"),
    [
        pytest.param({"val_accuracy": 0.5}, "val_accuracy", 0.5, id="at the top"),
        pytest.param({"best": {"loss": 1}}, "best.loss", 1.0, id="in a table"),
        pytest.param({"history": [{"loss": 2.0}, {"loss": 1.0}]}, "history[-1].loss", 1.0, id="the last of a list"),
        pytest.param({"val.accuracy": 0.25}, "val.accuracy", 0.25, id="a name with a dot"),
        pytest.param({"a": 0.5}, "b", "there is no metric `b`", id="not there"),
        pytest.param({"a": [1]}, "a[1]", "there is no metric", id="beyond the list"),
        pytest.param({"a": "0.5"}, "a", "is not a number", id="a text"),
        pytest.param({"a": True}, "a", "is not a number", id="a truth value"),
        pytest.param({"a": None}, "a", "is not a number", id="nothing"),
    ],
)
def test_reading_a_metric(tmp_path: Path, document: object, metric: str, value: float | str) -> None:
    file = tmp_path / "metrics.json"
    file.write_text(json.dumps(document))
    if isinstance(value, float):
        assert read_metric(file, metric) == value
        return
    with pytest.raises(MigrateError, match=value):
        read_metric(file, metric)


def test_curves_come_from_what_both_sides_kept() -> None:
    spark = {"history": [{"epoch": 0, "loss": 2.0, "lr": 0.1}, {"epoch": 1, "loss": math.nan}], "name": "x"}
    ray = {"log": [{"epoch": 0, "loss": 2.5}, {"epoch": 1, "loss": 1.5}]}
    (curve,) = curves(3, spark, ray)
    assert (curve.name, curve.seed, curve.spark, curve.ray) == ("loss", 3, (2.0, None), (2.5, 1.5))
    assert curves(0, {"loss": 1.0}, ray) == []
