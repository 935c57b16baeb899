"""Delta tables on Ray. Spark needs a jar that no package index has: what was written stands in for its side."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, write_deltalake
from engines import EngineFailed, Engines

from migrate.oracle import Options, Verdict, compare
from migrate.rewrite import rewrite

pytestmark = [pytest.mark.engines, pytest.mark.timeout(300)]

_AT = dt.datetime(2024, 2, 29, 1, 2, 3, 456789, tzinfo=dt.timezone.utc)
ROWS = pa.table(
    {
        "id": pa.array([1, 2, 3, 4], pa.int64()),
        "k": pa.array(["a/b c=%é", None, "x", "a/b c=%é"]),
        "small": pa.array([1, None, 3, -4], pa.int16()),
        "price": pa.array([Decimal("1.10"), None, Decimal("-9.99"), Decimal(0)], pa.decimal128(10, 2)),
        "at": pa.array([_AT, None, _AT, _AT], pa.timestamp("us", "UTC")),
        "day": pa.array([dt.date(2024, 2, 29), None, dt.date(1, 1, 1), dt.date(9999, 12, 31)]),
        "tags": pa.array([["a", None], None, [], ["é"]], pa.list_(pa.string())),
        "place": pa.array([{"zip": 1}, None, {"zip": None}, {"zip": 2}], pa.struct([("zip", pa.int32())])),
    }
)
"""Written with ``k`` as a partition."""


def _run_on_ray(engines: Engines, folder: Path, read: str) -> Path:
    job = folder / "job.py"
    job.write_text(
        "from pyspark.sql import SparkSession\n\n"
        f'spark = SparkSession.builder.getOrCreate()\n{read}.write.parquet("out")\n',
        encoding="utf-8",
    )
    made = rewrite(job, everything=True)
    assert made.run == ("job_ray.py",), made.report
    made.write()
    engines.ray.run(made.folder / "job_ray.py", folder)
    return folder / "out"


def test_the_log_says_what_the_rows_of_each_version_are(engines: Engines, tmp_path: Path) -> None:
    write_deltalake(tmp_path / "events", ROWS.slice(0, 3), partition_by=["k"])
    write_deltalake(tmp_path / "events", ROWS.slice(3), mode="append")
    DeltaTable(tmp_path / "events").delete("id = 2")  # leaves the file where it is, under the log
    wider = ROWS.slice(0, 1).append_column("more", pa.array(["late"]))
    write_deltalake(tmp_path / "events", wider, mode="append", schema_mode="merge")
    kept = ROWS.filter(pa.array([True, False, True, True])).append_column("more", pa.nulls(3, pa.string()))
    for name, option, rows in (
        ("latest", "", pa.concat_tables([kept, wider])),
        ("first", '.option("versionAsOf", 0)', ROWS.slice(0, 3)),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "events").symlink_to(tmp_path / "events")
        found = _run_on_ray(engines, tmp_path / name, f'spark.read.format("delta"){option}.load("events")')
        pq.write_table(rows, tmp_path / name / "written.parquet")
        answer = compare(
            tmp_path / name / "written.parquet", found, Options(names=("written", "Ray")), format="parquet"
        )
        assert answer.verdict is Verdict.EQUAL, "\n".join([*map(str, answer.columns), *map(str, answer.samples)])


MAPPED = {"delta.columnMapping.id": 1, "delta.columnMapping.physicalName": "col-1"}
WRONG = {
    # Of this one Ray's reader alone would make NULLs, as there is no column of that name in the files.
    "columnMapping": ({"minReaderVersion": 2, "minWriterVersion": 5}, {"delta.columnMapping.mode": "name"}),
    "deletionVectors": (
        {
            "minReaderVersion": 3,
            "minWriterVersion": 7,
            "readerFeatures": ["deletionVectors"],
            "writerFeatures": ["deletionVectors"],
        },
        {"delta.enableDeletionVectors": "true"},
    ),
}
"""The protocol and the configuration of a table, by the feature that the reader does not know."""


@pytest.mark.parametrize("feature", WRONG)
def test_a_table_that_the_reader_gets_wrong_raises(feature: str, engines: Engines, tmp_path: Path) -> None:
    write_deltalake(tmp_path / "events", pa.table({"col-1": [1, 2]}))
    log = tmp_path / "events/_delta_log/00000000000000000000.json"
    actions = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    for action in actions:
        if "protocol" in action:
            action["protocol"] = WRONG[feature][0]
        if "metaData" in action:
            schema = json.loads(action["metaData"]["schemaString"])
            schema["fields"][0] |= {"name": "id", "metadata": MAPPED}
            action["metaData"] |= {"configuration": WRONG[feature][1], "schemaString": json.dumps(schema)}
    log.write_text("\n".join(map(json.dumps, actions)), encoding="utf-8")
    with pytest.raises(EngineFailed, match=f"cannot read a Delta table with {feature}"):
        _run_on_ray(engines, tmp_path, 'spark.read.format("delta").load("events")')
