"""What a parity run has found so far: side runs, comparisons and metrics, pair by pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import fmean

from migrate.errors import MigrateError
from migrate.parity import noise, predictions, training
from migrate.parity.compare import ask
from migrate.parity.compared import OutputResult, Parting
from migrate.parity.failure import SideFailed
from migrate.parity.outputs import is_glob, undeclared
from migrate.parity.plan import Pair
from migrate.parity.result import Agreement, Cause, Curve, Failure, Metric, SideResult
from migrate.parity.spec import Format, Output, Spec
from migrate.parity.verdict import Verdict


@dataclass(frozen=True)
class Compared:
    """What one pair came to: enough to do without its outputs from then on.

    ``undeclared`` is what a side wrote that the spec does not declare, and nobody has looked at.
    """

    outputs: tuple[OutputResult, ...]
    metric: Metric | None
    curves: tuple[Curve, ...]
    undeclared: tuple[str, ...]
    agreement: Agreement | None = None


@dataclass
class Findings:
    """Grows by pair. ``equal_folders`` are the side runs whose outputs are no evidence of anything any more.

    ``taken_over`` counts the side runs that an earlier run in this run directory has done.
    """

    sides: list[SideResult] = field(default_factory=list)
    outputs: list[OutputResult] = field(default_factory=list)
    by_seed: dict[int, list[Metric]] = field(default_factory=dict)
    curves: list[Curve] = field(default_factory=list)
    equal_folders: list[str] = field(default_factory=list)
    undeclared: list[str] = field(default_factory=list)
    agreements: list[Agreement] = field(default_factory=list)
    taken_over: int = 0
    failure: Failure | None = None
    parting: Parting | None = None

    @property
    def metrics(self) -> list[Metric]:
        """The training metric of each seed, the mean over its repeats."""
        return [_mean(seed, found) for seed, found in self.by_seed.items()]

    def first_different(self, pairs: Sequence[Pair]) -> Pair | None:
        """The first pair of which an output differs."""
        different = {(each.seed, each.repeat) for each in self.outputs if each.verdict is Verdict.DIFFERENT}
        return next((pair for pair in pairs if (pair.spark.seed, pair.spark.repeat) in different), None)

    def take(self, pair: Pair, compared: Compared) -> None:
        """Add what a pair came to."""
        self.outputs += compared.outputs
        self.curves += compared.curves
        self.undeclared = list(dict.fromkeys([*self.undeclared, *compared.undeclared]))
        self.agreements += [compared.agreement] if compared.agreement else []
        if compared.metric is not None:
            self.by_seed.setdefault(pair.spark.seed, []).append(compared.metric)
        if all(output.verdict is Verdict.EQUAL for output in compared.outputs):
            self.equal_folders += [run.folder for run in pair.runs]


def compare(spec: Spec, pair: Pair, run_dir: Path) -> Compared:
    """Compare a pair that has run: its outputs and its metrics. Raises SideFailed where one can't be read."""
    runs = run_dir / "runs"
    spark, ray = (runs / run.folder / "out" for run in (pair.spark, pair.ray))
    again = runs / pair.again.folder / "out" if pair.again else None
    try:
        outputs = tuple(_judged(output, spec, pair, spark, again, ray) for output in spec.outputs)
        metric, curves = _metric(spec, pair, spark, again, ray), _curves(spec, pair, spark, ray)
        return Compared(outputs, metric, curves, _undeclared(spec, spark, ray), _agreement(spec, pair, spark, ray))
    except MigrateError as error:
        raise SideFailed(Failure(Cause.UNREADABLE_OUTPUT, str(error), seed=pair.spark.seed)) from error


def _undeclared(spec: Spec, spark: Path, ray: Path) -> tuple[str, ...]:
    return tuple(dict.fromkeys(path for out in (spark, ray) for path in undeclared(out, spec.needed)))


def _agreement(spec: Spec, pair: Pair, spark: Path, ray: Path) -> Agreement | None:
    if spec.training is None or spec.training.predictions is None:
        return None
    return predictions.agreement(spec.training.predictions, pair.spark.seed, spark, ray)


def _metric(spec: Spec, pair: Pair, spark: Path, again: Path | None, ray: Path) -> Metric | None:
    if spec.training is None:
        return None
    name, file = spec.training.metric, spec.training.output
    left, right = (training.read_metric(out / file, name) for out in (spark, ray))
    own = None if again is None else training.read_metric(again / file, name)
    return Metric(pair.spark.seed, left, right, own)


def _curves(spec: Spec, pair: Pair, spark: Path, ray: Path) -> tuple[Curve, ...]:
    if pair.spark.repeat > 1:
        return ()
    found: list[Curve] = []
    for path in _metrics_files(spec):
        documents = [training.read_document(out / path) for out in (spark, ray)]
        found += training.curves(pair.spark.seed, *documents)
    return tuple(found)


def _judged(output: Output, spec: Spec, pair: Pair, spark: Path, again: Path | None, ray: Path) -> OutputResult:
    if again is None:
        found = ask(output, spark, ray, ("Spark", "Ray"))
        judged = noise.Judged(Verdict(found["verdict"]), found)
    else:
        judged = noise.judge(output, noise.Outs(spark, again, ray), spec.noise)
    return OutputResult(
        path=output.path,
        format=output.format.value,
        seed=pair.spark.seed,
        repeat=pair.spark.repeat,
        verdict=judged.verdict,
        comparison=judged.comparison,
        reason=output.reason,
        tolerances={name: asdict(each) for name, each in output.tolerances.items()},
        noise=judged.noise,
    )


def _metrics_files(spec: Spec) -> list[str]:
    files = [output.path for output in spec.outputs if output.format is Format.METRICS and not is_glob(output.path)]
    return list(dict.fromkeys([*files, *([spec.training.output] if spec.training else [])]))


def _mean(seed: int, found: list[Metric]) -> Metric:
    again = [metric.again for metric in found if metric.again is not None]
    spark, ray = fmean(metric.spark for metric in found), fmean(metric.ray for metric in found)
    return Metric(seed, spark, ray, fmean(again) if again else None)
