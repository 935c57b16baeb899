"""Ten kinds of job: what `migrate rewrite` makes of each, against a Ray job that an expert wrote by hand.

Writes the section "expert" of docs/benchmarks.md, where kinds that are not run keep their rows. Both run as whole
processes on the same inputs, in turn; their outputs are compared, and the Spark job's with them.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from measured import Measured, measure

from benchmark_page import read_section, write_section
from demo import ROOT, python_of
from migrate.oracle import Options, Tolerance, Verdict, compare
from migrate.rewrite import rewrite

JOBS = Path(__file__).parent / "expert"
LIMIT = 1800.0
"""Seconds that one run may take."""
WORDS = 20_000
REPEAT = 3


@dataclass(frozen=True)
class Kind:
    """What a job reads, how much of it so that Ray has half a minute's work on two cores, what outputs are compared by.

    ``rows`` is the size: rows of the table or lines of the text; a task farm is told the number itself. ``relative`` is
    the tolerance for sums that are added up in another order.
    """

    rows: int
    inputs: Callable[[Path, int], None] | None
    key: str = ""
    relative: float = 0.0


def table(path: Path, rows: int) -> None:
    """A seeded Parquet table in 16 files: id, key (1,000 of them), text, x, y, z."""
    path.mkdir(parents=True)
    for part in range(16):
        generator = np.random.default_rng([part, rows])
        count = rows * (part + 1) // 16 - rows * part // 16
        numbers = generator.normal(size=(3, count))
        columns = {
            "id": np.arange(count) + rows * part // 16,
            "key": np.char.add("key ", generator.integers(0, 1000, count).astype(str)),
            "text": list(_lines(generator, count)),
            "x": numbers[0],
            "y": numbers[1],
            "z": 2 * numbers[0] - numbers[1] + numbers[2],
        }
        pq.write_table(pa.table(columns), path / f"part-{part:02}.parquet")


def text(path: Path, rows: int) -> None:
    """A seeded file of lines, a few words in each."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in _lines(np.random.default_rng(rows), rows))


def _lines(generator: np.random.Generator, count: int) -> Iterator[str]:
    words = [f"w{n:x}" for n in range(WORDS)]
    for length in generator.integers(5, 30, count):
        yield " ".join(words[n] for n in (generator.pareto(0.6, length) * 10).astype(int).clip(0, WORDS - 1))


KINDS = {
    "row_udf": Kind(2_000_000, table, "id"),
    "pandas_udf": Kind(12_000_000, table, "id", 1e-12),
    "map_in_pandas": Kind(1_200_000, table, "id", 1e-9),
    "map_in_arrow": Kind(2_000_000, table, "id", 1e-12),
    "grouped": Kind(2_000_000, table, "key", 1e-9),
    "cogrouped": Kind(2_000_000, table, "key", 1e-12),
    "task_farm": Kind(8_000, None),
    "word_count": Kind(2_000_000, text),
    "features": Kind(3_000_000, table, "id", 1e-6),
    "torch_inference": Kind(400_000, table, "id", 1e-9),
}


@dataclass(frozen=True)
class Row:
    """The runs of one kind of job, seconds each; ``verdict`` says what the comparison of the outputs found."""

    kind: str
    emitted: list[Measured]
    expert: list[Measured]
    spark: Measured | None
    verdict: str

    @property
    def ratio(self) -> float:
        """The emitted job's median wall-clock over the expert's."""
        return _median(self.emitted) / _median(self.expert)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("kinds", nargs="*", choices=[*KINDS, []], help="all when none is named")
    parser.add_argument("--repeat", type=int, default=REPEAT)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the rows, to try out")
    parser.add_argument("--no-spark", action="store_true")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "expert")
    options = parser.parse_args()
    rows, lines = [], _written()
    for kind in options.kinds or KINDS:
        rows.append(run(kind, options.folder.resolve() / kind, options))
        lines[kind] = line(rows[-1])
        print(lines[kind], flush=True)
        if (options.scale, options.repeat, options.no_spark) == (1, REPEAT, False):
            write_section("expert", section(lines))
    return 0 if all(row.verdict == "equal" for row in rows) else 1


