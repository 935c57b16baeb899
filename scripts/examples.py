"""Spark's own example jobs as a yardstick: analyse, rewrite with --everything, run both sides, write docs/coverage.md.

    python scripts/examples.py [PART_OF_A_NAME ...]

With names only those examples are run, and the page is left alone. Exits with 1 where an emitted job fails or differs.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from migrate.errors import MigrateError
from migrate.frontend import read_job
from migrate.ir import Engine, Job
from migrate.passes import judge
from migrate.passes.place import is_udf_maker
from migrate.rewrite import Rewrite, rewrite

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "support"))
from engines import EngineFailed, EngineLate, Engines  # noqa: E402  # lies beside the tests that it also serves

AGAIN = 5
"""How often Spark runs once more to see whether it agrees with itself, where Ray does not agree with it."""
PAGE = ROOT / "docs" / "coverage.md"
SECONDS = 60
# What an example prints of numbers that are sums or optima may differ in the last digits: relative to Spark's.
TOLERANCE = 1e-6
_NUMBER = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?")

# What a person would pass, by the example's path; the files lie in the folder `data` that PySpark ships, or are made.
ARGUMENTS = {
    "kmeans.py": ["data/mllib/kmeans_data.txt", "2", "0.1"],
    "logistic_regression.py": ["points.txt", "5"],
    "mllib/kmeans.py": ["data/mllib/kmeans_data.txt", "2"],
    "mllib/logistic_regression.py": ["points.txt", "5"],
    "mllib/word2vec.py": ["words.txt"],
    "pagerank.py": ["data/mllib/pagerank_data.txt", "3"],
    "sort.py": ["numbers.txt"],
    "wordcount.py": ["words.txt"],
}


@dataclass(frozen=True)
class Row:
    """One example: what was thought of it, what became of its stages, and how its run ended."""

    name: str
    tag: str
    verdict: str
    stages: str
    outcome: str
    why: str = ""

    @property
    def failed(self) -> bool:
        """Whether an emitted job did not do what the original does."""
        return self.outcome in {"fails", "differs"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "names", nargs="*", help="parts of the names of the examples to run; the page keeps the rows of the others"
    )
    parser.add_argument("--no-run", action="store_true", help="rewrite only, to see what moves")
    chosen = parser.parse_args()
    home = _pyspark()
    folder = home / "examples" / "src" / "main" / "python"
    files = [file for file in sorted(folder.rglob("*.py")) if file.name != "__init__.py"]
    wanted = [f for f in files if not chosen.names or any(n in f.relative_to(folder).as_posix() for n in chosen.names)]
    with tempfile.TemporaryDirectory(prefix="examples-") as scratch:
        engines = None if chosen.no_run else Engines.at(ROOT, Path(scratch))
        try:
            rows = []
            for number, file in enumerate(wanted, 1):
                row = _example(file, file.relative_to(folder).as_posix(), home / "data", Path(scratch), engines)
                print(f"{number}/{len(wanted)} {row.name}: {row.stages}, {row.outcome} {row.why}", flush=True)
                rows.append(row)
        finally:
            if engines is not None:
                engines.stop()
    print(_summary(rows))
    if not chosen.no_run:
        known = {row.name: row for row in [*(_rows_of_page() if chosen.names else []), *rows]}
        PAGE.write_text(_page(sorted(known.values(), key=lambda row: row.name), home), encoding="utf-8")
    return int(any(row.failed for row in rows))


def _pyspark() -> Path:
    """The folder of the installed package."""
    python = ROOT / ".venv" / "spark" / "bin" / "python"
    code = "import importlib.util; print(importlib.util.find_spec('pyspark').origin)"
    return Path(subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()).parent


def _example(file: Path, name: str, data: Path, scratch: Path, engines: Engines | None) -> Row:
    job = judge(read_job(file)[0])
    tag = job.tag.value if job.tag else ""
    verdict = job.verdict.value if job.verdict else ""
    copy = scratch / name.replace("/", "_").removesuffix(".py") / file.name
    copy.parent.mkdir()
    shutil.copy(file, copy)
    try:
        made = rewrite(copy, everything=True)
        made.write() if made.files else None
    except MigrateError as refused:
        return Row(name, tag, verdict, "kept", "not rewritten", str(refused).removeprefix(f"{copy}: "))
    stages = _moved(made.job)
    if stages == "kept":
        return Row(name, tag, verdict, stages, "stays", _why(made))
    kept = "" if stages == "moved" else _why(made)
    if engines is None:
        return Row(name, tag, verdict, stages, "not run", kept)
    outcome, why = _run(copy, made, data, ARGUMENTS.get(name, []), engines)
    return Row(name, tag, verdict, stages, outcome, why.replace(f"{scratch}/", "") or kept)


def _moved(job: Job) -> str:
    engines = {stage.engine for stage in job.stages if not is_udf_maker(stage)}
    if Engine.RAY not in engines:
        return "kept"
    return "in part" if Engine.SPARK in engines else "moved"


def _why(made: Rewrite) -> str:
    """What keeps the rest on Spark: the sentences of the report, each once."""
    sentences = [f.message for f in made.findings if "stays on Spark: " in f.message]
    return "; ".join(dict.fromkeys(re.sub(r"\s+", " ", sentence) for sentence in sentences[:2]))


def _run(job: Path, made: Rewrite, data: Path, arguments: list[str], engines: Engines) -> tuple[str, str]:
    """How the emitted job compares with the original: an outcome and, where it is not equal, why."""
    sides = {name: _side(job.parent / name, data) for name in ("spark", "ray")}
    passed = tuple(arguments)
    try:
        expected = engines.spark.run(job, sides["spark"], passed, SECONDS).stdout
    except EngineLate:
        return "not run", f"the original takes Spark more than {SECONDS} s"
    except EngineFailed as failure:
        return "not run", f"the original itself fails: {_last_line(str(failure))}"
    printed = ""
    for part in made.run:
        kernel = engines.spark if part.endswith("_spark.py") else engines.ray
        try:
            printed += kernel.run(made.folder / part, sides["ray"], passed, SECONDS).stdout
        except EngineLate:
            return "fails", f"{part} takes more than {SECONDS} s"
        except EngineFailed as failure:
            return "fails", _last_line(str(failure))
    found = _compared(expected, printed, sides["spark"], sides["ray"])
    if found != "differs":
        return found, ""
    for number in range(AGAIN):
        engines.spark.stop()  # workers of one session inherit one state of their random generators
        again = _side(job.parent / f"again {number}", data)
        try:
            repeated = engines.spark.run(job, again, passed, SECONDS).stdout
        except EngineFailed:
            break
        if _compared(expected, repeated, sides["spark"], again) == "differs":
            return "random", "another run of Spark's differs from its first"
    return "differs", _first_difference(expected, printed)


def _side(folder: Path, data: Path) -> Path:
    """A working directory with PySpark's data and the made files in it."""
    folder.mkdir()
    (folder / "data").symlink_to(data)
    seeded = random.Random(7)
    numbers = [str(seeded.randrange(1000)) for _ in range(200)]
    (folder / "numbers.txt").write_text("\n".join(" ".join(numbers[n : n + 5]) for n in range(0, 200, 5)) + "\n")
    words = [seeded.choice(["spark", "ray", "moves", "a", "stage", "to", "the", "cluster"]) for _ in range(400)]
    (folder / "words.txt").write_text("\n".join(" ".join(words[n : n + 8]) for n in range(0, 400, 8)) + "\n")
    points = [[seeded.choice([-1, 1]), *(round(seeded.gauss(0, 1), 3) for _ in range(10))] for _ in range(60)]
    (folder / "points.txt").write_text("\n".join(" ".join(map(str, point)) for point in points) + "\n")
    return folder


