"""Asks PySpark what the emitted code has to make of ``predict_batch_udf``: `python spark_predict.py HELPERS`.

Needs PySpark's package and no JVM. ``HELPERS`` is the emitted helper's source with its imports. Prints a line for each
combination of columns, shapes and model on which the two differ: in what the model sees, in what comes of it, or in
whether it fails.
"""

from __future__ import annotations

import itertools
import runpy
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from pyspark.ml.functions import predict_batch_udf
from pyspark.sql.pandas.types import to_arrow_type
from pyspark.sql.types import ArrayType, DataType, DoubleType, IntegerType, StringType, StructType

warnings.simplefilter("ignore")

NUMBERS = pd.Series([1, 2, 3, 4, 5])
FLOATS = pd.Series([1.5, np.nan, -0.0, 3.0, 1e300])
TEXTS = pd.Series(["a", None, "", "é", "b"], dtype=object)
VECTORS = pd.Series([np.array([float(n), 1.0, 2.0, 3.0]) for n in range(5)])
UNEVEN = pd.Series([np.arange(n, dtype=float) for n in (1, 1, 2, 2, 3)])
LATE = pd.Series([None, *VECTORS[1:]])
PAIR = pd.DataFrame({"a": NUMBERS, "b": FLOATS})
NAMED = pd.DataFrame({"a": NUMBERS, "b": TEXTS})
HOLDING = pd.DataFrame({"a": NUMBERS, "v": VECTORS})
COLUMNS: tuple[tuple[Any, ...], ...] = (
    *((NUMBERS,), (FLOATS,), (TEXTS,), (VECTORS,), (UNEVEN,), (LATE,), (PAIR,), (NAMED,), (HOLDING,)),
    *((NUMBERS, FLOATS), (VECTORS, NUMBERS), (VECTORS, VECTORS), (PAIR, NUMBERS), (NUMBERS, TEXTS, VECTORS)),
)
SHAPES: tuple[Any, ...] = (
    *(None, [], [[4]], [[2, 2]], [[1]], [[]], [None], [[2]], [[3]], [[4], None], [None, [4]], [[4], [2, 2]]),
    *({}, {0: [4]}, {1: [2, 2]}, {2: [4]}, {5: [4]}),
)
ARITIES: tuple[Callable[[Callable[..., Any]], Callable[..., Any]], ...] = (
    lambda answer: lambda one: answer(one),
    lambda answer: lambda one, other: answer(one, other),
    lambda answer: lambda one, other, third: answer(one, other, third),
)
FIELDS = StructType().add("n", DoubleType()).add("v", ArrayType(DoubleType()))
ANSWERS: tuple[tuple[DataType, Callable[[int], Any]], ...] = (
    (DoubleType(), lambda count: np.arange(count, dtype=float)),
    (DoubleType(), lambda count: np.arange(count, dtype=float).reshape(-1, 1)),
    (DoubleType(), lambda count: np.zeros((count, 2))),
    (DoubleType(), lambda count: np.zeros(count + 1)),
    (DoubleType(), lambda count: [0.0] * count),
    (IntegerType(), lambda count: np.full(count, 2.5)),
    (StringType(), lambda count: np.array(["x", "yé"] * count)[:count]),
    (StringType(), lambda count: np.array(["x", None] * count, dtype=object)[:count]),
    (ArrayType(DoubleType()), lambda count: np.full((count, 3), np.nan)),
    (ArrayType(DoubleType()), lambda count: np.zeros(count)),
    (ArrayType(DoubleType()), lambda count: [[0.0]] * count),
    (FIELDS, lambda count: {"v": np.zeros((count, 2)), "n": np.arange(count) * 0.5}),
    (FIELDS, lambda count: {"v": np.zeros(count), "n": np.zeros(count)}),
    (FIELDS, lambda count: {"v": np.zeros((count, 2)), "n": np.zeros((count, 1))}),
    (FIELDS, lambda count: {"v": np.zeros((count + 1, 2)), "n": np.zeros(count)}),
    (FIELDS, lambda count: {"v": np.zeros((count, 2))}),
    (FIELDS, lambda count: [{"n": float(n), "v": np.full(2, n)} for n in range(count)]),
    (FIELDS, lambda count: [{"n": float(n), "v": 1.0} for n in range(count)]),
    (FIELDS, lambda count: [{"n": np.zeros(2), "v": np.zeros(2)} for n in range(count)]),
    (FIELDS, lambda count: [{"n": 1.0, "v": np.zeros(2)}] * (count + 1)),
    (FIELDS, lambda count: np.zeros(count)),
)


def outcome(results: Callable[[Callable[[], Any]], Iterator[Any]], columns: Any, arity: Any, answer: Any) -> list[str]:
    """What a model saw of the columns and what became of its answers, as text, with how it ended."""
    told: list[str] = []

    def seen(*inputs: Any) -> Any:
        told.extend(f"{one.dtype} {one.shape} {one.tolist()}" for one in inputs)
        return answer(len(inputs[0]))

    try:
        made = [*results(lambda: arity(seen))]
        ends = repr([one.to_dict() if isinstance(one, pd.DataFrame) else (one.dtype, one.tolist()) for one in made])
    except Exception:  # noqa: BLE001  # which one does not count
        ends = "fails"
    return [*told, ends]


def main() -> None:
    helper = runpy.run_path(sys.argv[1])["PredictBatchUdf"]
    inputs = itertools.product(COLUMNS, SHAPES, ARITIES, ANSWERS[:1])
    outputs = itertools.product([(NUMBERS,)], [None], ARITIES[:1], ANSWERS)
    for columns, shapes, arity, (kind, answer) in (*inputs, *outputs):
        options = {"batch_size": 2, "input_tensor_shapes": shapes}
        given = columns[0] if len(columns) == 1 else columns

        def by_spark(make: Any, given: Any = given, kind: Any = kind, options: Any = options) -> Iterator[Any]:
            return predict_batch_udf(make, return_type=kind, **options).func(iter([given]))

        def by_helper(make: Any, columns: Any = columns, kind: Any = kind, options: Any = options) -> Iterator[Any]:
            return helper(make, to_arrow_type(kind), **options).results(iter([[*columns]]))

        wanted = outcome(by_spark, columns, arity, answer)
        found = outcome(by_helper, columns, arity, answer)
        if wanted != found:
            print(f"{[*map(str, columns)]} {shapes} {kind}: {wanted} and not {found}")


if __name__ == "__main__":
    main()
