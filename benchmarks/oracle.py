"""`migrate compare` and datacompy's polars back end in turn on the same Parquet files of 10 columns."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from measured import Measured, measure

FILE_ROWS = 1_000_000
GROUP_ROWS = (250_000, 400_000)  # the two sides differ in how they are stored
MOST_FILES = 20  # beyond these a dataset has the same files again, under other names
KINDS = ("equal", "one cell", "1 % of rows")

# Both print the verdict, the rows that differ, and the seconds without starting Python and importing libraries.
OURS = """
import sys, time
from pathlib import Path
from migrate.oracle import Options, compare
import migrate.oracle.engine, migrate.oracle.collect, migrate.oracle.sources.parquet
began = time.perf_counter()
found = compare(Path(sys.argv[1]), Path(sys.argv[2]), Options())
print(found.verdict.value, found.changed, time.perf_counter() - began)
"""
PEER = """
import sys, time
import datacompy
import polars as pl
began = time.perf_counter()
one, other = (pl.read_parquet(path + "/*.parquet") for path in sys.argv[1:3])
found = datacompy.PolarsCompare(one, other, join_columns=["id"])
verdict, changed = "equal" if found.matches() else "different", len(one) - found.count_matching_rows()
print(verdict, changed, time.perf_counter() - began)
"""


def made(number: int, kind: str) -> pa.Table:
    """One file's rows, the same whenever they are asked for."""
    rng = np.random.default_rng(number)
    rows = FILE_ROWS
    ids = np.arange(number * rows, (number + 1) * rows)
    x = rng.normal(size=rows)
    if kind == "1 % of rows":
        x[::100] += 0.5
    elif kind == "one cell" and number == 0:
        x[0] += 0.5
    digits = pc.utf8_lpad(pa.array(ids).cast(pa.string()), 9, "0")
    return pa.table(
        {
            "id": ids,
            "count": rng.integers(0, 1000, rows).astype(np.int32),
            "x": x,
            "y": rng.normal(size=rows).astype(np.float32),
            "z": pa.array(rng.normal(size=rows), mask=rng.random(rows) < 0.1),
            "flag": rng.random(rows) < 0.5,
            "day": pa.array(rng.integers(0, 20_000, rows).astype(np.int32)).cast(pa.date32()),
            "at": pa.array(rng.integers(0, 2**50, rows)).cast(pa.timestamp("us", "UTC")),
            "color": np.array(["red", "green", "blue", "yellow"])[rng.integers(0, 4, rows)],
            "name": pc.binary_join_element_wise("img-", digits, ".jpg", ""),
        }
    )


def write(folder: Path, files: int, kind: str, side: int) -> Path:
    """One side; the right one has the rows of each file in another order, its row groups in another size.

    What is not damaged is a link to the file of the equal side, and a large dataset has each file several times, so
    that a hundred million rows fit on a disk.
    """
    here = folder / f"{files}-{('left', 'right')[side]}-{kind.replace(' %', '-percent').replace(' ', '-')}"
    here.mkdir(exist_ok=True)
    for number in range(files):
        content = number % MOST_FILES
        damaged = kind == "1 % of rows" or (kind == "one cell" and number == 0)
        place = folder / f"{content}-{side}-{KINDS.index(kind) if damaged else 0}.parquet"
        if not place.exists():
            table = made(content, kind if damaged else "equal")
            if side:
                table = table.take(pa.array(np.random.default_rng(content + 1).permutation(table.num_rows)))
            unfinished = place.with_suffix(".part")
            pq.write_table(table, unfinished, row_group_size=GROUP_ROWS[side])
            unfinished.rename(place)
        # The right side's files come in another order too.
        link = here / f"{files - number if side else number:04}.parquet"
        if not link.exists():
            link.hardlink_to(place)
    return here


def ran(body: str, left: Path, right: Path, limit: float) -> Measured:
    return measure([sys.executable, "-c", body, str(left), str(right)], limit)


def shown(runs: list[Measured]) -> str:
    """The verdict and the medians of several runs, or why there are none."""
    failed = [run for run in runs if run.failure]
    if failed:
        return f"{failed[0].failure} | - | - | - | {max(run.memory for run in failed):,.0f}"
    verdict, changed, _ = said(runs[0])
    wall, alone, cpu = (f"{median(figure(run) for run in runs):,.1f}" for figure in FIGURES.values())
    return f"{verdict} {changed} | {wall} | {alone} | {cpu} | {median(run.memory for run in runs):,.0f}"


def said(run: Measured) -> tuple[str, str, float]:
    """What a run printed: the verdict, the rows that differ, the seconds of the comparison alone."""
    verdict, changed, seconds = run.output.strip().splitlines()[-1].split()
    return verdict, changed, float(seconds)


FIGURES: dict[str, Callable[[Measured], float]] = {
    "wall": lambda run: run.wall,
    "the comparison alone": lambda run: said(run)[2],
    "cpu": lambda run: run.cpu,
}


def rows_of_table(millions: list[int], kinds: list[str], folder: Path, options: argparse.Namespace) -> Iterator[str]:
    yield "| million rows | data | | verdict, changed | wall s | comparison alone s | CPU s | peak memory MB | load |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for files in millions:
        left = write(folder, files, "equal", 0)
        for kind in kinds:
            right = write(folder, files, kind, 1)
            bodies = {"migrate compare": OURS, "datacompy, polars": PEER}
            if files > options.peer_up_to:
                del bodies["datacompy, polars"]
            runs: dict[str, list[Measured]] = {name: [] for name in bodies}
            for _ in range(options.repeat):
                for name, body in bodies.items():
                    runs[name].append(ran(body, left, right, options.limit))
            for name, several in runs.items():
                loads = f"{min(run.load for run in several):.1f} to {max(run.load for run in several):.1f}"
                yield f"| {files} | {kind} | {name} | {shown(several)} | {loads} |"
            if len(runs) == 2 and not any(run.failure for several in runs.values() for run in several):
                for what, figure in FIGURES.items():
                    ratios = [figure(theirs) / figure(ours) for ours, theirs in zip(*runs.values(), strict=True)]
                    spread = f"{median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})"
                    yield f"| {files} | {kind} | times faster by {what} | {spread} | | | | | |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--millions", type=int, nargs="+", default=[1, 10], help="sizes, in millions of rows")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--repeat", type=int, default=3, help="pairs of runs; medians are shown")
    parser.add_argument("--work", type=Path, help="keep the files here (about 100 bytes a row of the largest size)")
    parser.add_argument("--peer-up-to", type=int, default=100, help="leave datacompy out beyond so many million rows")
    parser.add_argument("--limit", type=float, default=1800, help="seconds after which a run is stopped")
    parser.add_argument("--only-write", action="store_true", help="write the files and measure nothing")
    options = parser.parse_args()
    packages = ", ".join(f"{name} {version(name)}" for name in ("pyarrow", "numpy", "datacompy", "polars"))
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {packages}, {options.repeat} pairs, medians\n")
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.work or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        if options.only_write:
            for files in options.millions:
                for kind, side in (("equal", 0), *((kind, 1) for kind in options.kinds)):
                    write(folder, files, kind, side)
            return 0
        for line in rows_of_table(options.millions, options.kinds, folder, options):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