def _compared(expected: str, printed: str, one: Path, other: Path) -> str:
    if not expected.strip() and not _written(one):
        return "nothing to compare"
    left, right = _written(one), _written(other)
    if left.keys() != right.keys() or not all(_close("\n".join(left[at]), "\n".join(right[at])) for at in left):
        return "differs"
    if left == right and expected == printed:
        return "equal"
    if left == right and sorted(expected.splitlines()) == sorted(printed.splitlines()):
        return "equal, in another order"
    return f"equal within {TOLERANCE:g}" if _close(expected, printed) else "differs"


def _written(side: Path) -> dict[str, list[str]]:
    """The files that a job left, by folder: lines and rows in order of the files, whatever these are called."""
    ours = {"data", "numbers.txt", "words.txt", "points.txt"}
    found: dict[str, list[str]] = {}
    for file in sorted(side.rglob("*")):
        relative = file.relative_to(side)
        if relative.parts[0] in ours or not file.is_file() or file.name.startswith((".", "_")):
            continue
        found.setdefault(relative.parent.as_posix(), []).extend(_content(file))
    return found


def _content(file: Path) -> Iterator[str]:
    if file.suffix == ".parquet":
        yield from map(str, pq.read_table(file).to_pylist())
        return
    try:
        yield from file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        yield f"{file.suffix} file"


