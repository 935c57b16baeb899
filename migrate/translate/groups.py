"""``groupBy`` in front of a function over groups, as Ray source."""

from __future__ import annotations

import ast

from migrate.mapping import Call, Difference, NotCarried
from migrate.translate.columns import quoted

HELPERS = ("plain_zeros",)
ZEROS = Difference("sign of a zero key", "a key of -0.0 is shown to the function as 0.0, the group that it is put in")


def keys_of(call: Call) -> list[str]:
    """The columns that the call's data is grouped by; NotCarried for other keys than columns by name."""
    grouping = call.link("DataFrame.groupBy") or call.link("DataFrame.groupby")
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


def map_groups(keys: list[str], function: str) -> str:
    """The chain that hands each group to a function."""
    names = key_list(keys)
    zeros = f'.map_batches(plain_zeros, fn_kwargs={{"keys": {names}}}, batch_format="pyarrow")'
    return f'{zeros}.groupby({names}).map_groups({function}, batch_format="pyarrow")'
