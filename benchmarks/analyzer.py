"""Speed and memory of `migrate analyze`, beside the open peers on the same files; writes docs/benchmarks.md."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from made_tree import made_anew
from measured import Measured, measure
from peers import PEERS

from benchmark_page import write_section

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 900.0
"""Seconds after which a command is stopped."""
COLD_RATE = 10_000
COLD_SECONDS, WARM_SECONDS, MEMORY_MB = 60, 3, 1000
_SECONDS = re.compile(rb'"seconds": [0-9.]+')


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--lines", type=int, default=1_000_000, help="of the made tree")
    parser.add_argument("--repeat", type=int, default=3, help="the best of so many runs is shown")
    parser.add_argument("--peers", action="store_true", help="pysparkler and semgrep too; installs them from PyPI")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds after which a peer is stopped")
    parser.add_argument("--folder", type=Path, default=ROOT / ".migrate" / "bench-analyzer")
    options = parser.parse_args()
    spark = next((ROOT / ".venv" / "spark").glob("lib/python3*/site-packages/pyspark"), None)
    if spark is None:
        sys.exit("There is no PySpark in .venv/spark: `make env` puts it there.")
    made = options.folder / "tree"
    files, lines, jobs = made_anew(made, options.lines)
    trees = {
        "pyspark": (spark, _lines_of(spark), "PySpark's own package"),
        "made": (made, lines, f"{files:,} files, {jobs} of them jobs"),
    }
    with tempfile.TemporaryDirectory() as scratch:
        bench = Bench(Path(scratch), options.repeat, options.limit)
        table = list(bench.rows(trees, options.peers, options.folder / "peers"))
    section = "\n".join((_title(options.repeat), *table, "", *bench.notes(), "")) + "\n"
    print(section)
    write_section("analyzer", section)
    return 0 if bench.met else 1


class Bench:
    """Runs everything that the table shows, and remembers which marks were met."""

    def __init__(self, scratch: Path, repeat: int, limit: float) -> None:
        self.scratch, self.repeat, self.limit = scratch, repeat, limit
        self.marks: list[tuple[str, bool]] = []

    @property
    def met(self) -> bool:
        """Whether every mark was."""
        return all(met for _, met in self.marks)

    def notes(self) -> Iterator[str]:
        """One line for each mark."""
        for words, met in self.marks:
            yield f"- {'met' if met else '**missed**'}: {words}"

    def rows(self, trees: dict[str, tuple[Path, int, str]], peers: bool, environments: Path) -> Iterator[str]:
        """The table."""
        yield "| tree | lines | | wall s | CPU s | lines / CPU s | peak memory MB | load before |"
        yield "|---|---|---|---|---|---|---|---|"
        folder, lines, words = trees["pyspark"]
        cold = self._best(folder, 1, cached=False)
        self._mark(
            f"{COLD_RATE:,} lines per second and core, cold ({lines / cold.cpu:,.0f})", lines / cold.cpu >= COLD_RATE
        )
        yield _row(words, lines, "`migrate analyze`, cold, 1 process", cold)
        folder, lines, words = trees["made"]
        cold = self._best(folder, 2, cached=False)
        self._mark(f"{lines:,} lines in {COLD_SECONDS} s on 2 cores ({cold.wall:.1f} s)", cold.wall < COLD_SECONDS)
        self._mark(f"less than {MEMORY_MB:,} MB ({cold.memory:.0f} MB)", cold.memory < MEMORY_MB)
        yield _row(words, lines, "`migrate analyze`, cold, 2 processes", cold)
        self._run(folder, 2, cached=True)
        warm = self._best(folder, 2, cached=True)
        self._mark(f"warm in {WARM_SECONDS} s ({warm.wall:.1f} s)", warm.wall < WARM_SECONDS)
        yield _row(words, lines, "`migrate analyze`, warm", warm)
        reports = {self._report(folder, jobs, cached) for jobs, cached in ((1, False), (2, False), (2, True))}
        self._mark(
            "the same bytes from one process, from two and from the cache, but for the seconds", len(reports) == 1
        )
        for peer in PEERS:
            if not peers:
                yield f"| | | {peer.package}: left out, ask with `--peers` | | | | | |"
                continue
            peer.build(environments)
            for folder, lines, words in trees.values():
                run = measure(peer.command(environments, folder), self.limit)
                yield _row(words, lines, f"{peer.package}: {peer.says}", run)

    def _best(self, folder: Path, jobs: int, *, cached: bool) -> Measured:
        runs = [self._run(folder, jobs, cached=cached) for _ in range(self.repeat)]
        return min(runs, key=lambda run: run.wall)

    def _run(self, folder: Path, jobs: int, *, cached: bool) -> Measured:
        report = self.scratch / "report.json"
        command = [sys.executable, "-m", "migrate", "analyze", str(folder), "--jobs", str(jobs), "--format", "json"]
        command += ["--output", str(report), *([] if cached else ["--no-cache"])]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(self.scratch / "cache")}
        run = measure(command, LIMIT, env=environment)
        if run.failure:
            sys.exit(f"The benchmark stops here: {run.failure}\n{run.output}")
        return run

    def _report(self, folder: Path, jobs: int, cached: bool) -> bytes:
        self._run(folder, jobs, cached=cached)
        text = (self.scratch / "report.json").read_bytes()
        assert json.loads(text)["summary"]["files"]
        return _SECONDS.sub(b"", text)

    def _mark(self, words: str, met: bool) -> None:
        self.marks.append((words, met))


def _row(tree: str, lines: int, what: str, run: Measured) -> str:
    figures = f"{run.wall:.1f} | {run.cpu:.1f} | {lines / run.cpu:,.0f} | {run.memory:.0f}"
    return (
        f"| {tree} | {lines:,} | {what} | {figures if not run.failure else f'{run.failure} | | | '} | {run.load:.1f} |"
    )


def _lines_of(folder: Path) -> int:
    return sum(file.read_bytes().count(b"\n") for file in folder.rglob("*.py"))


def _title(repeat: int) -> str:
    return (
        "## The analyzer: whole repositories\n\n"
        f"{os.cpu_count()} cores, {time.strftime('%B %Y')}, best of {repeat}. "
        "CPU seconds count all processes; memory is their proportional share (PSS) at its highest.\n"
    )


if __name__ == "__main__":
    sys.exit(main())