def _close(expected: str, printed: str) -> bool:
    """Whether two texts are the same but for the last digits of their numbers, also where a table cuts some off."""
    expected, printed = (re.sub(r"(?<=\d)\.\.\.", "", text) for text in (expected, printed))
    if re.sub(r"\s+|-", "", _NUMBER.sub("", expected)) != re.sub(r"\s+|-", "", _NUMBER.sub("", printed)):
        return False
    pairs = zip(_NUMBER.findall(expected), _NUMBER.findall(printed), strict=False)
    same_count = len(_NUMBER.findall(expected)) == len(_NUMBER.findall(printed))
    return same_count and all(abs(float(a) - float(b)) <= TOLERANCE * max(abs(float(a)), 1e-9) for a, b in pairs)


def _first_difference(expected: str, printed: str) -> str:
    pairs = zip([*expected.splitlines(), "(nothing)"], [*printed.splitlines(), "(nothing)"], strict=False)
    one, other = next(((a, b) for a, b in pairs if a != b), ("what is written", "what is written"))
    return f"Spark: {one[:80]!r}, Ray: {other[:80]!r}"


def _last_line(text: str) -> str:
    return next(
        (line.strip() for line in reversed(text.splitlines()) if re.match(r"\S*(Error|Exception)\b", line)), "?"
    )[:200]


def _summary(rows: list[Row]) -> str:
    good = [row for row in rows if row.stages == "moved" and row.outcome.startswith("equal")]
    counts = Counter(f"{row.stages}, {row.outcome}" for row in rows)
    lines = [f"{len(good)} of {len(rows)} examples are moved whole and equal.", ""]
    return "\n".join([*lines, *(f"- {what}: {count}" for what, count in counts.most_common())])


def _rows_of_page() -> list[Row]:
    """The rows that the page has."""
    lines = PAGE.read_text(encoding="utf-8").splitlines() if PAGE.is_file() else []
    cells = (line[2:-2].split(" | ") for line in lines if ".py | " in line)
    return [Row(*(cell.strip().replace("\\|", "|") for cell in row)) for row in cells]


def _page(rows: list[Row], home: Path) -> str:
    version = re.search(r"= ['\"](.*)['\"]", (home / "version.py").read_text(encoding="utf-8"))
    head = f"""\
# Coverage: Spark's own examples

Written by `make examples`: each of the example jobs that PySpark {version.group(1) if version else ""} ships is
analysed, rewritten with `--everything` (so that coverage is measured whatever the verdict) and run on both engines;
what both print and write is compared. *equal*: to the character. *equal in another order*: the same lines.
*equal within {TOLERANCE:g}*: but for the last digits of numbers. *random*: the original differs from itself on another
run. *in part*: some stages stay on Spark; both parts are run together.

{_summary(rows)}

| example | tag | verdict | stages | outcome | why |
|---|---|---|---|---|---|
"""
    cells = ([row.name, row.tag, row.verdict, row.stages, row.outcome, row.why.replace("|", "\\|")] for row in rows)
    return head + "".join(f"| {' | '.join(line)} |\n" for line in cells)


if __name__ == "__main__":
    sys.exit(main())
