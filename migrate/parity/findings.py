"""What a parity run has found so far: side runs, comparisons and metrics, pair by pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import fmean

from migrate.errors import MigrateError
from migrate.parity import noise, training
from migrate.parity.compare import ask
from migrate.parity.compared import OutputResult, Parting
from migrate.parity.failure import SideFailed
from migrate.parity.outputs import is_glob
from migrate.parity.plan import Pair
from migrate.parity.result import Cause, Curve, Failure, Metric, SideResult
from migrate.parity.spec import Format, Output, Spec
from migrate.parity.verdict import Verdict


@dataclass
class Findings:
    """Grows by pair. ``equal_folders`` are the side runs whose outputs are no evidence of anything any more."""

    sides: list[SideResult] = field(default_factory=list)
    outputs: list[OutputResult] = field(default_factory=list)
    by_seed: dict[int, list[Metric]] = field(default_factory=dict)
    curves: list[Curve] = field(default_factory=list)
    equal_folders: list[str] = field(default_factory=list)
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

    def compare(self, spec: Spec, pair: Pair, run_dir: Path) -> None:
        """Take in a pair that has run: its outputs and its metrics. Raises SideFailed where one can't be read."""
        runs = run_dir / "runs"
        spark, ray = (runs / run.folder / "out" for run in (pair.spark, pair.ray))
        again = runs / pair.again.folder / "out" if pair.again else None
        try:
            outputs = [_judged(output, spec, pair, spark, again, ray) for output in spec.outputs]
            self.outputs += outputs
            self._measure(spec, pair, spark, again, ray)
        except MigrateError as error:
            raise SideFailed(Failure(Cause.UNREADABLE_OUTPUT, str(error), seed=pair.spark.seed)) from error
        if all(output.verdict is Verdict.EQUAL for output in outputs):
            self.equal_folders += [run.folder for run in pair.runs]

    def _measure(self, spec: Spec, pair: Pair, spark: Path, again: Path | None, ray: Path) -> None:
        seed = pair.spark.seed
        if spec.training is not None:
            name, file = spec.training.metric, spec.training.output
            left, right = (training.read_metric(out / file, name) for out in (spark, ray))
            own = None if again is None else training.read_metric(again / file, name)
            self.by_seed.setdefault(seed, []).append(Metric(seed, left, right, own))
        if pair.spark.repeat == 1:
            for path in _metrics_files(spec):
                documents = [training.read_document(out / path) for out in (spark, ray)]
                self.curves += training.curves(seed, *documents)


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
