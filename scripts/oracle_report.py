"""Write the oracle's rates into docs/oracle.md, beside those of datacompy on the same cases."""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import datacompy
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from migrate.oracle import Verdict
from migrate.oracle.selftest import answer
from migrate.oracle.selftest.cases import Case, cases
from migrate.oracle.selftest.tables import KEY

PAGE = Path(__file__).resolve().parent.parent / "docs" / "oracle.md"
BEGIN, END = "<!-- rates: written by scripts/oracle_report.py -->", "<!-- end of rates -->"
GROUPS = {
    "columns": "a column damaged",
    "rows": "rows lost, doubled, exchanged",
    "schema": "columns lost, renamed, exchanged",
    "storage": "stored in another way",
    "files": "files that disagree, folder names, INT96",
    "options": "keys, order, tolerances, empty sides",
    "csv": "CSV",
    "json": "JSON lines",
    "text": "text",
}
# What another comparer can be asked as well: two tables, without options of ours.
COMMON = ("columns", "rows", "schema", "storage")

NOT_IN_POLARS = ("decimal_wide", "map")

Ask = Callable[[Path, Path], bool]


@dataclass(frozen=True)
class Rate:
    """How often a comparer was right on the cases of one group; a refusal is neither right nor wrong."""

    right: int
    refused: int
    cases: int

    def __str__(self) -> str:
        said = f"{self.right} of {self.cases}"
        return f"{said} ({self.refused} refused)" if self.refused else said


def _table(folder: Path) -> pa.Table:
    return pq.read_table(folder)


def _join_columns(columns: list[str]) -> list[str]:
    # The table without a key is joined on all of its columns but the last, the value.
    return [KEY] if KEY in columns else columns[:-1]


def _pandas(left: Path, right: Path) -> bool:
    one, other = (_table(folder).to_pandas() for folder in (left, right))
    return bool(datacompy.PandasCompare(one, other, join_columns=_join_columns(list(one.columns))).matches())


def _polars(left: Path, right: Path) -> bool:
    tables = [_table(folder) for folder in (left, right)]
    if tables[0].num_columns > len(NOT_IN_POLARS) + 2:
        # Beside many other columns, those that polars cannot hold need not keep it from the rest.
        tables = [table.drop_columns([n for n in NOT_IN_POLARS if n in table.column_names]) for table in tables]
    one, other = (pl.DataFrame(pl.from_arrow(table)) for table in tables)
    return bool(datacompy.PolarsCompare(one, other, join_columns=_join_columns(one.columns)).matches())


def _oracle(case: Case, folder: Path) -> bool | None:
    return answer(case, folder).verdict is Verdict.EQUAL


def _other(ask: Ask) -> Callable[[Case, Path], bool | None]:
    def run(case: Case, folder: Path) -> bool | None:
        for side, write in (("left", case.left), ("right", case.right)):
            (folder / side).mkdir(parents=True)
            write(folder / side)
        try:
            return ask(folder / "left", folder / "right")
        except (Exception, pl.exceptions.PanicException) as error:  # noqa: BLE001 - all that it raises is a refusal
            print(f"  refused: {case.name}: {type(error).__name__}", file=sys.stderr)
            return None

    return run


def rates(run: Callable[[Case, Path], bool | None], chosen: list[Case]) -> dict[tuple[str, bool], Rate]:
    """How often a comparer was right, by group and by whether the case is a fault."""
    right: Counter[tuple[str, bool]] = Counter()
    refused: Counter[tuple[str, bool]] = Counter()
    total: Counter[tuple[str, bool]] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(chosen):
            kind = case.group, case.expected is not Verdict.EQUAL
            equal = run(case, Path(folder) / str(number))
            total[kind] += 1
            refused[kind] += equal is None
            right[kind] += equal is (case.expected is Verdict.EQUAL)
    return {kind: Rate(right[kind], refused[kind], total[kind]) for kind in total}


def _lines(found: dict[str, dict[tuple[str, bool], Rate]]) -> Iterator[str]:
    names = list(found)
    for faults, title in ((True, "Faults caught"), (False, "Harmless changes passed")):
        yield f"| {title} | " + " | ".join(names) + " |"
        yield "|---|" + "---|" * len(names)
        for group, said in GROUPS.items():
            if (group, faults) not in found["migrate compare"]:
                continue
            cells = [str(found[name].get((group, faults), "-")) for name in names]
            yield f"| {said} | " + " | ".join(cells) + " |"
        totals = [_sum(found[name], faults) for name in names]
        yield "| **all of these** | " + " | ".join(f"**{total}**" for total in totals) + " |"
        yield ""


def _sum(found: dict[tuple[str, bool], Rate], faults: bool) -> Rate:
    chosen = [rate for (_, kind), rate in found.items() if kind is faults]
    return Rate(sum(r.right for r in chosen), sum(r.refused for r in chosen), sum(r.cases for r in chosen))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="exit 1 when the page would change; write nothing")
    check = parser.parse_args().check
    warnings.simplefilter("ignore")
    every = list(cases())
    common = [case for case in every if case.group in COMMON]
    found = {
        "migrate compare": rates(_oracle, every),
        f"datacompy {version('datacompy')} with pandas {pd.__version__}": rates(_other(_pandas), common),
        f"datacompy {version('datacompy')} with polars {pl.__version__}": rates(_other(_polars), common),
    }
    written = f"{BEGIN}\n\n{chr(10).join(_lines(found))}\n{END}"
    page = PAGE.read_text(encoding="utf-8")
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    if check:
        return int(before + written + after != page)
    PAGE.write_text(before + written + after, encoding="utf-8")
    print(written)
    return 0


if __name__ == "__main__":
    sys.exit(main())
