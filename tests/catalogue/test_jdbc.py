"""Reads of a real PostgreSQL: by Spark through JDBC, by Ray through psycopg."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from engines import EngineFailed, Engines

from migrate.oracle import Options, Verdict, compare
from migrate.rewrite import rewrite

pytestmark = [pytest.mark.engines, pytest.mark.timeout(300)]

DRIVER = Path("/usr/share/java/postgresql.jar")
TABLES = """
CREATE TABLE every_type (id int PRIMARY KEY, i2 smallint, i8 bigint, f4 real, f8 double precision,
    price numeric(10,2), n numeric, t text, vc varchar(9), b boolean, raw bytea, day date, at timestamp,
    zoned timestamp with time zone, j json, jb jsonb, u uuid, "Odd name" text);
INSERT INTO every_type VALUES
    (1, 2, 1099511627776, 1.5, 0.1, 1.10, 3.14159, 'é', 'ab', true, '\\x00ff', '2024-02-29',
     '2024-02-29 01:02:03.456789', '2024-02-29 01:02:03.456789+02', '{"a": 1}', '{"a":1}',
     'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'x'),
    (2, -32768, -9223372036854775808, '-Infinity', 'NaN', -99999999.99, -0.0000000000000000015, '', '', false, '',
     '1969-12-31', '1969-12-31 23:59:59.000001', '1900-01-01 00:00:00+00', 'null', '[]', null, '');
INSERT INTO every_type (id) VALUES (3);
CREATE TABLE numbered AS SELECT id, id * 1.5::float8 AS x, day::date FROM generate_series(-2, 11) id,
    LATERAL (SELECT date '2024-01-01' + id::int AS day) days;
INSERT INTO numbered VALUES (NULL, 1, NULL);
CREATE TABLE empty (id bigint, s text);
CREATE TABLE lists (id int, tags text[]);
"""
READS = {
    "a table": 'spark.read.jdbc(url, "every_type", properties={**login, "password": "x y"})',
    "a table by options": 'spark.read.format("jdbc").option("url", url).option("dbtable", "every_type")'
    '.option("user", user).option("driver", "org.postgresql.Driver").load()',
    "a query": 'spark.read.format("jdbc").options(url=url, user=user, driver=driver, '
    'query="SELECT id FROM numbered WHERE x > 3").load()',
    "a subquery in parts": 'spark.read.jdbc(url, "(SELECT * FROM numbered) q", "ID", 0, 10, 3, properties=login)',
    "more parts than numbers": 'spark.read.jdbc(url, "numbered", "id", 0, 3, 10, properties=login)',
    "one part": 'spark.read.jdbc(url, "numbered", "id", 3, 3, 10, properties=login)',
    "parts below zero": 'spark.read.jdbc(url, "numbered", column="x", lowerBound="-7", upperBound="8", '
    'numPartitions="4", properties=login)',
    "conditions": 'spark.read.jdbc(url, "numbered", predicates=["id < 4", "id >= 4"], properties=login)',
    "no rows": 'spark.read.jdbc(url, "empty", properties=login)',
}


@pytest.fixture(scope="module")
def port(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a database of this module's own."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not programs or not DRIVER.is_file():
        pytest.skip("needs PostgreSQL and its JDBC driver (Debian's postgresql and libpostgresql-jdbc-java)")
    bin_, folder = programs[-1].parent, Path(tempfile.mkdtemp(prefix="postgres"))
    owner = "postgres" if os.geteuid() == 0 else None  # the server does not run as root
    if owner:
        shutil.chown(folder, owner)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
    quiet = {"check": True, "user": owner, "cwd": folder, "stdout": subprocess.DEVNULL}
    data, log = str(folder / "data"), str(folder / "log")
    options = f"-p {number} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    try:
        subprocess.run([bin_ / "initdb", "-D", data, "-A", "trust", "-N", "-U", "etl", "-E", "UTF8"], **quiet)
        subprocess.run([bin_ / "pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start"], **quiet)
        try:
            with psycopg.connect(host="127.0.0.1", port=number, user="etl", dbname="postgres") as connection:
                connection.execute(TABLES)
            script = tmp_path_factory.mktemp("driver") / "driver.py"
            script.write_text(
                "from pyspark.sql import SparkSession\n"
                f'SparkSession.builder.getOrCreate().sql("ADD JAR {DRIVER}").collect()\n',
                encoding="utf-8",
            )
            engines.spark.run(script, script.parent)
            yield number
        finally:
            subprocess.run([bin_ / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **quiet)
    finally:
        shutil.rmtree(folder)


def _job(folder: Path, port: int, statements: str) -> Path:
    job = folder / "job.py"
    job.write_text(
        "from pyspark.sql import SparkSession\n\n"
        "spark = SparkSession.builder.getOrCreate()\n"
        f'host, user, driver = "127.0.0.1:{port}", "etl", "org.postgresql.Driver"\n'
        'login = {"user": user, "driver": driver}\n'
        f'url = f"jdbc:postgresql://{{host}}/postgres"\n{statements}',
        encoding="utf-8",
    )
    return job


def test_both_engines_read_the_same(port: int, engines: Engines, tmp_path: Path) -> None:
    reads = [f'out = {read}\nout.write.parquet("{n}")\nprint(out.collect())\n' for n, read in enumerate(READS.values())]
    job = _job(tmp_path, port, "".join(reads))
    made = rewrite(job, everything=True)
    assert made.run == ("job_ray.py",), made.report
    made.write()
    sides = [tmp_path / "spark", tmp_path / "ray"]
    for side in sides:
        side.mkdir()
    expected = engines.spark.run(job, sides[0]).stdout
    answer = engines.ray.run(made.folder / "job_ray.py", sides[1]).stdout
    for number, name in enumerate(READS):
        results = [side / str(number) for side in sides]
        found = compare(*results, Options(allow_empty=True, names=("Spark", "Ray")), format="parquet")
        said = "\n".join([*map(str, found.columns), *map(str, found.samples)])
        assert found.verdict is Verdict.EQUAL, f"{name}\n{said}"
    assert answer == expected


@pytest.mark.parametrize(
    ("read", "word"),
    [
        ('spark.read.jdbc(url, "lists", properties=login)', "tags has a type"),
        ('spark.read.jdbc(url + "?ssl=true", "numbered", properties=login)', "no parameters but"),
        ('spark.read.jdbc(url, "numbered", properties={"user": user, "sessionInitStatement": "x"})', "sessioninit"),
        ('spark.read.jdbc(url, "numbered", "id", 9, 3, 4, properties=login)', "is larger than the upper bound"),
    ],
)
def test_what_is_not_read_raises(read: str, word: str, port: int, engines: Engines, tmp_path: Path) -> None:
    made = rewrite(_job(tmp_path, port, f"{read}.show()\n"), everything=True)
    made.write()
    with pytest.raises(EngineFailed, match=word):
        engines.ray.run(made.folder / "job_ray.py", tmp_path)
