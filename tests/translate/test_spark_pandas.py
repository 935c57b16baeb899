"""What the emitted code shows to a pandas function, and makes of its result, is what PySpark's own conversion does."""

from __future__ import annotations

import datetime as dt
import subprocess
from pathlib import Path

import adversarial
import pyarrow as pa
import pyarrow.parquet as pq

from migrate.translate.helpers import helper_source

_ASK = Path(adversarial.__file__).with_name("spark_pandas.py")
_ASK_OF_MODELS = _ASK.with_name("spark_predict.py")

_AT = pa.timestamp("us", tz="UTC")


def _hour(hour: int) -> dt.datetime:
    return dt.datetime(2024, 7, 1, hour, tzinfo=dt.timezone.utc)


NESTED: dict[str, tuple[pa.DataType, list[object]]] = {
    "local": (pa.timestamp("us"), [dt.datetime(2024, 1, 1), None, dt.datetime(1969, 12, 31), dt.datetime(2024, 3, 31)]),
    "counts": (pa.map_(pa.string(), pa.int32()), [[("a", 1)], None, [], [("b", None), ("c", 2)]]),
    "times": (pa.map_(pa.string(), _AT), [[("a", _hour(1))], None, [], [("b", None)]]),
    "hours": (pa.list_(_AT), [[_hour(1), None], None, [], [_hour(23)]]),
    "places": (pa.list_(pa.struct([("a", pa.int32())])), [[{"a": 1}, None], None, [], [{"a": None}]]),
    "grid": (pa.list_(pa.list_(pa.int32())), [[[1], None], None, [], [[1, 2], []]]),
    "maps": (pa.list_(pa.map_(pa.string(), pa.int32())), [[[("a", 1)]], None, [], [None, []]]),
    "deep": (
        pa.struct([("at", _AT), ("counts", pa.map_(pa.string(), pa.int32())), ("list", pa.list_(pa.int32()))]),
        [
            {"at": _hour(4), "counts": [("k", 1)], "list": [1, None]},
            None,
            {"at": None, "counts": None, "list": None},
            {"at": _hour(5), "counts": [], "list": []},
        ],
    ),
}


def test_pandas_sees_and_gives_what_pyspark_does(spark_python: Path, tmp_path: Path) -> None:
    helpers = _written("spark_pandas", {"list", "map", "struct", "timestamp"}, tmp_path)
    tables = {"flat": adversarial.table(), "nested": pa.table({n: pa.array(v, k) for n, (k, v) in NESTED.items()})}
    for name, table in tables.items():
        pq.write_table(table, tmp_path / f"{name}.parquet")
        command = [str(spark_python), str(_ASK), str(helpers), str(tmp_path / f"{name}.parquet")]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout == ""


def test_models_see_and_give_what_pyspark_does(spark_python: Path, tmp_path: Path) -> None:
    helpers = _written("predict_batch_udf", {"list", "struct"}, tmp_path)
    done = subprocess.run([spark_python, _ASK_OF_MODELS, helpers], capture_output=True, text=True, check=True)
    assert done.stdout == ""


def _written(helper: str, sorts: set[str], folder: Path) -> Path:
    """A file of the helper with its imports."""
    source, imports = helper_source({helper}, sorts)
    file = folder / "helpers.py"
    file.write_text("\n".join(sorted(imports)) + "\n\n" + source, encoding="utf-8")
    return file
