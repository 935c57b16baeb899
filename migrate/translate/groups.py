"""``groupBy`` in front of a function over groups, as Ray source."""

from __future__ import annotations

import ast
from collections.abc import Set

from migrate.mapping import Call, Difference, Emission, NotCarried
from migrate.translate.built import quoted
from migrate.translate.settings import PARTITIONS, setting

ZEROS = Difference("sign of a zero key", "a key of -0.0 is shown to the function as 0.0, the group that it is put in")


def keys_of(call: Call) -> list[str]:
    """The columns that the call's data is grouped by; NotCarried for other keys than columns by name."""
    return columns_named(call, call.link("DataFrame.groupBy") or call.link("DataFrame.groupby") or ())


def grouping_of(call: Call) -> list[str]:
    """The columns that the call's data is grouped by, none where all rows are one group."""
    whole = () in (call.link("DataFrame.groupBy"), call.link("DataFrame.groupby"))
    return [] if whole else keys_of(call)


def columns_named(call: Call, grouping: tuple[ast.expr, ...]) -> list[str]:
    """The columns that the arguments of a ``groupBy`` name; NotCarried for other keys than columns by name."""
    if not grouping:
        raise NotCarried("a single group of all rows is not mapped yet")
    nodes = list(grouping[0].elts) if len(grouping) == 1 and isinstance(grouping[0], ast.List) else list(grouping)
    columns = [call.column(node) for node in nodes]
    if any(column.plain is None or column.plain != column.name for column in columns):
        raise NotCarried("a key that is no plain column is not mapped yet")
    return [column.name for column in columns]


def key_list(keys: list[str]) -> str:
    """The keys as source."""
    return f"[{', '.join(map(quoted, keys))}]"


def shuffled(call: Call, keys: list[str], function: str, helpers: Set[str], imports: Set[str]) -> Emission:
    """The emission that hands a function all rows of some groups at once, those of a group together."""
    names = key_list(keys)
    parts, needed = partitions(call)
    return Emission(
        f'.map_batches(plain_zeros, fn_kwargs={{"keys": {names}}}, batch_format="pyarrow")'
        f".repartition({parts}, keys={names})"
        f'.map_batches({function}, batch_format="pyarrow", batch_size=None)',
        helpers=tuple(sorted({"plain_zeros", *needed, *helpers})),
        imports=tuple(sorted(imports)),
    )


def partitions(call: Call) -> tuple[str, tuple[str, ...]]:
    """Into how many parts a shuffle cuts its rows, with the helper that says so where the job does not."""
    parts = setting(call.module, PARTITIONS)
    if parts is not None and not parts.isdecimal():
        raise NotCarried(f"{PARTITIONS} is set to {parts}")
    return (parts, ()) if parts else ("shuffle_partitions()", ("shuffle_partitions",))


def map_groups(
    call: Call,
    keys: list[str],
    function: str,
    helpers: Set[str],
    imports: Set[str],
    sorts: frozenset[str] = frozenset(),
) -> Emission:
    """The emission that hands each group to a function, which needs those helpers, imports and sorts of type."""
    names = key_list(keys)
    parts, needed = partitions(call)
    return Emission(
        f'.map_batches(plain_zeros, fn_kwargs={{"keys": {names}}}, batch_format="pyarrow")'
        f".groupby({names}, num_partitions={parts})"
        f'.map_groups({function}, batch_format="pyarrow")',
        helpers=tuple(sorted({"plain_zeros", *needed, *helpers})),
        imports=tuple(sorted(imports)),
        sorts=sorts,
    )
