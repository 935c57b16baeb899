"""Time and memory of `migrate compare` on 10 columns, beside datacompy's polars back end on the same files."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

CHUNK_ROWS = 1_000_000
GROUP_ROWS = (250_000, 400_000)  # the two sides differ in how they are stored
KINDS = ("equal", "one cell", "1 % of rows")

OURS = """
import sys
from pathlib import Path
from migrate.oracle import Options, compare
found = compare(Path(sys.argv[1]), Path(sys.argv[2]), Options())
result = {"verdict": found.verdict.value, "changed": found.changed}
"""
PEER = """
import sys
import datacompy
import polars as pl
one, other = (pl.read_parquet(path) for path in sys.argv[1:3])
found = datacompy.PolarsCompare(one, other, join_columns=["id"])
result = {"verdict": "equal" if found.matches() else "different", "changed": found.count_matching_rows()}
"""
MEASURE = """
import json, resource, time
started = time.perf_counter()
{body}
usage = resource.getrusage(resource.RUSAGE_SELF)
cpu = usage.ru_utime + usage.ru_stime
result |= {{"wall_s": time.perf_counter() - started, "cpu_s": cpu, "rss_mb": usage.ru_maxrss / 1000}}
print(json.dumps(result))
"""


def chunk(start: int, rows: int) -> pa.Table:
    """Some rows of the dataset, the same whenever they are asked for."""
    rng = np.random.default_rng(start)
    colors = np.array(["red", "green", "blue", "yellow"])
    return pa.table(
        {
            "id": np.arange(start, start + rows),
            "count": rng.integers(0, 1000, rows).astype(np.int32),
            "x": rng.normal(size=rows),
            "y": rng.normal(size=rows).astype(np.float32),
            "z": pa.array(rng.normal(size=rows), mask=rng.random(rows) < 0.1),
            "flag": rng.random(rows) < 0.5,
            "day": pa.array(rng.integers(0, 20_000, rows).astype(np.int32)).cast(pa.date32()),
            "at": pa.array(rng.integers(0, 2**50, rows)).cast(pa.timestamp("us", "UTC")),
            "color": colors[rng.integers(0, 4, rows)],
            "name": [f"img-{i:09d}.jpg" for i in range(start, start + rows)],
        }
    )


def damaged(table: pa.Table, kind: str, start: int) -> pa.Table:
    if kind == "equal" or (kind == "one cell" and start):
        return table
    x = table["x"].to_numpy().copy()
    x[:: 100 if kind == "1 % of rows" else len(x)] += 0.5
    return table.set_column(2, "x", pa.array(x))


def write(path: Path, rows: int, kind: str, side: int) -> None:
    """One side: the right one has its rows in another order and its row groups of another size."""
    if path.exists():
        return
    unfinished = path.with_suffix(".part")
    starts = list(range(0, rows, CHUNK_ROWS))
    with pq.ParquetWriter(unfinished, chunk(0, 1).schema) as writer:
        for start in starts[::-1] if side else starts:
            table = damaged(chunk(start, min(CHUNK_ROWS, rows - start)), kind, start)
            if side:
                table = table.take(np.random.default_rng(start + 1).permutation(table.num_rows))
            writer.write_table(table, row_group_size=GROUP_ROWS[side])
    unfinished.rename(path)


def measure(body: str, left: Path, right: Path) -> dict[str, float | str]:
    """Run a body of code in a process of its own; a run that fails says so."""
    command = [sys.executable, "-c", MEASURE.format(body=body), str(left), str(right)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = f"killed by signal {-done.returncode}" if done.returncode < 0 else done.stderr.strip().splitlines()[-1]
        return {"verdict": f"failed: {reason}"}
    result = json.loads(done.stdout)
    assert isinstance(result, dict)
    return result


def rows_of_table(sizes: list[int], folder: Path, repeat: int, peer: bool) -> Iterator[str]:
    yield "| rows | data | | verdict | wall s | CPU s | peak memory MB | load |"
    yield "|---|---|---|---|---|---|---|---|"
    for rows in sizes:
        left = folder / f"{rows}-left.parquet"
        write(left, rows, "equal", 0)
        for kind in KINDS:
            right = folder / f"{rows}-{kind.replace(' ', '-').replace('%', 'percent')}.parquet"
            write(right, rows, kind, 1)
            for name, body in (("migrate compare", OURS), ("datacompy, polars", PEER))[: 2 if peer else 1]:
                runs = [measure(body, left, right) for _ in range(repeat)]
                best = min(runs, key=lambda run: float(run.get("wall_s", "inf")))
                figures = [f"{float(best[key]):,.1f}" if key in best else "-" for key in ("wall_s", "cpu_s", "rss_mb")]
                load = f"{os.getloadavg()[0]:.1f}"
                yield f"| {rows:,} | {kind} | {name} | {best['verdict']} | {' | '.join(figures)} | {load} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--repeat", type=int, default=3, help="the best of so many runs is shown")
    parser.add_argument("--work", type=Path, help="keep the files here (about 100 bytes a row in all)")
    parser.add_argument("--no-peer", action="store_true", help="leave datacompy out")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, {time.strftime('%Y-%m-%d')}, best of {options.repeat}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.work or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for line in rows_of_table(options.rows, folder, options.repeat, not options.no_peer):
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
