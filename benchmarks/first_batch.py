"""From `fit()` to the first batch, and samples per second from there on: what is emitted against a job by hand.

Writes the section "first batch" of docs/benchmarks.md. Whole processes in turn on the same table; each notes its times.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

from expert_jobs import JOBS, table, timed

from benchmark_page import write_section
from demo import ROOT
from migrate.rewrite import rewrite

ROWS, REPEAT, BAR = 200_000, 5, 1.05


@dataclass(frozen=True)
class Noted:
    """One run's own notes: seconds until the first batch, samples a second from there on, the loss at its end."""

    wait: float
    rate: float
    loss: float

    @classmethod
    def read(cls, file: Path) -> Noted:
        """The notes that a job has written."""
        said = json.loads(file.read_text(encoding="utf-8"))
        return cls(said["first"] - said["asked"], said["samples"] / (said["end"] - said["first"]), said["loss"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--repeat", type=int, default=REPEAT)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "first-batch")
    options = parser.parse_args()
    folder = options.folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(JOBS / "training", folder)
    made = rewrite(folder / "job.py", everything=True)
    made.write()
    if len(made.run) != 1:
        sys.exit("job.py is not moved whole, so there is nothing to compare")
    inputs = folder / "inputs"
    table(inputs, options.rows)
    runs: dict[str, list[Noted]] = {"emitted": [], "expert": []}
    loads = []
    for number in range(options.repeat):
        for name, script in (("emitted", made.folder / made.run[0]), ("expert", folder / "expert.py")):
            out = folder / f"{name}-{number}.json"
            loads.append(timed("ray", script, inputs, out, options.rows).load)
            runs[name].append(Noted.read(out))
    spark = folder / "spark.json"
    timed("spark", folder / "job.py", inputs, spark, options.rows)
    text = section(runs, Noted.read(spark), max(loads), options.rows)
    print(text)
    if (options.rows, options.repeat) == (ROWS, REPEAT):
        write_section("first batch", text)
    return 0


def section(runs: dict[str, list[Noted]], spark: Noted, load: float, rows: int) -> str:
    """The table as a section of the page of benchmarks."""
    emitted, expert = median(runs["emitted"]), median(runs["expert"])
    wait, rate = emitted.wait / expert.wait, expert.rate / emitted.rate
    met = sum(ratio <= BAR for ratio in (wait, rate))
    return "\n".join(
        [
            "## Time to the first batch",
            "",
            f"`make bench-first-batch`: a network of 66,000 weights on {rows:,} rows, 2 workers. Medians of",
            f"{len(runs['emitted'])} runs on Ray, one on Spark; load average before a run at most {load:.1f}. "
            f"{met} of 2 within {BAR} of the expert's.",
            "",
            "| | emitted | expert | worse than the expert's by | Spark |",
            "|---|---|---|---|---|",
            f"| from `fit()` to the first batch, s | {emitted.wait:.1f} | {expert.wait:.1f} | **{wait:.2f}** "
            f"| {spark.wait:.1f} |",
            f"| samples a second from there on | {emitted.rate:,.0f} | {expert.rate:,.0f} | **{rate:.2f}** "
            f"| {spark.rate:,.0f} |",
            f"| loss at the end | {emitted.loss:.3f} | {expert.loss:.3f} | | {spark.loss:.3f} |",
            "",
        ]
    )


def median(runs: list[Noted]) -> Noted:
    """The median of each figure."""
    return Noted(*(statistics.median(getattr(run, name) for run in runs) for name in ("wait", "rate", "loss")))


if __name__ == "__main__":
    sys.exit(main())
