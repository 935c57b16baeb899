"""Functions over batches of rows: the arguments that ``mapInPandas`` and its kin share, as Ray source."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrate.mapping import Call, Difference, Edit, Emission, NotCarried
from migrate.translate.edits import Lines, closed_before
from migrate.translate.set_up import set_up_of
from migrate.translate.settings import ROWS, ZONE, gpu_option, pandas_options
from migrate.translate.spark_types import arrow_type

ARROW = "import pyarrow as pa"
_SHOW_VALUES = {"collect", "first", "foreach", "show", "take", "to_local_iterator"}
BATCHES = Difference(
    "batches",
    "a block takes the place of a partition: the same rows, cut elsewhere, so what a function keeps from one batch to "
    "the next reaches other rows, and a partition without rows is not seen; integers that share a batch with a NULL "
    "are floats, and lose digits beyond 2**53, on either engine",
)


def wrapped(call: Call, function: str, parameters: tuple[str, ...] = ()) -> Emission:
    """The emission that hands the dataset to an emitted function: ``df.show(5)`` becomes ``show(df, 5)``.

    NotCarried for arguments other than ``parameters``, and where the dataset cannot be read.
    """
    named = [argument.name for argument in call.stage.args if argument.name is not None]
    unknown = sorted({*named} - {*parameters})
    if unknown or len(call.stage.args) > len(parameters):
        raise NotCarried(f"{', '.join(unknown) or 'a further argument'} of {call.stage.symbol} is not mapped yet")
    passed = [f"{one.name}={one.source}" if one.name is not None else one.source for one in call.stage.args]
    return Emission(
        ", ".join(["", *passed]) + ")",
        helpers=(function, "vectors") if function in _SHOW_VALUES and _may_hold_vectors(call) else (function,),
        edits=(opened(call, function),),
    )


def opened(call: Call, function: str) -> Edit:
    """The edit that puts ``function(`` in front of the dataset; NotCarried where that cannot be read."""
    return in_front(call, f"{function}(")


def in_front(call: Call, text: str) -> Edit:
    """The edit that puts a text in front of the dataset; NotCarried where that cannot be read."""
    receiver = call.receiver()
    if receiver is None:
        raise NotCarried(f"what {call.stage.symbol} is called on cannot be read")
    lines = Lines(call.module.text)
    start, end = lines.bounds(call.span(receiver))
    for _ in range(closed_before(call.module.text[end:])):
        start = call.module.text.rindex("(", 0, start)
    return Edit(lines.insertion(call.stage.chain.path, start), text)


def _may_hold_vectors(call: Call) -> bool:
    """Whether the job uses MLlib, so that what Spark's part hands over may hold vectors."""
    imports = (node for node in ast.walk(call.module.tree) if isinstance(node, ast.ImportFrom))
    return any((node.module or "").startswith(("pyspark.ml.", "pyspark.mllib.")) for node in imports)


def function_text(call: Call, names: tuple[str, ...]) -> str:
    """The source of the function that the call hands over as ``func``.

    NotCarried for arguments other than ``names``, and where there is no function.
    """
    unknown = sorted({str(argument.name) for argument in call.stage.args if argument.name is not None} - {*names})
    if unknown or sum(argument.name is None for argument in call.stage.args) > len(names):
        raise NotCarried(f"{', '.join(unknown) or 'a further argument'} of {call.stage.symbol} is not mapped yet")
    function = call.argument("func", 0)
    if function is None:
        raise NotCarried(f"the function of {call.stage.symbol} is not an argument that can be read")
    return call.text(function)


@dataclass(frozen=True)
class Rows:
    """The rows that a function returns: their schema as source, None where it is that of the rows it is given.

    ``sorts`` are the sorts of type inside.
    """

    schema: str | None
    sorts: frozenset[str]

    @property
    def imports(self) -> frozenset[str]:
        """The imports that the schema needs."""
        return frozenset() if self.schema is None else frozenset({ARROW})


def rows_of(call: Call) -> Rows:
    """The rows that the call's function returns; NotCarried where their schema cannot be read."""
    declared = call.argument("schema", 1)
    if declared is None:
        raise NotCarried(f"the schema of {call.stage.symbol} is not an argument that can be read")
    receiver = call.receiver()
    if isinstance(declared, ast.Attribute) and declared.attr == "schema" and isinstance(declared.value, ast.Name):
        if isinstance(receiver, ast.Name) and receiver.id == declared.value.id:
            return Rows(None, frozenset({"list", "map", "struct", "timestamp"}))
        raise NotCarried(f"the schema {call.text(declared)} is that of another dataset")
    kind = arrow_type(declared, call.resolve, call.bound)
    return Rows(kind.schema, kind.sorts - {"struct"} | frozenset().union(*(k.sorts for _, k in kind.fields or ())))


def map_blocks(call: Call, helper: str) -> Emission:
    """The emission of a function over iterators of batches, through the helper of that name.

    A function that loads in front of its loop becomes a class, which loads once for each actor of a pool.
    """
    function, rows = function_text(call, ("func", "schema")), rows_of(call)
    node = call.argument("func", 0)
    loading = set_up_of(call.module, node, call.project) if node is not None else None
    schema = "" if rows.schema is None else f", {rows.schema}"
    options = pandas_options(call.module, ZONE, ROWS)
    made = f"{helper}({f'{loading.name}()' if loading else function}{schema}{options})"
    batches = 'batch_format="pyarrow", batch_size=None'
    gpu = gpu_option(call.module)
    if loading is None:
        text = f".map_batches({made}, {batches}{gpu})"
    else:
        pool = f"{batches}, compute=actor_pool(), num_cpus=0{gpu}"
        text = f".map_batches(LoadingStep, fn_constructor_args=[lambda: {made}], {pool})"
    return Emission(
        text,
        helpers=(helper, "loading_step") if loading else (helper,),
        imports=tuple(rows.imports),
        edits=loading.edits if loading else (),
        sorts=rows.sorts,
        notes=(f"what {function} loads in front of its loop is loaded once for each actor",) if loading else (),
    )