def run(kind: str, folder: Path, options: argparse.Namespace) -> Row:
    """Rewrite a job and run what came out, the expert's and Spark's on the same inputs."""
    size = max(1, int(KINDS[kind].rows * options.scale))
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(JOBS / kind, folder)
    made = rewrite(folder / "job.py", everything=True)
    made.write()
    if len(made.run) != 1:
        sys.exit(f"{JOBS / kind / 'job.py'}: not moved whole, so there is nothing to compare")
    inputs = folder / "inputs"
    make = KINDS[kind].inputs
    if make is not None:
        make(inputs, size)
    emitted, expert = [], []
    for _ in range(options.repeat):
        emitted.append(timed("ray", made.folder / made.run[0], inputs, folder / "emitted", size))
        expert.append(timed("ray", folder / "expert.py", inputs, folder / "by_hand", size))
    spark = None if options.no_spark else timed("spark", folder / "job.py", inputs, folder / "spark", size)
    outputs = ["by_hand"] if options.no_spark else ["by_hand", "spark"]
    verdicts = {different(folder / name, folder / "emitted", KINDS[kind].key, KINDS[kind].relative) for name in outputs}
    shutil.rmtree(folder)
    return Row(kind, emitted, expert, spark, "equal" if verdicts == {""} else "; ".join(sorted(verdicts - {""})))


def timed(engine: str, script: Path, inputs: Path, output: Path, size: int) -> Measured:
    """One run of a script from nothing; anything but success ends the benchmark."""
    if output.is_dir():
        shutil.rmtree(output)
    words = [python_of(engine), script, inputs, output, size]
    # Spark's workers take whatever `python3` they find, else.
    environment = {**os.environ, "PYSPARK_PYTHON": str(python_of(engine))}
    done = measure([str(word) for word in words], LIMIT, cwd=script.parent, env=environment)
    if done.failure:
        sys.exit(f"The benchmark stops here: {script}: {done.failure}")
    return done


def different(one: Path, other: Path, key: str, relative: float) -> str:
    """What the comparison of two outputs found, empty where they are equal."""
    if one.is_file():
        return "" if one.read_bytes() == other.read_bytes() else f"{one.name} is not the same text"
    found = compare(one, other, Options(keys=[key], tolerances={"*": Tolerance(rel=relative)}))
    return "" if found.verdict is Verdict.EQUAL else f"{one.name}: {'; '.join(found.notes) or found.verdict.value}"


def _median(runs: list[Measured]) -> float:
    return statistics.median(one.wall for one in runs)


def line(row: Row) -> str:
    """One row of the table."""
    spark = " | " if row.spark is None else f"{row.spark.wall:.1f} | {row.spark.wall / _median(row.emitted):.2f}"
    loads = max(one.load for one in (*row.emitted, *row.expert))
    return (
        f"| {row.kind} | {_median(row.emitted):.1f} | {_median(row.expert):.1f} | **{row.ratio:.2f}** | {spark} "
        f"| {loads:.1f} | {row.verdict} |"
    )


def section(lines: dict[str, str]) -> str:
    """The table as a section of the page of benchmarks."""
    ratios = [float(found[1]) for found in (re.search(r"\*\*([\d.]+)\*\*", row) for row in lines.values()) if found]
    met = sum(ratio <= 1.05 for ratio in ratios)
    return "\n".join(
        [
            "## What is emitted against what an expert writes",
            "",
            "`make bench-expert`: whole processes on the same inputs, in turn. Seconds: one run on Spark, the median",
            f"of {REPEAT} on Ray. {met} of {len(ratios)} within 1.05 of the expert's.",
            "",
            "| job | emitted | expert | emitted / expert | Spark | Spark / emitted | load before | outputs |",
            "|---|---|---|---|---|---|---|---|",
            *(lines[kind] for kind in KINDS if kind in lines),
            "",
        ]
    )


def _written() -> dict[str, str]:
    """The rows that the page has, by kind."""
    rows = (re.match(r"\| (\w+) \|", row) for row in read_section("expert").splitlines())
    return {row[1]: row.string for row in rows if row and row[1] in KINDS}


if __name__ == "__main__":
    sys.exit(main())
