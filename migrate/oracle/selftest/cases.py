"""All cases of the self-test: right datasets, each with one fault or one harmless change, and the right answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from migrate.oracle.model import Options, Verdict
from migrate.oracle.selftest.faults import damaged
from migrate.oracle.selftest.storage import STORAGES, plain
from migrate.oracle.selftest.tables import KEY, duplicates, table

Write = Callable[[Path], None]


@dataclass(frozen=True)
class Case:
    """Two datasets, written by `left` and `right` into a folder each, and the verdict they deserve."""

    name: str
    group: str
    expected: Verdict
    left: Write
    right: Write
    options: Options = field(default_factory=Options)


def cases() -> Iterator[Case]:
    """Every case, always in the same order."""
    from migrate.oracle.selftest.option_cases import option_cases
    from migrate.oracle.selftest.text_cases import text_cases
    from migrate.oracle.selftest.twins import twin_cases

    yield from _column_faults()
    yield from _table_faults()
    yield from _harmless()
    yield from option_cases()
    yield from text_cases()
    yield from twin_cases()


def parquet(dataset: pa.Table) -> Write:
    """A writer of this table as one Parquet file."""
    return lambda folder: plain(dataset, folder)


def fault(name: str, group: str, left: pa.Table, right: pa.Table, options: Options | None = None) -> Case:
    """A case that must be found different."""
    return Case(name, group, Verdict.DIFFERENT, parquet(left), parquet(right), options or Options())


def _column_faults() -> Iterator[Case]:
    right = table()
    for name in right.column_names[1:]:
        # The key and one other column stand beside it, as they would in a real dataset.
        pair = right.select(dict.fromkeys([KEY, name, "int32"]))
        place = pair.column_names.index(name)
        for title, column in damaged(name, right[name].combine_chunks()):
            yield fault(title, "columns", pair, pair.set_column(place, name, column))


def _table_faults() -> Iterator[Case]:
    whole = table()
    for title, dataset in (("all types", whole), ("duplicates", duplicates())):
        for name, damage in _TABLE_FAULTS.items():
            yield fault(f"{title}: {name}", "rows", dataset, damage(dataset))
    right = duplicates()
    yield fault("duplicates: each row once", "rows", right, right.group_by(right.column_names).aggregate([]))
    once = right.take(pa.array([0, 1, 3, *range(3, right.num_rows)]))
    yield fault("duplicates: one row more often for another", "rows", right, once)
    first, *_, last = whole.column_names
    renamed = whole.rename_columns(
        [last if name == first else first if name == last else name for name in whole.column_names]
    )
    yield fault("two columns change names", "schema", whole, renamed)
    for name in ("int8", "string"):
        upper = whole.rename_columns([each.upper() if each == name else each for each in whole.column_names])
        yield fault(f"{name}: another case of the name", "schema", whole, upper)
        yield fault(f"{name}: column lost", "schema", whole, whole.drop_columns([name]))
        yield fault(
            f"{name}: column twice under two names", "schema", whole, whole.append_column(f"{name}_2", whole[name])
        )
    yield fault("two columns of one type change places", "schema", whole, _exchanged(whole, "float", "double"))
    yield fault("two columns of one type change places, exactly", "schema", *_twins())


def _exchanged(dataset: pa.Table, one: str, other: str) -> pa.Table:
    names = [other if name == one else one if name == other else name for name in dataset.column_names]
    return dataset.rename_columns(names)


def _twins() -> tuple[pa.Table, pa.Table]:
    dataset = table().select([KEY, "int64", "double"])
    dataset = dataset.append_column("int64_2", dataset["int64"].take(pa.array(range(dataset.num_rows)[::-1])))
    return dataset, _exchanged(dataset, "int64", "int64_2")


def _slices(*spans: slice) -> Callable[[pa.Table], pa.Table]:
    return lambda dataset: pa.concat_tables([dataset.take(pa.array(range(dataset.num_rows)[span])) for span in spans])


_TABLE_FAULTS: dict[str, Callable[[pa.Table], pa.Table]] = {
    "the first row is lost": _slices(slice(1, None)),
    "the last row is lost": _slices(slice(None, -1)),
    "every hundredth row is lost": lambda t: t.take(pa.array([row for row in range(t.num_rows) if row % 100 != 50])),
    "half the rows are lost": _slices(slice(None, 75)),
    "all rows are lost": lambda dataset: dataset.slice(0, 0),
    "one row twice": _slices(slice(None), slice(5, 6)),
    "every row twice": _slices(slice(None), slice(None)),
    "one row lost and another twice": _slices(slice(1, None), slice(5, 6)),
    "one value of two rows changes places": lambda t: t.set_column(
        0, t.column_names[0], t[0].take(_swapped(t.num_rows))
    ),
}


def _swapped(rows: int) -> pa.Array:
    # Rows far apart, which differ in every column of both datasets.
    order = list(range(rows))
    order[1], order[-2] = order[-2], order[1]
    return pa.array(order)


def _harmless() -> Iterator[Case]:
    for title, dataset in (("all types", table()), ("duplicates", duplicates())):
        for storage in STORAGES:
            yield Case(
                f"{title}: {storage.name}",
                "storage",
                Verdict.EQUAL,
                parquet(dataset),
                lambda folder, write=storage.write, rows=dataset: write(rows, folder),  # type: ignore[misc]
            )
