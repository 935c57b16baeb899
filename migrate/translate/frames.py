"""Functions over batches of rows: the arguments that ``mapInPandas`` and its kin share, as Ray source."""

from __future__ import annotations

import ast

from migrate.mapping import Call, Difference, Emission, NotCarried
from migrate.translate.settings import ROWS, ZONE, pandas_options
from migrate.translate.spark_types import arrow_type

ARROW = "import pyarrow as pa"
BATCHES = Difference(
    "batches",
    "a block takes the place of a partition: the same rows, cut elsewhere, so what a function keeps from one batch to "
    "the next reaches other rows, and a partition without rows is not seen",
)


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


def schema_text(call: Call) -> str | None:
    """The schema of the rows that the function returns, as source; None where it is that of the rows it is given."""
    declared = call.argument("schema", 1)
    if declared is None:
        raise NotCarried(f"the schema of {call.stage.symbol} is not an argument that can be read")
    receiver = call.receiver()
    if isinstance(declared, ast.Attribute) and declared.attr == "schema" and isinstance(declared.value, ast.Name):
        if isinstance(receiver, ast.Name) and receiver.id == declared.value.id:
            return None
        raise NotCarried(f"the schema {call.text(declared)} is that of another dataset")
    return arrow_type(declared, call.resolve, call.bound).schema


def map_blocks(call: Call, helper: str) -> Emission:
    """The emission of a function over iterators of batches, through the helper of that name."""
    arguments = [function_text(call, ("func", "schema")), schema_text(call)]
    given = ", ".join(text for text in arguments if text is not None) + pandas_options(call.module, ZONE, ROWS)
    return Emission(
        f'.map_batches({helper}({given}), batch_format="pyarrow", batch_size=None)',
        helpers=(helper,),
        imports=(ARROW,) if arguments[1] is not None else (),
    )
